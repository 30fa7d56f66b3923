"""A part of the portal that is off for a client is gone there for everybody, and comes back with everything kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.portal.tickets import actions as tickets
from muniment.portal.tickets import queries as known_tickets
from muniment.portal.tickets.models import Ticket
from muniment.trust.access import actions
from muniment.trust.access import queries as access
from muniment.trust.access.errors import ConfirmFirst, PartSwitchedAlready
from muniment.trust.access.roles import BUILT_IN
from muniment.trust.access.types import PARTS, PERMISSIONS, Part
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions as identity
from muniment.web.checks import routes
from tests.cast import Portal, signed_in
from tests.guarantees.laid import laid
from tests.guarantees.test_routes import _address, _answer

pytestmark = pytest.mark.control("client-requests")


@pytest.fixture
def ada(portal: Portal) -> Actor:
    return portal.actor("ada", portal.okoye)


def _verbs(part: str) -> set[str]:
    return {verb for verb, permission in PERMISSIONS.items() if permission.part == part}


def _reaches(actor: Actor) -> dict[str, bool]:
    """Return for every verb whether it is allowed somewhere, by each way of asking; they must agree."""
    with acting_as(actor):
        alone = {verb: not access.reach(actor, verb).nothing for verb in PERMISSIONS}
        at_once = {verb: not reach.nothing for verb, reach in access.reaches(actor, list(PERMISSIONS)).items()}
        there = access.verbs_at(actor, set())
    standing = access.standing(actor).verbs
    assert alone == at_once
    assert {verb for verb in PERMISSIONS if alone[verb]} == set(standing & PERMISSIONS.keys()) >= there
    return alone


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_verbs_and_every_verb_of_it_some_role(part: Part):
    held = {verb for verbs in BUILT_IN.values() for verb in verbs}

    assert _verbs(part)
    assert _verbs(part) <= held


def test_documents_and_what_administers_are_no_part():
    assert not any(PERMISSIONS[verb].part for verb in PERMISSIONS if verb.startswith(("document:", "folder:")))
    assert not PERMISSIONS["part:switch"].part


@pytest.mark.control("access-what")
@pytest.mark.parametrize("part", PARTS)
def test_what_is_off_no_grant_gives_and_nothing_else_changes(portal: Portal, ada: Actor, part: Part):
    people = [portal.actor(name, portal.okoye) for name in ("ada", "ben", "cleo", "dan")]
    people.append(replace(portal.actor("ben"), looking_as=portal.people["cleo"]))
    before = [_reaches(one) for one in people]

    actions.switch_part(ada, part=part, is_on=False)
    off = [_reaches(one) for one in people]
    actions.switch_part(ada, part=part, is_on=True)

    gone = _verbs(part)
    assert off == [{verb: may and verb not in gone for verb, may in had.items()} for had in before]
    assert any(had[verb] for had in before for verb in gone)
    assert [_reaches(one) for one in people] == before


@pytest.mark.parametrize("part", PARTS)
def test_another_client_keeps_the_part(portal: Portal, ada: Actor, part: Part):
    mallory = portal.actor("mallory")
    before = _reaches(mallory)

    actions.switch_part(ada, part=part, is_on=False)

    assert _reaches(mallory) == before


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("who", ["cleo", "ben"])
def test_every_page_of_a_part_that_is_off_is_a_page_that_is_not_there(portal: Portal, part: Part, who: str):
    things, ada = laid(portal), portal.actor("ada", portal.okoye)
    pages = [(path, view) for path, view in _pages() if PERMISSIONS[view.permission].part == part]
    actions.switch_part(ada, part=part, is_on=False)
    browser = signed_in(portal.people[who])

    found = {}
    for path, _view in pages:
        for method in ("GET", "POST"):
            status, _body = _answer(browser, _address(path, things.values), method)
            if status not in {404, 405}:
                found[method, path] = status

    assert pages
    assert found == {}


@pytest.mark.parametrize("part", PARTS)
def test_no_way_in_the_menu_leads_to_a_part_that_is_off(portal: Portal, ada: Actor, part: Part):
    browser, address = signed_in(portal.people["cleo"]), f"/{ids.public(portal.okoye)}/documents/"
    entrances = {
        _address(path, {"client_id": portal.okoye})
        for path, view in _pages()
        if PERMISSIONS[view.permission].part == part and path.count("<") == 1
    }
    actions.switch_part(ada, part=part, is_on=False)

    page = browser.get(address, secure=True).content.decode()

    assert entrances
    assert [way for way in entrances if f'href="{way}"' in page] == []


def test_tickets_are_gone_and_come_back_as_they_were(portal: Portal, ada: Actor):
    cleo, ben = portal.actor("cleo"), portal.actor("ben")
    asked = tickets.ask_ticket(cleo, kind="question", title="Which form?", text="For the loan.")
    tickets.write_note(ben, ticket_id=asked.id, text="They change banks.")
    before = known_tickets.ticket(ben, asked.id)

    actions.switch_part(ada, part="tickets", is_on=False)

    for who in (cleo, ben):
        with pytest.raises(NotFound):
            known_tickets.ticket(who, asked.id)
        with pytest.raises(NotFound):
            known_tickets.tickets(who)
        with pytest.raises(NotFound):
            tickets.ask_ticket(who, kind="question", title="Another?")
        with acting_as(who), pytest.raises(NotFound):
            access.find(who, "ticket:view", Ticket, asked.id)
    assert known_tickets.needs_everywhere(ben) == []
    assert known_tickets.places(ben) == frozenset()
    actions.switch_part(ada, part="tickets", is_on=True)
    assert known_tickets.ticket(ben, asked.id) == before


def test_who_may_what_and_why_say_that_it_is_off(portal: Portal, ada: Actor):
    cleo = portal.actor("cleo")
    with acting_as(cleo):
        assert access.ways(cleo, "ticket:view")
    assert access.answer(cleo, "ticket:view").state == "open"

    actions.switch_part(ada, part="tickets", is_on=False)

    with acting_as(cleo):
        assert access.ways(cleo, "ticket:view") == []
    assert access.answer(cleo, "ticket:view").state == "off"
    tried = access.try_as(ada, cleo, "ticket:view", at=clock.now())
    assert (tried.answer.state, tried.ways) == ("off", [])
    where = f"/{ids.public(portal.okoye)}/tickets/"
    page = signed_in(portal.people["cleo"]).get(f"/why/?address={where}", secure=True)
    assert "switched off" in page.content.decode()


def test_the_past_is_told_as_it_was(portal: Portal, ada: Actor):
    cleo = portal.actor("cleo")
    before = clock.now()
    actions.switch_part(ada, part="tickets", is_on=False)
    during = clock.now()
    actions.switch_part(ada, part="tickets", is_on=True)

    with acting_as(cleo):
        found = [
            access.reach(cleo, "ticket:view", at).whole for at in (before, during, clock.now() + timedelta(hours=1))
        ]
    assert found == [True, False, True]


def test_people_are_let_in_with_what_their_role_holds_while_a_part_is_off(portal: Portal, ada: Actor):
    actions.switch_part(ada, part="tickets", is_on=False)
    cleo = portal.actor("cleo")

    invited, _path = identity.invite_person(
        cleo, email="eve@okoye.example", name="Eve", role="user", purpose="Helps with the year end"
    )

    assert invited.role == "user"


def test_a_link_of_a_part_gives_nothing_while_it_is_off(portal: Portal, ada: Actor):
    cleo = portal.actor("cleo")
    folder = documents.create_folder(cleo, name="Contracts")
    terms: dict[str, Any] = {
        "target": "folder",
        "target_id": folder.id,
        "email": "bank@lender.example",
        "task": "upload",
        "purpose": "The bank sends the contract",
        "until": clock.now() + timedelta(days=3),
    }
    of_requests, of_none = documents.send_link(cleo, **terms, part="requests"), documents.send_link(cleo, **terms)

    def found(link_id: UUID) -> bool:
        guest = Actor(kind="contact", client_id=portal.okoye, person_id=link_id, guest_link_id=link_id)
        with acting_as(guest):
            return not access.reach(guest, "document:upload").nothing

    assert found(of_requests.id)
    actions.switch_part(ada, part="requests", is_on=False)
    assert (found(of_requests.id), found(of_none.id)) == (False, True)
    actions.switch_part(ada, part="requests", is_on=True)
    assert found(of_requests.id)


@pytest.mark.parametrize("who", ["ben", "cleo", "dan", "mallory"])
def test_only_who_administers_switches(portal: Portal, who: str):
    with pytest.raises(NotFound):
        actions.switch_part(portal.actor(who, portal.okoye), part="tickets", is_on=False)
    with pytest.raises(NotFound):
        access.parts(portal.actor(who, portal.okoye))


def test_switching_asks_for_a_fresh_confirmation(ada: Actor):
    browsing = replace(ada, session_id=ids.new(), proved_at=clock.now() - timedelta(hours=3))

    with pytest.raises(ConfirmFirst):
        actions.switch_part(browsing, part="tickets", is_on=False)


def test_switching_twice_is_told_and_what_is_no_part_is_refused(ada: Actor, portal: Portal):
    actions.switch_part(ada, part="projects", is_on=False)

    with pytest.raises(PartSwitchedAlready):
        actions.switch_part(ada, part="projects", is_on=False)
    with pytest.raises(PartSwitchedAlready):
        actions.switch_part(ada, part="tickets", is_on=True)
    with pytest.raises(Invalid):
        actions.switch_part(ada, part="documents", is_on=False)  # type: ignore[arg-type] # that is the point
    with pytest.raises(NotFound):
        actions.switch_part(portal.actor("ada"), part="tickets", is_on=False)  # the firm's own space


def test_who_switched_and_when_is_kept_and_in_the_clients_log(ada: Actor, portal: Portal):
    actions.switch_part(ada, part="messages", is_on=False)
    actions.switch_part(ada, part="messages", is_on=True)

    entries = [entry.event for entry in log.entries(portal.actor("cleo"), LogFilter(), limit=3)]
    assert entries[:2] == [Event.PART_SWITCHED_ON, Event.PART_SWITCHED_OFF]
    (messages,) = [one for one in access.parts(ada) if one.part == "messages"]
    assert (messages.is_on, messages.switched_by) == (True, portal.people["ada"])


def test_the_page_switches_a_part_off_and_on(portal: Portal):
    browser, address = signed_in(portal.people["ada"]), f"/{ids.public(portal.okoye)}/parts/"

    assert browser.get(address, secure=True).status_code == 200
    browser.post(address, {"part": "tickets", "on": "no"}, secure=True)
    assert access.is_part_off(portal.okoye, "tickets")
    browser.post(address, {"part": "tickets", "on": "yes"}, secure=True)
    assert not access.is_part_off(portal.okoye, "tickets")
    assert browser.post(address, {"part": "documents", "on": "no"}, secure=True).status_code == 422


def _pages():
    return [(path, route.callback) for path, route in routes() if getattr(route.callback, "permission", None)]


def test_places_of_many_verbs_are_those_of_each(portal: Portal, ada: Actor):
    verbs = {"document:view", "ticket:work", "project:view", "thread:view", "log:read", "person:invite"}
    actions.switch_part(ada, part="tickets", is_on=False)

    for name in ("ben", "ada", "dan", "cleo"):
        who = portal.actor(name)
        assert access.places_by(who, verbs) == {verb: access.places_with(who, verb) for verb in verbs}
    assert portal.okoye not in access.places_by(portal.actor("ben"), verbs)["ticket:work"]
    assert portal.okoye in access.places_by(portal.actor("ben"), verbs)["thread:view"]
