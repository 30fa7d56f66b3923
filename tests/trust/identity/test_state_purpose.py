"""Nobody of the firm opens a client's space without a purpose: that of their grant, or one they state."""

from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions, purposes
from muniment.trust.identity.errors import PurposeUnsaid
from muniment.trust.identity.models import Session
from tests.cast import Portal, signed_in

WHY = "Ms Okoye asked us to add a colleague"


def entries(client_id, *events):
    return log.entries(Actor.system(client_id), LogFilter(events=events))


@pytest.mark.control("audit-who-what")
def test_an_admin_is_asked_before_anything_of_a_client_is_shown(portal: Portal):
    ada = signed_in(portal.people["ada"], purpose="")
    page = f"/{ids.public(portal.okoye)}/people/"

    asked = ada.get(page, secure=True)

    assert asked.status_code == 302
    assert asked["Location"] == f"/{ids.public(portal.okoye)}/purpose/?next={page.replace('/', '%2F')}"
    (entry,) = entries(portal.okoye, Event.REFUSED)
    assert entry.facts == {"attempt": "people:list", "rule": "purpose-unsaid"}
    assert entry.person_id == portal.people["ada"]


@pytest.mark.control("audit-who-what")
def test_what_was_stated_stands_beside_everything_that_is_opened(portal: Portal):
    ada = signed_in(portal.people["ada"], purpose="")
    page = f"/{ids.public(portal.okoye)}/people/"

    onward = ada.post(f"/{ids.public(portal.okoye)}/purpose/", {"purpose": f" {WHY} ", "next": page}, secure=True)
    shown = ada.get(page, secure=True)

    assert (onward.status_code, onward["Location"], shown.status_code) == (302, page, 200)
    assert [(e.event, e.purpose) for e in entries(portal.okoye, Event.PURPOSE_STATED, Event.PAGE_OPENED)] == [
        (Event.PAGE_OPENED, WHY),
        (Event.PURPOSE_STATED, WHY),
    ]


def test_a_purpose_is_for_one_client_and_a_while(portal: Portal, monkeypatch):
    ada = signed_in(portal.people["ada"], purpose="")
    ada.post(f"/{ids.public(portal.okoye)}/purpose/", {"purpose": WHY}, secure=True)
    there = ada.session

    assert purposes.stated(there, portal.okoye) == WHY
    assert purposes.stated(there, portal.brandt) == ""
    later = clock.now() + timedelta(hours=4)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert purposes.stated(there, portal.okoye) == ""


def test_a_form_sent_without_a_purpose_changes_nothing(portal: Portal):
    ada = signed_in(portal.people["ada"], purpose="")

    answer = ada.post(f"/{ids.public(portal.okoye)}/people/invite/", {"email": "x@okoye.example"}, secure=True)

    assert answer.status_code == 403
    assert "say first why you open its space" in answer.content.decode()


def test_who_is_assigned_is_not_asked(portal: Portal):
    page = signed_in(portal.people["ben"], purpose="").get(f"/{ids.public(portal.okoye)}/people/", secure=True)

    assert page.status_code == 200
    assert entries(portal.okoye, Event.PAGE_OPENED)[0].purpose == "Year end 2026"


def test_the_question_leads_nowhere_else(portal: Portal):
    ada = signed_in(portal.people["ada"], purpose="")

    sent = ada.post(
        f"/{ids.public(portal.okoye)}/purpose/", {"purpose": WHY, "next": "https://evil.example/"}, secure=True
    )

    assert sent["Location"] == "/"


def test_contacts_and_strangers_are_not_asked(portal: Portal):
    for who, status in (("cleo", 404), ("mallory", 404)):
        answer = signed_in(portal.people[who]).get(f"/{ids.public(portal.okoye)}/purpose/", secure=True)
        assert answer.status_code == status


def test_nothing_is_no_purpose(portal: Portal):
    ada = portal.actor("ada", portal.okoye)

    with pytest.raises(PurposeUnsaid):
        actions.state_purpose(ada, purpose="  ")
    with pytest.raises(NotFound):
        actions.state_purpose(portal.actor("cleo"), purpose=WHY)


@pytest.mark.control("audit-who-what", "hipaa-access-audit")
def test_an_entry_says_by_which_membership_in_which_session_and_by_which_request(portal: Portal):
    browser = signed_in(portal.people["cleo"])
    answer = browser.get(f"/{ids.public(portal.okoye)}/people/", secure=True)

    (entry,) = entries(portal.okoye, Event.PAGE_OPENED)
    belonging = {m.person_id: m.id for m in clients.members(portal.actor("cleo"))}
    assert entry.membership == ids.public(belonging[portal.people["cleo"]])
    assert entry.session == ids.public(Session.objects.get(person_id=portal.people["cleo"]).id)
    assert entry.request == answer["X-Request-Id"]


def test_who_comes_in_from_outside_does_so_as_a_member_of_the_firm(portal: Portal):
    signed_in(portal.people["ada"]).get(f"/{ids.public(portal.okoye)}/people/", secure=True)

    (entry,) = entries(portal.okoye, Event.PAGE_OPENED)
    belonging = {m.person_id: m.id for m in clients.members(portal.actor("ada"))}
    assert entry.membership == ids.public(belonging[portal.people["ada"]])
