"""Conditions in an open session: the next request is refused, says why, and a session in a blocked network ends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions
from muniment.trust.access.conditions.rows import NamedNetwork
from muniment.trust.access.types import DAYS, EVERY, Profile, Side, Terms
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity.models import Session
from tests.cast import Portal, signed_in
from tests.portal.documents.uploading import CONTRACT, add

OFFICE, ELSEWHERE, BLOCKED = "198.51.100.7", "203.0.113.9", "192.0.2.66"


@pytest.fixture
def named(portal: Portal) -> None:
    """Name the office, and a network that nobody comes from."""
    with acting_as(Actor.system(portal.firm_id)):
        NamedNetwork.objects.create(name="Office", cidrs=["198.51.100.0/24"])
        NamedNetwork.objects.create(name="Trouble", cidrs=["192.0.2.64/26"], is_blocked=True)


def _set(portal: Portal, profile: Profile, name: str = "ada") -> None:
    host = replace(portal.actor(name, portal.okoye), ip=OFFICE, factors=("password", "totp"))
    actions.set_profile(host, profile=profile)


def _page(portal: Portal) -> str:
    return f"/{ids.public(portal.okoye)}/people/"


@pytest.mark.control("access-when")
def test_an_open_session_is_refused_at_its_next_request_outside_of_hours_and_only_what_the_hours_are_for(
    portal: Portal,
):
    cleo = signed_in(portal.people["cleo"])
    assert cleo.get(_page(portal), secure=True).status_code == 200

    day_before = DAYS[(clock.now().weekday() - 2) % 7]
    _set(portal, Profile(contacts=Side(terms=Terms(days=frozenset({day_before})))))
    refused = cleo.get(_page(portal), secure=True)

    assert refused.status_code == 403
    assert "Come back in these hours" in refused.content.decode()
    (entry,) = log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.REFUSED,)))
    assert entry.facts == {"attempt": "person:list", "rule": "conditions"}
    assert cleo.get("/account/", secure=True).status_code == 200  # what is one's own is never closed


@pytest.mark.control("access-where")
def test_a_session_is_refused_outside_of_the_named_network_and_a_forged_header_does_not_help(portal: Portal, named):
    _set(portal, Profile(contacts=Side(terms=Terms(networks=frozenset({"Office"})))))
    cleo = signed_in(portal.people["cleo"])

    assert cleo.get(_page(portal), secure=True, REMOTE_ADDR=OFFICE).status_code == 200
    for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP"):
        forged: dict[str, Any] = {name: f"for={OFFICE}" if name == "HTTP_FORWARDED" else OFFICE}
        refused = cleo.get(_page(portal), secure=True, REMOTE_ADDR=ELSEWHERE, **forged)
        assert refused.status_code == 403
        assert "Connect through one of these: Office." in refused.content.decode()


@pytest.mark.control("access-where")
def test_a_session_that_moves_to_a_blocked_network_is_over_everywhere(portal: Portal, named):
    cleo = signed_in(portal.people["cleo"])

    refused = cleo.get(_page(portal), secure=True, REMOTE_ADDR=BLOCKED)

    assert refused.status_code == 403
    assert "Use another network." in refused.content.decode()
    assert not Session.objects.filter(person_id=portal.people["cleo"]).exists()
    assert cleo.get(_page(portal), secure=True, REMOTE_ADDR=OFFICE).status_code == 302


def test_no_page_of_ones_own_is_open_from_a_blocked_network_either(portal: Portal, named):
    cleo = signed_in(portal.people["cleo"])

    assert cleo.get("/account/", secure=True, REMOTE_ADDR=BLOCKED).status_code == 403
    assert not Session.objects.filter(person_id=portal.people["cleo"]).exists()


@pytest.mark.control("access-how")
def test_a_client_can_make_sessions_shorter_for_its_own_pages(portal: Portal, monkeypatch):
    _set(portal, Profile(contacts=Side(session_idle_minutes=10, session_hours=2)))
    start, cleo = clock.now(), signed_in(portal.people["cleo"])
    assert cleo.get(_page(portal), secure=True).status_code == 200

    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=9))
    assert cleo.get(_page(portal), secure=True).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=21))
    ended = cleo.get(_page(portal), secure=True)

    assert ended.status_code == 302
    assert not Session.objects.filter(person_id=portal.people["cleo"]).exists()


def test_staff_state_one_of_the_purposes_that_the_client_allows(portal: Portal):
    host = Actor.system(portal.okoye)
    actions.set_profile(host, profile=Profile(staff=Side(terms=Terms(purposes=frozenset({"Tax return", "Audit"})))))
    ben = signed_in(portal.people["ben"], purpose="")
    asking = f"/{ids.public(portal.okoye)}/purpose/"

    asked = ben.get(_page(portal), secure=True)

    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, asking)
    assert ">Tax return<" in ben.get(asking, secure=True).content.decode()
    assert ben.post(asking, {"purpose": "Curiosity"}, secure=True).status_code == 422
    assert ben.post(asking, {"purpose": "Tax return", "next": _page(portal)}, secure=True).status_code == 302
    assert ben.get(_page(portal), secure=True).status_code == 200


@pytest.mark.control("access-how")
def test_a_program_is_told_the_conditions_as_problem_details(portal: Portal):
    _set(portal, Profile(contacts=Side(terms=Terms(passkey_for=EVERY))))
    cleo = signed_in(portal.people["cleo"])

    refused = cleo.get(_page(portal), secure=True, headers={"accept": "application/json"})

    assert refused.status_code == 403
    assert refused.json()["code"] == "conditions"


@pytest.mark.control("access-how")
def test_a_list_says_once_what_is_not_open_and_a_page_of_a_closed_label_why(portal: Portal):
    ben = portal.actor("ben")
    paper = add(ben, "Merger.pdf", CONTRACT)
    documents.set_label(ben, target="document", target_id=paper.document_id, label="restricted")
    _set(portal, Profile(contacts=Side(labels=(("restricted", Terms(passkey_for=EVERY)),))))
    cleo, space = signed_in(portal.people["cleo"]), f"/{ids.public(portal.okoye)}/documents/"

    listed = cleo.get(space, secure=True).content.decode()
    refused = cleo.get(f"{space}{ids.public(paper.document_id)}/", secure=True)

    assert listed.count("Not everything is open to you right now") == 1
    assert "Opening what is marked restricted needs a passkey." in listed
    assert "Merger.pdf" not in listed
    assert refused.status_code == 403
    assert "Sign in again with your passkey." in refused.content.decode()
    assert "Merger.pdf" not in refused.content.decode()
    assert "Not everything" not in signed_in(portal.people["ben"]).get(space, secure=True).content.decode()
