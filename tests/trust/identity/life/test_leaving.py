"""Leave a client by oneself: everything there ends at the next request, and nobody is left without a manager."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import actions as access
from muniment.trust.access import queries as grants
from muniment.trust.identity import actions, queries
from muniment.trust.identity.life.actions import leaving
from muniment.trust.identity.life.actions.leaving import leave_client
from muniment.trust.identity.life.errors import LastManager
from muniment.trust.identity.life.queries.leaving import other_managers
from muniment.trust.identity.types import Person
from tests.cast import Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.mails import mails


def also_in_brandt(portal: Portal, who: str) -> None:
    """Let somebody of Okoye belong to Brandt too."""
    host = Actor.system(portal.brandt, purpose="Tests")
    person = queries.person(portal.people[who])
    _, path = actions.invite_person(host, email=person.email, name=person.name, role="user", purpose="Tests")
    somebody = Actor(kind="contact", person_id=person.id, client_id=portal.brandt, by_link=True)
    actions.accept_invitation(somebody, secret=path.split("/")[3])


def page(portal: Portal, client_id=None) -> str:
    return f"/{ids.public(client_id or portal.okoye)}/leave/"


def test_a_contact_leaves_and_finds_nothing_there_any_more(portal, events):
    also_in_brandt(portal, "dan")
    dan = Visitor().sign_in("dan")

    assert b"Leave Okoye" in dan.get(page(portal)).content
    assert dan.post(page(portal)).status_code == 302

    assert [space.id for space in queries.spaces(portal.people["dan"])] == [portal.brandt]
    assert dan.get(f"/{ids.public(portal.okoye)}/documents/").status_code == 404
    assert dan.get(f"/{ids.public(portal.brandt)}/documents/").status_code == 200
    assert grants.grants(portal.actor("dan"), person_id=portal.people["dan"]) == []
    assert {"person.left", "grant.ended"} <= set(events(portal.okoye)[:4])
    assert "You left Okoye Holdings Ltd" in mails("dan")[0][0]


def test_who_leaves_the_last_place_is_signed_out(portal):
    dan = Visitor().sign_in("dan")

    dan.post(page(portal))

    assert not dan.is_signed_in()


def test_the_only_manager_stays_and_is_told_whom_to_ask(portal):
    cleo = Visitor().sign_in("cleo")

    answer = cleo.post(page(portal))

    assert answer.status_code == 409
    assert b"Ben Vane" in answer.content
    assert queries.spaces(portal.people["cleo"])
    with pytest.raises(LastManager):
        leave_client(portal.actor("cleo"))


def test_one_of_two_managers_leaves(portal):
    host = Actor.system(portal.okoye, purpose="Tests")
    access.give_grant(host, person_id=portal.people["dan"], role="manager", purpose="Tests")

    leave_client(portal.actor("cleo"))

    with pytest.raises(LastManager):
        leave_client(portal.actor("dan"))


def test_a_manager_who_is_shut_out_is_none(portal):
    host = Actor.system(portal.okoye, purpose="Tests")
    access.give_grant(host, person_id=portal.people["dan"], role="manager", purpose="Tests")
    actions.disable_person(portal.actor("ada"), person_id=portal.people["dan"])

    with pytest.raises(LastManager):
        leave_client(portal.actor("cleo"))


def test_staff_leave_a_client_and_not_the_firm(portal):
    ben = Visitor().sign_in("ben")

    assert ben.post(page(portal)).status_code == 302
    assert ben.post(page(portal, portal.firm_id)).status_code == 404

    assert [space.id for space in queries.spaces(portal.people["ben"])] == [portal.firm_id]
    assert ben.is_signed_in()


def test_who_does_not_belong_there_has_nothing_to_leave(portal):
    with pytest.raises(NotFound):
        leave_client(portal.actor("ada", portal.okoye))
    assert Visitor().sign_in("mallory").get(page(portal)).status_code == 404


def test_somebody_of_two_companies_chooses_between_them(portal):
    also_in_brandt(portal, "dan")
    dan = Visitor().sign_in("dan")

    home = dan.get("/").content.decode()

    for client_id, name in ((portal.okoye, "Okoye Holdings Ltd"), (portal.brandt, "Brandt Orchards GmbH")):
        assert f'href="/{ids.public(client_id)}/documents/"' in home
        assert name in home
    assert "Your companies" in home
    inside = dan.get(f"/{ids.public(portal.brandt)}/documents/").content.decode()
    assert 'aria-current="true"' in inside
    assert "Your companies" not in Visitor().sign_in("cleo").get("/").content.decode()


def test_two_managers_who_leave_at_once_leave_one_behind(portal, monkeypatch):
    host = Actor.system(portal.okoye, purpose="Tests")
    access.give_grant(host, person_id=portal.people["dan"], role="manager", purpose="Tests")
    both, asked = threading.Barrier(2), other_managers

    def ask_together(actor: Actor) -> list[Person]:
        found = asked(actor)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(2)  # without a lock both have looked by now, and neither has left
        return found

    def leave(who: str) -> str:
        try:
            leave_client(portal.actor(who))
        except LastManager as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    monkeypatch.setattr(leaving, "other_managers", ask_together)
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(leave, ["cleo", "dan"]))

    assert answers == ["done", "last-manager"]
