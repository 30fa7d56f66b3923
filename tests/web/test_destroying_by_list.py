"""Whose key is to be destroyed, or what is to be kept, is chosen from lists."""

import re
from html import unescape

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries
from muniment.portal.documents.queries import choosing
from muniment.trust.access import actions as access
from muniment.trust.custody import queries as custody
from tests.cast import BRANDT, OKOYE, PEOPLE, Portal, signed_in
from tests.guarantees.destructions import reach
from tests.guarantees.things import CONTENT, add_document, lay

pytestmark = pytest.mark.control("buyer-encryption")
NEW = "/destruction/new/"


def read(browser, address: str) -> str:
    answer = browser.get(address, secure=True)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def choices(page: str, field: str = "subject") -> list[str]:
    return re.findall(rf'type="radio"[^>]*name="{field}" value="([^"]*)"', page)


def test_every_client_can_be_chosen_and_the_firm_cannot(portal: Portal):
    page = read(signed_in(portal.people["ada"]), f"{NEW}?kind=client")

    assert choices(page) == [ids.public(portal.brandt), ids.public(portal.okoye)]
    assert BRANDT in page
    assert OKOYE in page


def test_people_are_found_by_a_part_of_their_name_or_address(portal: Portal):
    browser = signed_in(portal.people["ada"])

    everybody = choices(read(browser, f"{NEW}?kind=person"))
    named = choices(read(browser, f"{NEW}?kind=person&find=OKOYE"))

    assert len(everybody) == len(PEOPLE)
    assert named == [ids.public(portal.people["cleo"]), ids.public(portal.people["dan"])]


def test_a_document_is_chosen_from_those_of_a_client(portal: Portal):
    document = add_document(portal.actor("cleo"), "Merger.pdf", CONTENT).document_id
    browser = signed_in(portal.people["ada"])

    first = read(browser, f"{NEW}?kind=document")
    (way,) = {link for link in re.findall(r'href="(\?[^"]*client=[^"]*)"', first) if ids.public(portal.okoye) in link}
    page = read(browser, NEW + way)
    asked = browser.post(NEW + way, {"subject": ids.public(document), "reason": "It is over"}, secure=True)

    assert choices(first) == []
    assert choices(page) == [ids.public(document)]
    assert asked.status_code == 302
    (row,) = custody.destructions(portal.actor("ada"))
    assert (row.kind, row.subject_id, row.of_client) == ("document", document, portal.okoye)
    assert f"Document: {OKOYE}" in read(browser, "/destruction/")


@pytest.mark.control("gdpr-minimisation")
def test_the_name_of_a_document_is_told_to_who_may_open_it_alone(portal: Portal):
    cleo = portal.actor("cleo")
    document = add_document(cleo, "Merger.pdf", CONTENT).document_id
    browser, address = signed_in(portal.people["ada"]), f"{NEW}?kind=document&client={ids.public(portal.okoye)}"

    before = read(browser, address)
    access.give_grant(
        Actor.system(portal.okoye, purpose="Tests"),
        person_id=portal.people["ada"],
        role="advisor",
        purpose="Stands in for Ben",
        on_request=True,
    )
    after = read(browser, address)

    assert "Merger.pdf" not in before
    assert ids.public(document) in before
    assert PEOPLE["cleo"][0] in before
    assert "Merger.pdf" in after


def test_nothing_chosen_is_said_and_asks_for_nothing(portal: Portal):
    browser = signed_in(portal.people["ada"])

    answer = browser.post(f"{NEW}?kind=client", {"reason": "The contract ended"}, secure=True)

    assert answer.status_code == 422
    assert b"required" in answer.content
    assert custody.destructions(portal.actor("ada")) == []


@pytest.mark.parametrize("asked", ["kind=folder", "kind=document&client=x", "page=0", "kind=client&page=x"])
def test_an_address_that_makes_no_sense_is_refused(portal: Portal, asked: str):
    assert signed_in(portal.people["ada"]).get(f"{NEW}?{asked}", secure=True).status_code == 422


def test_long_lists_have_pages_and_a_reference_finds_its_document(portal: Portal, monkeypatch):
    monkeypatch.setattr(choosing, "PAGE", 2)
    cleo = portal.actor("cleo")
    made = [add_document(cleo, f"{number}.pdf", CONTENT).document_id for number in range(5)]
    browser, address = signed_in(portal.people["ada"]), f"{NEW}?kind=document&client={ids.public(portal.okoye)}"

    pages = [choices(read(browser, f"{address}&page={number}")) for number in (1, 2, 3)]
    found = choices(read(browser, f"{address}&find={ids.public(made[1])}"))

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == [ids.public(one) for one in reversed(made)]
    assert found == [ids.public(made[1])]
    assert browser.get(f"{address}&find=nonsense", secure=True).status_code == 422
    assert "page=2" in read(browser, address)


def test_what_is_destroyed_can_no_longer_be_chosen_and_what_is_in_the_trash_can(portal: Portal):
    things = lay(portal)
    gone, cleo, ada = things.values["document_id"], portal.actor("cleo"), portal.actor("ada")
    put_away = add_document(cleo, "Old.pdf", CONTENT).document_id
    documents.trash_document(cleo, document_id=put_away)
    from dataclasses import replace

    second = replace(ada, person_id=things.in_role("admin"))
    reach(ada, second, Actor.system(portal.firm_id), of=(portal.okoye, gone), state="destroyed")

    rows, _more = queries.document_choices(ada.within(portal.okoye), "key:destroy")

    listed = {row.id: row for row in rows}
    assert gone not in listed
    assert listed[put_away].is_trashed


def test_a_hold_is_placed_on_a_document_from_the_list(portal: Portal):
    document = add_document(portal.actor("cleo"), "Merger.pdf", CONTENT).document_id
    browser, path = signed_in(portal.people["ada"]), f"/{ids.public(portal.okoye)}/holds/"

    page = read(browser, path)
    placed = browser.post(path, {"document": ids.public(document), "reason": "A court asked"}, secure=True)

    assert choices(page, "document") == ["", ids.public(document)]
    assert placed.status_code == 302
    (hold,) = custody.holds(portal.actor("ada", portal.okoye))
    assert (hold.kind, hold.object_id) == ("document", document)
