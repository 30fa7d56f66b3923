"""The sequencer at work: it goes on after whatever stops it, and says when entries wait."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from muniment.core import clock
from muniment.operations import checks
from muniment.portal.documents import actions as documents
from muniment.trust.audit import actions, queries
from muniment.trust.audit.proving.health import log_lines
from muniment.trust.audit.sequencing import loop, numbering
from tests.cast import Portal
from tests.trust.audit.numbered import number
from tests.trust.audit.test_numbering import superuser
from tests.worker import as_worker

pytestmark = pytest.mark.control("audit-immutable")


@contextmanager
def running(count: int = 1) -> Iterator[None]:
    """Run sequencers in threads of their own, each with its own connection, as workers do."""
    stop = threading.Event()
    threads = [threading.Thread(target=actions.run_sequencer, args=(stop,)) for _ in range(count)]
    with as_worker():
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(20)
            assert not any(thread.is_alive() for thread in threads)


def wait_until(done: Callable[[], bool], seconds: float = 60.0) -> float:
    begun = time.monotonic()
    while not done():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - begun


def is_numbered() -> bool:
    return queries.log_health().pending == 0


def test_entries_are_numbered_within_seconds_and_again_when_more_come(portal: Portal):
    with running():
        slowest = wait_until(is_numbered)
        for name in ("Papers", "Letters"):
            documents.create_folder(portal.actor("cleo"), name=name)
            slowest = max(slowest, wait_until(is_numbered))

    assert slowest < 5
    assert len(queries.heads(portal.okoye)) == 3


def test_two_workers_number_every_entry_once(portal: Portal):
    with running(2):
        for nth in range(12):
            documents.create_folder(portal.actor("cleo"), name=f"Folder {nth}")
            time.sleep(0.1)
        wait_until(is_numbered)

    with superuser() as server:
        rows = server.execute(
            "select client_id, array_agg(position order by position) from entry group by client_id"
        ).fetchall()
        sizes: dict[UUID, int] = dict(server.execute("select client_id, size from client_tree").fetchall())
    assert {client_id: list(range(size)) for client_id, size in sizes.items()} == dict(rows)


def test_a_database_that_ends_its_connection_is_asked_again(portal: Portal, monkeypatch):
    monkeypatch.setattr(loop, "TROUBLE_SECONDS", 0.1)
    with running():
        wait_until(is_numbered)
        with superuser() as server:
            server.execute(  # of this database alone: others of the same server are other tests'
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where usename = 'muniment_job' and datname = current_database()"
            )
        connection.close()
        documents.create_folder(portal.actor("cleo"), name="Papers")

        wait_until(is_numbered)


def test_an_error_that_nobody_thought_of_does_not_end_it(portal: Portal, monkeypatch):
    monkeypatch.setattr(loop, "TROUBLE_SECONDS", 0.1)
    real, calls = numbering._find, []

    def once():
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError
        return real()

    monkeypatch.setattr(numbering, "_find", once)
    with running():
        wait_until(is_numbered)

    assert len(calls) >= 2


KILLED = """
import os, signal
import django
from django.conf import settings

django.setup()
settings.DATABASES["default"]["NAME"] = {name!r}
from django.db import connection

connection.settings_dict["NAME"] = {name!r}
from muniment.trust.audit.sequencing import numbering

numbering.{point} = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
numbering.number_entries()
"""


@pytest.mark.parametrize("point", ["_save_numbers", "_register", "_save_heads"])
def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_behind(portal: Portal, point: str):
    name = connection.settings_dict["NAME"]
    environment = {**os.environ, "_MUNIMENT_DATABASE_ROLE": "job"}

    died = subprocess.run([sys.executable, "-c", KILLED.format(name=name, point=point)], env=environment, check=False)

    assert died.returncode == -signal.SIGKILL
    health = queries.log_health()
    assert (health.entries, health.heads) == (0, 0)
    wait_until(lambda: number().entries == health.pending)  # once the server has noticed


def test_entries_that_wait_for_more_than_a_minute_are_an_alarm(portal: Portal):
    number()
    assert queries.alarms(queries.log_health()) == []
    documents.create_folder(portal.actor("cleo"), name="Papers")
    older(61)

    health = queries.log_health()

    assert 61 <= health.lag_seconds < 120
    assert "wait for their numbers" in queries.alarms(health)[0]
    assert next(line.state for line in log_lines()) == "bad"
    assert checks._log() == [f"Log: {alarm}" for alarm in queries.alarms(health)]
    number()
    assert queries.alarms(queries.log_health()) == []


def older(seconds: int) -> None:
    """Make what waits as if it were older, which the database itself would refuse."""
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        moment = clock.now() - timedelta(seconds=seconds)
        server.execute(
            "update entry set at = %s where position is null",
            [moment],
        )
