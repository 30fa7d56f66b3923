"""Every page that was opened or refused is in the log of whose page it is; a page that cannot be is not shown."""

import psycopg
import pytest
from django.db import connection
from django.test import Client as Browser

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.cast import Portal, signed_in
from tests.guarantees.things import lay
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.proof import asked, solved


def opened(client_id, event=Event.PAGE_OPENED):
    """Return entries of opened pages of a client, newest first."""
    return log.entries(Actor.system(client_id), LogFilter(events=(event,)))


@pytest.mark.control("audit-actions", "audit-who-what", "audit-when-where")
def test_a_page_leaves_who_opened_what_and_from_where(portal: Portal):
    things, cleo = lay(portal), signed_in(portal.people["cleo"])
    folder_id = things.values["folder_id"]

    answer = cleo.get(f"/{ids.public(portal.okoye)}/documents/folders/{ids.public(folder_id)}/", secure=True)

    (entry,) = opened(portal.okoye)
    assert answer.status_code == 200
    assert (entry.person_id, entry.person_kind, entry.ip) == (portal.people["cleo"], "contact", "127.0.0.1")
    assert (entry.object_kind, entry.object_id, entry.facts) == ("folder", folder_id, {"page": "documents:list"})


@pytest.mark.control("audit-actions")
def test_an_act_leaves_no_second_entry_about_its_page(portal: Portal):
    things, cleo = lay(portal), signed_in(portal.people["cleo"])
    document_id = things.values["document_id"]

    cleo.get(f"/{ids.public(portal.okoye)}/documents/{ids.public(document_id)}/download/", secure=True)

    assert opened(portal.okoye) == []
    assert opened(portal.okoye, Event.DOCUMENT_DOWNLOADED)[0].object_id == document_id


@pytest.mark.control("audit-actions")
def test_the_home_page_of_staff_is_in_the_log_of_every_client_it_showed(portal: Portal):
    signed_in(portal.people["ben"]).get("/", secure=True)

    assert [entry.facts for entry in opened(portal.okoye)] == [{"page": "web:home"}]
    assert [entry.facts for entry in opened(portal.firm_id)] == [{"page": "web:home"}]
    assert opened(portal.brandt) == []


@pytest.mark.control("audit-actions")
def test_a_person_of_another_client_is_refused_in_their_own_log_alone(portal: Portal):
    mallory = signed_in(portal.people["mallory"])

    answer = mallory.get(f"/{ids.public(portal.okoye)}/documents/", secure=True)

    (entry,) = opened(portal.brandt, Event.REFUSED)
    assert answer.status_code == 404
    assert (entry.allowed, entry.facts) == (False, {"attempt": "documents:list", "rule": "not-found"})
    assert entry.person_id == portal.people["mallory"]
    assert opened(portal.okoye, Event.REFUSED) == []


@pytest.mark.control("audit-actions", "no-csrf")
def test_a_form_without_its_token_leaves_its_refusal(portal: Portal):
    cleo = signed_in(portal.people["cleo"])
    cleo.handler.enforce_csrf_checks = True

    cleo.post(f"/{ids.public(portal.okoye)}/documents/new-folder/", {"name": "Taxes"}, secure=True)

    (entry,) = opened(portal.okoye, Event.REFUSED)
    assert entry.facts == {"attempt": "documents:new_folder", "rule": "form-expired"}
    assert entry.person_id == portal.people["cleo"]


def test_a_stranger_leaves_refusals_up_to_a_number(portal: Portal):
    stranger = Browser(headers={"host": "localhost"})

    for _ in range(25):
        stranger.get(f"/{ids.public(portal.okoye)}/documents/", secure=True)

    found = opened(portal.firm_id, Event.REFUSED)
    assert {entry.facts["rule"] for entry in found} == {"sign-in-first"}
    assert len(found) == 20
    assert "more_not_written_for_seconds" in found[0].facts


def test_the_front_door_leaves_nothing_for_a_stranger(portal: Portal):
    stranger = Browser(headers={"host": "localhost"})

    for path in ("/", "/sign-in/", "/robots.txt"):
        stranger.get(path, secure=True)

    assert opened(portal.firm_id) == []
    assert opened(portal.firm_id, Event.REFUSED) == []


@pytest.mark.control("audit-actions")
def test_no_page_is_shown_while_the_log_takes_no_entry(portal: Portal):
    things, cleo = lay(portal), signed_in(portal.people["cleo"])
    settings = connection.settings_dict
    with psycopg.connect(
        f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}", autocommit=True
    ) as owner:
        owner.execute("revoke insert on app.entry from muniment_app")

    answer = cleo.get(f"/{ids.public(portal.okoye)}/documents/", secure=True)

    assert answer.status_code == 503
    assert "the log cannot be written right now" in answer.content.decode()
    assert "Contracts" not in answer.content.decode()
    assert things.values["folder_id"]


@pytest.mark.control("audit-actions")
def test_a_try_that_is_turned_away_unchecked_is_written_down_too(portal: Portal):
    visitor = Visitor()

    answer = visitor.get("/sign-in/")
    for _ in range(8):
        sum_done = solved(answer) if asked(answer) else {}
        answer = visitor.post("/sign-in/", {"login": "cleo@okoye.example", "password": "not her password", **sum_done})

    turned = [entry for entry in opened(portal.firm_id, Event.REFUSED) if entry.facts["rule"] == "too-many-tries"]
    assert 1 <= len(turned) <= 3
    assert {(entry.facts["attempt"], entry.ip) for entry in turned} == {("try a password", visitor.ip)}
