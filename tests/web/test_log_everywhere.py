"""All logs on one page: those the person may read, as the database itself sees to, and each learns who looked."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection

from muniment.core import clock, ids
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.documents import actions as documents
from muniment.trust.access import queries as access
from muniment.trust.access.models import Grant
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions as identity
from tests.cast import signed_in


@pytest.fixture
def ben(portal):
    """Return Ben in his browser, and what he sees of the page over all clients."""
    browser = signed_in(portal.people["ben"])

    def look(**query):
        response = browser.get("/log/", query, secure=True)
        assert response.status_code == 200
        return unescape(re.sub(r"\s+", " ", response.content.decode()))

    return look


def in_brandt(portal, role="advisor"):
    """Let Ben work for the other client too."""
    inside = replace(portal.actor("ada", portal.brandt), kind="system", person_id=None)
    identity.assign_staff(inside, person_id=portal.people["ben"], role=role, purpose="Stands in")


@pytest.mark.control("tenant-isolation", "rbac")
def test_a_person_sees_the_logs_of_their_own_clients_and_no_other(portal, ben):
    documents.create_folder(portal.actor("cleo"), name="Okoye's")
    documents.create_folder(portal.actor("mallory"), name="Brandt's")

    assert "made the folder Okoye's" in ben()
    assert "Mallory" not in ben()

    in_brandt(portal)

    page = ben()
    assert page.index("made the folder Brandt's") < page.index("made the folder Okoye's")
    assert "Okoye's" not in ben(client=ids.public(portal.brandt))


@pytest.mark.control("tenant-isolation", "rbac")
def test_the_database_shows_no_log_without_the_right_whatever_is_asked_for(portal):
    documents.create_folder(portal.actor("mallory"), name="Brandt's")
    ben, every = portal.actor("ben"), [portal.firm_id, portal.okoye, portal.brandt]

    assert portal.brandt not in {client for client, _entry in log.entries_across(ben, every, limit=1000)}
    in_brandt(portal, role="analyst")  # belongs there now, and may not read the log
    assert portal.brandt not in {client for client, _entry in log.entries_across(ben, every, limit=1000)}
    assert portal.brandt not in access.places_with(ben, "log:read")

    with bound(Binding(None, portal.people["mallory"], "muniment_desk")), connection.cursor() as cursor:
        cursor.execute("select distinct client_id from entry")
        assert {client for (client,) in cursor.fetchall()} == {portal.brandt}


def test_an_ended_grant_ends_the_look_at_once(portal, ben):
    documents.create_folder(portal.actor("cleo"), name="Okoye's")
    assert "made the folder Okoye's" in ben()

    with bound(Binding(portal.okoye)):
        Grant.objects.filter(person_id=portal.people["ben"]).update(ends_at=clock.now() - timedelta(seconds=1))

    assert "Okoye's" not in ben()


def test_each_log_on_the_page_learns_that_somebody_looked(portal, ben):
    ben()

    newest = log.entries(portal.actor("cleo"), limit=1)[0]
    assert (newest.event, newest.person_id) == (Event.PAGE_OPENED, portal.people["ben"])
    assert newest.facts["page"] == "log:everywhere"


def test_pages_follow_each_other_without_gap_or_repetition(portal):
    ben, every = portal.actor("ben"), [portal.firm_id, portal.okoye]
    for number in range(12):
        documents.create_folder(portal.actor("cleo"), name=f"Folder {number}")
    whole = [entry.id for _client, entry in log.entries_across(ben, every, limit=1000)]

    found, last = [], None
    while page := log.entries_across(ben, every, before=last, limit=7):
        found += [entry.id for _client, entry in page]
        last = found[-1]

    assert found == whole == sorted(whole, reverse=True)
    assert len(whole) > 20


def test_the_week_is_counted_by_log(portal, ben):
    in_brandt(portal)
    since = LogFilter(since=clock.now() - timedelta(days=7), without_pages=True)
    counted = log.counts_across(portal.actor("ben"), [portal.okoye, portal.brandt, portal.firm_id], since)

    page = ben()

    assert set(counted) == {portal.okoye, portal.brandt, portal.firm_id}
    for client_id, name in ((portal.okoye, "Okoye Holdings Ltd"), (portal.brandt, "Brandt Orchards GmbH")):
        row = re.search(rf">{name}</a></td><td[^>]*>(\d+)</td><td[^>]*>(\d+)</td><td[^>]*>(\d+)</td>", page)
        assert row
        assert [int(cell) for cell in row.groups()] == list(vars(counted[client_id]).values())


def test_words_are_found_over_all_clients(portal, ben):
    in_brandt(portal)
    documents.create_folder(portal.actor("mallory"), name="Harvest")
    documents.create_folder(portal.actor("cleo"), name="Taxes")

    page = ben(text="made folder harvest")

    assert "made the folder Harvest" in page
    assert "made the folder Taxes" not in page


def test_whoever_reads_no_log_finds_no_such_page(portal):
    for who in ("cleo", "mallory"):
        assert signed_in(portal.people[who]).get("/log/", secure=True).status_code == 404
    for client_id in (portal.okoye, portal.firm_id):
        with bound(Binding(client_id)):
            Grant.objects.filter(person_id=portal.people["ben"]).update(ends_at=clock.now() - timedelta(seconds=1))

    assert signed_in(portal.people["ben"]).get("/log/", secure=True).status_code == 404


def test_a_client_that_is_not_theirs_is_told_as_unreadable(portal, ben):
    assert "could not be read" in ben(client=ids.public(portal.brandt))
    assert "could not be read" in ben(client=ids.public(ids.new()))
