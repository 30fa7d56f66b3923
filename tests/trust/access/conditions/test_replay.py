"""A rule is tried on what the log says was done in the last month, by the engine that decides."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions, queries
from muniment.trust.access.types import Replay, Rule
from muniment.trust.clients import queries as clients
from tests.cast import Portal
from tests.guarantees.things import CONTENT, add_document

NO_DOWNLOADS = Rule("Papers stay here.", "", ("download",), who="contacts", never=True)


@pytest.fixture
def month(portal: Portal) -> Actor:
    """Let Cleo download three times, once from elsewhere, and Ben once; return Ada, who asks."""
    cleo, ben = portal.actor("cleo"), portal.actor("ben")
    document_id = add_document(cleo, "Lease.pdf", CONTENT).document_id
    for who in (cleo, replace(cleo, ip="203.0.113.9"), cleo, ben):
        documents.download_document(who, document_id=document_id)
    documents.view_document(cleo, document_id=document_id)
    return portal.actor("ada", portal.okoye)


def _refused(ada: Actor, **changes: Any) -> int:
    return queries.replay(ada, replace(NO_DOWNLOADS, **changes)).refused


@pytest.mark.control("access-when", "access-how", "access-where")
def test_what_a_rule_would_have_refused_is_counted_and_the_newest_shown(portal: Portal, month: Actor):
    found = queries.replay(month, NO_DOWNLOADS)

    assert (found.refused, found.unknown, found.is_cut) == (3, 0, False)
    assert found.accesses > 5
    assert [ids.private(one.person) for one in found.first] == [portal.people["cleo"]] * 3
    assert [one.at for one in found.first] == sorted((one.at for one in found.first), reverse=True)
    assert {(one.action, one.label) for one in found.first} == {("download", "normal")}


def test_who_what_and_whence_are_told_apart(portal: Portal, month: Actor):
    firm = portal.actor("ada", clients.firm_id())
    actions.set_network(firm, name="Office", cidrs=["192.0.2.0/24"])

    assert _refused(month, who="staff") == 1
    assert _refused(month, who="anyone") == 4
    assert _refused(month, actions=("view",)) == 1
    assert _refused(month, actions=("delete",)) == 0
    assert _refused(month, never=False, networks=("Office",)) == 1
    assert _refused(month, never=False, factor="passkey") == 3
    assert _refused(month, labels=("restricted",)) == 0
    assert _refused(month, roles=("manager",)) == 3
    assert _refused(month, roles=("guest",)) == 0


def test_labels_are_those_that_things_have_today(month: Actor, portal: Portal):
    newest = queries.replay(month, NO_DOWNLOADS).first[0]
    document_id = add_document(portal.actor("cleo"), "Will.pdf", CONTENT).document_id
    documents.set_label(portal.actor("cleo"), target="document", target_id=document_id, label="restricted")
    documents.download_document(portal.actor("cleo"), document_id=document_id)

    found = queries.replay(month, replace(NO_DOWNLOADS, labels=("restricted",)))

    assert (found.refused, found.first[0].label) == (1, "restricted")
    assert newest.label == "normal"


def test_what_is_older_than_a_month_is_not_tried(month: Actor, monkeypatch: pytest.MonkeyPatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))

    found = queries.replay(month, NO_DOWNLOADS)

    assert (found.accesses, found.refused) == (0, 0)


def test_an_entry_that_no_longer_says_who_is_not_tried(month: Actor):
    before = queries.replay(month, NO_DOWNLOADS)
    settings = connection.settings_dict
    with psycopg.connect(f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}") as server:
        server.execute("update app.entry set private = null where event = 'document.downloaded'")

    after = queries.replay(month, NO_DOWNLOADS)

    assert (after.refused, after.accesses) == (0, before.accesses - 4)


def test_only_who_may_ask_for_rules_tries_them(portal: Portal):
    for name in ("ben", "cleo", "mallory"):
        with pytest.raises(NotFound):
            queries.replay(portal.actor(name, portal.okoye), NO_DOWNLOADS)


def test_what_was_found_is_kept_whole(month: Actor):
    found = queries.replay(month, NO_DOWNLOADS)

    assert Replay.from_json(found.to_json()) == found
