"""People are told of what concerns them, once, whatever happens to whoever tells them."""

import os
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from django.db import connection

from muniment.core import ids
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.portal.notices import following
from muniment.portal.notices.models import NoticeCursor
from tests.cast import Portal
from tests.guarantees.opened import superuser
from tests.guarantees.things import CONTENT, add_document
from tests.portal.notices.telling import follow, notices, told
from tests.trust.audit.numbered import number

pytestmark = pytest.mark.control("comm-collab")


@pytest.fixture
def quiet(portal: Portal) -> Portal:
    """A portal of which everybody was told everything."""
    follow(portal)
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("delete from app.notice")
    return portal


def _share(portal: Portal, document_id, who: str = "dan"):
    documents.share_document(
        portal.actor("cleo"),
        document_id=document_id,
        person_id=portal.people[who],
        role="viewer",
        purpose="Look",
        until=None,
    )


def test_who_can_open_what_is_new_is_told_and_who_added_it_is_not(quiet: Portal):
    added = add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)

    assert follow(quiet) > 0

    (notice,) = notices(quiet, "ben")
    assert (notice.event, notice.kind, notice.by_id) == ("document.added", "documents", quiet.people["cleo"])
    assert notice.url == f"/{ids.public(quiet.okoye)}/documents/{ids.public(added.document_id)}/"
    assert told(quiet, "cleo") == []
    assert told(quiet, "dan") == []  # a guest, to whom nothing was shared
    assert told(quiet, "mallory") == []


def test_who_is_given_a_document_is_told_and_nobody_else(quiet: Portal):
    version = add_document(quiet.actor("ben"), "Lease.pdf", CONTENT)
    follow(quiet)
    _share(quiet, version.document_id)

    follow(quiet)

    assert told(quiet, "dan") == ["document.shared"]
    assert told(quiet, "ben") == []
    assert told(quiet, "cleo") == ["document.added"]


def test_what_is_internal_is_no_news_for_contacts(quiet: Portal):
    version = add_document(quiet.actor("ben"), "Lease.pdf", CONTENT)
    documents.set_label(quiet.actor("ben"), target="document", target_id=version.document_id, label="internal")

    follow(quiet)

    assert told(quiet, "cleo") == []


def test_what_is_gone_before_anybody_is_told_is_no_news(quiet: Portal):
    version = add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    documents.trash_document(quiet.actor("cleo"), document_id=version.document_id)

    follow(quiet)

    assert told(quiet, "ben") == []


def test_following_again_tells_nobody_twice(quiet: Portal):
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)

    assert follow(quiet) == 1
    assert follow(quiet) == 0
    assert following.follow_log(quiet.okoye).notices == 0

    assert told(quiet, "ben") == ["document.added"]


def test_many_entries_are_told_batch_by_batch_without_a_gap(quiet: Portal):
    for index in range(7):
        add_document(quiet.actor("cleo"), f"Lease {index}.pdf", CONTENT)
    number()

    made = []
    while not (done := following.follow_log(quiet.okoye, most=2)).is_at_end:
        made.append(done.notices)

    assert (made, done.notices) == ([2, 2, 2], 1)
    assert len({notice.entry_id for notice in notices(quiet, "ben")}) == 7


def test_a_failure_in_the_middle_leaves_neither_notice_nor_cursor(quiet: Portal, monkeypatch):
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    number()
    before = _cursor(quiet)

    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("revoke update on app.notice_cursor from muniment_app")
        try:
            with pytest.raises(Exception, match="permission denied"):
                following.follow_log(quiet.okoye)
        finally:
            server.execute("grant update on app.notice_cursor to muniment_app")

    assert (told(quiet, "ben"), _cursor(quiet)) == ([], before)
    assert following.follow_log(quiet.okoye).notices == 1
    assert told(quiet, "ben") == ["document.added"]


def test_a_second_worker_leaves_a_client_to_the_first(quiet: Portal):
    add_document(quiet.actor("cleo"), "Lease.pdf", CONTENT)
    number()
    seen = []

    def second():
        try:
            seen.append(following.follow_log(quiet.okoye))
        finally:
            connection.close()

    with acting_as(quiet.actor("cleo")):
        list(NoticeCursor.objects.filter(client_id=quiet.okoye).select_for_update())
        other = threading.Thread(target=second)
        other.start()
        other.join(30)

    assert [(done.notices, done.is_at_end) for done in seen] == [(0, True)]
    assert following.follow_log(quiet.okoye).notices == 1


def test_many_workers_at_once_tell_everybody_once(quiet: Portal):
    for index in range(6):
        add_document(quiet.actor("cleo"), f"Lease {index}.pdf", CONTENT)
    number()

    def work():
        try:
            for _ in range(12):
                following.follow_log(quiet.okoye, most=1)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    while not following.follow_log(quiet.okoye, most=1).is_at_end:  # who found it taken went away
        pass

    assert told(quiet, "ben") == ["document.added"] * 6


def test_a_worker_that_is_killed_loses_and_doubles_nothing(quiet: Portal):
    """It is killed while it follows entry by entry, ten times; whoever goes on tells the rest."""
    for index in range(12):
        add_document(quiet.actor("cleo"), f"Lease {index}.pdf", CONTENT)
    number()
    at_work = (
        "import django; django.setup()\nfrom uuid import UUID\nfrom tests.server import use\n"
        f"use({connection.settings_dict['NAME']!r})\nfrom muniment.portal.notices import following\n"
        f"print('ready', flush=True)\nclient_id = UUID({str(quiet.okoye)!r})\n"
        "while not following.follow_log(client_id, most=1).is_at_end: pass\n"
    )

    for wait in (0.0, 0.01, 0.02, 0.03):
        process = subprocess.Popen(
            [sys.executable, "-c", at_work], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src:."}
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    while not following.follow_log(quiet.okoye, most=1).is_at_end:
        pass

    found = [notice.entry_id for notice in notices(quiet, "ben")]
    assert (len(found), len(set(found))) == (12, 12)


def test_one_entry_with_a_fault_keeps_nobody_from_hearing_of_the_others(quiet: Portal, monkeypatch):
    from muniment.portal.documents.queries import concerned
    from muniment.trust.audit.types import Event

    version = add_document(quiet.actor("ben"), "Lease.pdf", CONTENT)
    _share(quiet, version.document_id)
    monkeypatch.setitem(concerned.CONCERNED, Event.DOCUMENT_ADDED, lambda told: 1 // 0)

    follow(quiet)

    assert told(quiet, "dan") == ["document.shared"]
    assert told(quiet, "cleo") == []


def _cursor(portal: Portal) -> int:
    with acting_as(portal.actor("cleo")):
        return NoticeCursor.objects.get(client_id=portal.okoye).position
