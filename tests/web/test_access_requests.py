"""The pages on which access is asked for, given and reviewed, as people click through them."""

from typing import Any

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.access import actions as grants
from muniment.trust.oversight import actions, queries
from tests.cast import OKOYE, Portal, signed_in
from tests.guarantees.things import Things, lay

ASKED = {"role": "analyst", "hours": "4", "reason": "The lease is reported damaged"}


@pytest.fixture
def things(portal: Portal) -> Things:
    return lay(portal)


def said(answer: Any) -> str:
    return str(answer.content, errors="replace")


def test_an_admin_asks_an_advisor_gives_and_the_page_tells(portal: Portal, things: Things):
    ada, ben = signed_in(portal.people["ada"]), signed_in(portal.people["ben"])
    okoye = ids.public(portal.okoye)
    assert "This is an emergency" in said(ada.get(f"/{okoye}/access/ask/", secure=True))

    assert ada.post(f"/{okoye}/access/ask/", {**ASKED, "is_emergency": "on"}, secure=True).status_code == 302
    assert "asks for access" in said(ben.get("/", secure=True))
    waiting = said(ben.get("/access-requests/", secure=True))
    assert "The lease is reported damaged" in waiting
    (asked,) = queries.requests(portal.actor("ben"))
    give = f"/{okoye}/access-requests/{ids.public(asked.id)}/give/"
    assert give in waiting
    assert give not in said(ada.get(f"/{okoye}/access-requests/", secure=True))
    assert ada.post(give, secure=True).status_code == 403

    assert ben.post(give, {"from": "firm"}, secure=True).headers["Location"] == "/access-requests/"

    assert "Has access" in said(ada.get(f"/{okoye}/access-requests/", secure=True))
    assert ada.get(f"/{okoye}/documents/", secure=True).status_code == 200


def test_who_works_for_no_client_names_one_and_sees_the_same_whether_it_is_there(portal: Portal, things: Things):
    imani = signed_in(things.in_role("admin"))

    for name in (OKOYE, "Nowhere & Sons"):
        asked = imani.post("/access-requests/new/", {**ASKED, "client": name}, secure=True)
        assert asked.status_code == 302

    listed = said(imani.get("/access-requests/", secure=True))
    assert listed.count("Waits for a second person") == 2
    assert "damaged" not in listed


def test_a_form_without_a_reason_is_given_back_and_contacts_ask_for_things_alone(portal: Portal, things: Things):
    dan, okoye = signed_in(portal.people["dan"]), ids.public(portal.okoye)
    document = ids.public(things.values["document_id"])
    page = f"/{okoye}/access/ask/?document={document}"

    assert dan.get(f"/{okoye}/access/ask/", secure=True).status_code == 404
    assert "This is an emergency" not in said(dan.get(page, secure=True))
    assert dan.post(page, {"role": "editor", "hours": "24", "reason": ""}, secure=True).status_code == 422
    assert dan.post(page, {"role": "advisor", "hours": "24", "reason": "All"}, secure=True).status_code == 422

    assert dan.post(page, {"role": "editor", "hours": "24", "reason": "To sign it"}, secure=True).status_code == 302
    assert "Lease.pdf" in said(signed_in(portal.people["cleo"]).get(f"/{okoye}/access-requests/", secure=True))


def test_a_review_is_begun_decided_and_taken_along(portal: Portal, things: Things):
    ada, okoye = signed_in(portal.people["ada"]), ids.public(portal.okoye)
    begun = ada.post(f"/{okoye}/reviews/start/", secure=True)
    page = begun.headers["Location"]
    review_id = ids.private(page.rstrip("/").rpartition("/")[2])
    items = queries.review(Actor.system(portal.okoye), review_id)[1]
    share = next(item for item in items if item.grant_id == things.values["grant_id"])
    shown = said(ada.get(page, secure=True))
    assert ids.public(share.id) in shown
    assert "Lease.pdf" not in shown  # who administers does not see what things are called

    unticked = ada.post(f"{page}decide/", {"act": "keep"}, secure=True, follow=True)
    assert "Tick what you decide about" in said(unticked)
    without = ada.post(f"{page}decide/", {"act": "remove", "item": ids.public(share.id)}, secure=True)
    assert without.status_code == 422
    ada.post(f"{page}decide/", {"act": "remove", "item": ids.public(share.id), "reason": "Signed"}, secure=True)

    file = ada.post(f"{page}export/", {"form": "csv"}, secure=True)
    assert file.headers["Content-Disposition"].endswith('.csv"')
    assert "Signed" in said(file)
    assert "Okoye" in said(ada.get("/reviews/", secure=True))


def test_who_gave_a_share_finds_the_review_on_home_and_nothing_else_in_it(portal: Portal, things: Things):
    dan = portal.actor("dan")
    grants.give_grant(Actor.system(portal.okoye), person_id=dan.person_id, role="editor", purpose="Helps")
    grants.give_grant(dan, person_id=portal.people["cleo"], role="viewer", purpose="See", scope=("document", ids.new()))
    review = actions.start_review(Actor.system(portal.okoye))
    browser, page = signed_in(portal.people["dan"]), f"/{ids.public(portal.okoye)}/reviews/{ids.public(review.id)}/"

    assert "Who still needs access?" in said(browser.get("/", secure=True))
    shown = said(browser.get(page, secure=True))

    assert "Cleo Okoye" in shown
    assert "Ben Vane" not in shown
    assert browser.post(f"{page}export/", {"form": "csv"}, secure=True).status_code == 404
