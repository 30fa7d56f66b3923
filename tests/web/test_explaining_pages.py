"""The pages that explain: of a thing, of a person, of oneself, and trying as somebody."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as reading
from muniment.trust.access import queries as access
from muniment.trust.access.actions import set_profile
from muniment.trust.access.types import Profile, Side, Terms
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity import queries as identity
from tests.cast import Portal, signed_in
from tests.guarantees.things import CONTENT, add_document


@pytest.fixture
def paper(portal: Portal):
    """A folder with a document, which Cleo shares with Dan for a purpose."""
    cleo = portal.actor("cleo")
    folder = documents.create_folder(cleo, name="Contracts")
    version = add_document(cleo, "Lease.pdf", CONTENT, folder_id=folder.id)
    until = clock.now() + timedelta(days=9)
    documents.share_document(
        cleo,
        document_id=version.document_id,
        person_id=portal.people["dan"],
        role="viewer",
        purpose="Reads the lease",
        until=until,
    )
    return {"folder_id": folder.id, "document_id": version.document_id}


def _text(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def _get(browser, portal: Portal, path: str, **query: str):
    return browser.get(f"/{ids.public(portal.okoye)}/{path}", query, secure=True)


def _public(paper, kind: str = "document") -> str:
    return ids.public(paper[f"{kind}_id"])


def test_who_can_see_a_document_is_told_with_every_way(portal: Portal, paper):
    page = _text(_get(signed_in(portal.people["cleo"]), portal, f"documents/{_public(paper)}/who/"))

    for told in ("Lease.pdf", "Dan Okoye", "Reads the lease", "from Cleo Okoye", "Ben Vane", "Year end 2026"):
        assert told in page
    assert "Mallory" not in page


def test_who_can_see_a_folder_is_told(portal: Portal, paper):
    page = _text(_get(signed_in(portal.people["cleo"]), portal, f"documents/folders/{_public(paper, 'folder')}/who/"))

    assert "Contracts" in page
    assert "Ben Vane" in page
    assert "Dan Okoye" not in page


@pytest.mark.parametrize("name", ["dan", "mallory"])
def test_who_may_not_share_it_is_told_nothing(portal: Portal, paper, name: str):
    browser = signed_in(portal.people[name])

    assert _get(browser, portal, f"documents/{_public(paper)}/who/").status_code == 404
    assert _get(browser, portal, "who/").status_code == 404
    assert _get(browser, portal, "access/try/").status_code == 404


def test_a_moment_before_the_share_shows_who_could_then(portal: Portal, paper):
    then = (clock.now() - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")

    page = _text(_get(signed_in(portal.people["cleo"]), portal, f"documents/{_public(paper)}/who/", at=then))

    assert "0 people could then" in page
    assert "Reads the lease" not in page


def test_a_page_about_a_person_says_what_they_see_and_why(portal: Portal, paper):
    page = _text(_get(signed_in(portal.people["cleo"]), portal, f"people/{ids.public(portal.people['dan'])}/"))

    for told in ("What Dan Okoye can see", "Lease.pdf", "Reads the lease", "with 1 single document"):
        assert told in page


def test_who_administers_sees_what_was_given_and_no_name_of_content(portal: Portal, paper):
    page = _text(_get(signed_in(portal.people["ada"]), portal, f"people/{ids.public(portal.people['dan'])}/"))

    assert "Reads the lease" in page
    assert "something you may not open" in page
    assert "Lease.pdf" not in page


def test_one_sees_what_one_can_see_oneself(portal: Portal, paper):
    page = _text(_get(signed_in(portal.people["dan"]), portal, "access/mine/"))

    assert "Lease.pdf" in page
    assert "Contracts" not in page


def test_who_is_not_let_in_is_not_told_that_a_folder_is_closed(portal: Portal, paper):
    cleo, ben = signed_in(portal.people["cleo"]), portal.actor("ben")
    before = _text(_get(cleo, portal, "access/mine/"))
    own = [way.id for way in reading.ways_in(ben, paper["folder_id"]) if way.person_id == ben.person_id]

    documents.close_folder(ben, folder_id=paper["folder_id"], stay=own)

    after = _text(_get(cleo, portal, "access/mine/"))
    assert "Contracts" in before
    assert "Contracts" not in after
    assert after.count("closed") == before.count("closed")


def test_why_is_answered_alike_for_what_is_hidden_and_what_never_was(portal: Portal, paper):
    browser = signed_in(portal.people["dan"])
    hidden = f"/{ids.public(portal.okoye)}/documents/folders/{_public(paper, 'folder')}/"
    never = f"/{ids.public(portal.okoye)}/documents/folders/{ids.public(ids.new())}/"

    pages = [_why(browser, address) for address in (hidden, never)]

    assert "nothing that is shared with you" in pages[0]
    assert pages[0].replace(_public(paper, "folder"), "") == pages[1].replace(never.split("/")[4], "")


def test_why_of_another_clients_address_says_the_same_as_of_none(portal: Portal, paper):
    browser = signed_in(portal.people["mallory"])
    theirs = f"/{ids.public(portal.okoye)}/documents/{_public(paper)}/"
    nobodys = f"/{ids.public(ids.new())}/documents/{_public(paper)}/"

    pages = [_why(browser, one).replace(one, "").replace(quote(one, safe=""), "") for one in (theirs, nobodys)]

    assert pages[0] == pages[1]
    assert "Ask for access" not in pages[0]


def test_why_comes_with_the_page_that_led_there(portal: Portal, paper):
    address = f"https://localhost/{ids.public(portal.okoye)}/documents/{_public(paper)}/"

    page = signed_in(portal.people["dan"]).get("/why/", secure=True, headers={"referer": address})

    assert "It is open to you now" in _text(page)


def test_a_page_elsewhere_fills_nothing_in(portal: Portal, paper):
    address = f"https://evil.example/{ids.public(portal.okoye)}/documents/{_public(paper)}/"

    page = signed_in(portal.people["dan"]).get("/why/", secure=True, headers={"referer": address})

    assert "Paste the address" in _text(page)


def test_what_has_ended_is_told_to_whom_it_was_given(portal: Portal, paper):
    cleo = portal.actor("cleo")
    (share,) = reading.shares(cleo, "document", paper["document_id"])
    documents.end_share(cleo, target="document", target_id=paper["document_id"], grant_id=share.id)

    page = _why(signed_in(portal.people["dan"]), f"/{ids.public(portal.okoye)}/documents/{_public(paper)}/")

    assert "nothing that is shared with you" in page
    assert "Ended in the last 90 days" in page
    assert "Reads the lease" in page
    assert "Lease.pdf" not in page


def _why(browser, address: str) -> str:
    text = _text(browser.get("/why/", {"address": address}, secure=True))
    return re.sub(r'(content|value)="[A-Za-z0-9]{64}"', "", text)


def _try(portal: Portal, paper, who: str = "ada", **more: str) -> str:
    browser = signed_in(portal.people[who])
    values = {
        "person": ids.public(portal.people["dan"]),
        "may": "document:view",
        "thing": f"/{ids.public(portal.okoye)}/documents/{_public(paper)}/",
        "factor": "second",
        "minutes": "5",
        **more,
    }
    return _text(browser.post(f"/{ids.public(portal.okoye)}/access/try/", values, secure=True))


def test_trying_as_somebody_is_decided_as_for_them(portal: Portal, paper):
    assert "They would be let in" in _try(portal, paper)
    assert "as if it were not there" in _try(portal, paper, may="document:download")
    late = (clock.now() + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M")
    assert "as if it were not there" in _try(portal, paper, at=late)


def test_trying_leaves_no_refusal_and_no_opening_in_their_name(portal: Portal, paper):
    _try(portal, paper, may="document:download")

    told = log.entries(Actor.system(portal.okoye), LogFilter(person_id=portal.people["dan"]), limit=50)
    assert [entry.event for entry in told if entry.event in {Event.REFUSED, Event.DOCUMENT_VIEWED}] == []


def test_a_manager_cannot_try_with_what_they_may_not_open(portal: Portal, paper):
    invented = f"/{ids.public(portal.okoye)}/documents/{ids.public(ids.new())}/"

    assert "There is nothing here" in _try(portal, paper, who="cleo", thing=invented)


def test_an_imagined_person_has_what_a_real_request_of_theirs_would(portal: Portal):
    ada = portal.actor("ada", portal.okoye)

    with acting_as(ada):
        ben = identity.imagined(ada, portal.people["ben"], None, ip="192.0.2.1", factors=("password", "totp"))

    assert (ben.kind, ben.client_id, ben.purpose) == ("staff", portal.okoye, "Year end 2026")
    assert ben.verbs == access.standing(portal.actor("ben")).verbs


@pytest.fixture
def strict(portal: Portal):
    """Contacts of Okoye open things with a second factor only."""
    terms = Terms(second_factor_for=frozenset({"view"}))
    ada = portal.actor("ada", portal.okoye)
    set_profile(ada, profile=Profile(contacts=Side(terms=terms)))


@pytest.mark.control("access-how", "need-to-know")
def test_conditions_are_told_beside_the_ways_and_tried_for_real(portal: Portal, paper, strict):
    told = [_try(portal, paper, factor=factor) for factor in ("second", "password")]
    page = _text(_get(signed_in(portal.people["cleo"]), portal, f"documents/{_public(paper)}/who/"))

    assert "They would be let in" in told[0]
    assert "Closed by conditions" in told[1]
    assert "second factor" in told[1].split("Closed by conditions")[1]
    assert "second factor" in page.split("Conditions for contacts")[1].split("Conditions for staff")[0]
    assert "No condition" in page.split("Conditions for staff")[1]


def test_a_moment_before_the_conditions_is_tried_without_them(portal: Portal, paper, strict):
    with acting_as(portal.actor("ada", portal.okoye)):
        ada = portal.actor("ada", portal.okoye)
        then = clock.now() - timedelta(days=1)
        cleo = identity.imagined(ada, portal.people["cleo"], None, factors=("password",))
        answers = [access.try_as(ada, cleo, "document:view", at=at).answer.state for at in (clock.now(), then)]

    assert answers[0] == "closed"
    assert answers[1] == "nothing"  # conditions were not there, and neither was the grant


def test_who_comes_by_a_guest_link_is_told_of_too(portal: Portal, paper):
    documents.send_link(
        portal.actor("cleo"),
        target="folder",
        target_id=paper["folder_id"],
        email="gus@elsewhere.example",
        task="view",
        purpose="Checks the lease",
        until=clock.now() + timedelta(days=3),
        most_uses=2,
    )
    browser = signed_in(portal.people["cleo"])

    page = _text(_get(browser, portal, f"documents/{_public(paper)}/who/"))
    uploading = _text(_get(browser, portal, f"documents/{_public(paper)}/who/", may="document:upload"))

    assert "gus@elsewhere.example" in page
    assert "Checks the lease" in page
    assert "gus@elsewhere.example" not in uploading
