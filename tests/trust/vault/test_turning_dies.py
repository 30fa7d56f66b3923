"""Rotations are killed at every step, and the disk is full in the middle: nothing is lost, and the next run goes on."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import DatabaseError, connection

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault import queries
from muniment.trust.vault.keys import rewrapping, turning
from muniment.trust.vault.models import Blob, Turning
from tests.cast import Portal
from tests.trust.vault.turned import begin, document_of, everything_opens, finish, versions_of
from tests.worker import as_worker

pytestmark = pytest.mark.control("buyer-encryption")


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("what", ["root", "people", "clients", "signing", "log"])
@pytest.mark.parametrize("point", ["before the commit", "after the commit"])
def test_a_death_at_any_step_loses_nothing(portal: Portal, monkeypatch, what: str, point: str):
    document_id = document_of(portal)
    monkeypatch.setattr(turning, "BATCH", 3)
    row, deaths = begin(what), 0
    name = "_advance" if point == "before the commit" else "_step"
    real = getattr(turning, name)
    with as_worker():
        for nth in range(1, 400):
            calls = 0

            def dying(*arguments, nth=nth, real=real):
                nonlocal calls
                result = real(*arguments)
                calls += 1
                if calls == (1 if point == "after the commit" else nth % 3 + 1):
                    raise Died
                return result

            monkeypatch.setattr(turning, name, dying)
            try:
                turning.run(row.id, seconds=60)
            except Died:
                deaths += 1
                connection.close()
                queries.forget_keys()
            Turning.objects.filter(id=row.id, step="waiting").update(waits_until=clock.now())
            if Turning.objects.filter(id=row.id).exclude(finished_at=None).exists():
                break
            if point == "before the commit" and nth % 3 == 2:
                monkeypatch.setattr(turning, name, real)
                turning._step(row.id)  # one step gets through now and then

    assert deaths >= 2
    assert Turning.objects.get(id=row.id).step == "done"
    everything_opens(portal, document_id)
    if what == "clients":
        assert queries.client_versions(portal.okoye) == [2, 1]
        assert versions_of(portal.okoye) == {2}
    if what == "people":
        assert queries.installation_versions("people") == [2, 1]


def test_a_full_disk_in_the_middle_keeps_everything_and_is_said(portal: Portal, monkeypatch):
    document_id = document_of(portal)
    row, real = begin("client", portal.okoye), rewrapping.blobs

    def full(*arguments):
        real(*arguments)
        raise DatabaseError("could not extend file: No space left on device")

    monkeypatch.setattr(rewrapping, "blobs", full)
    with as_worker():
        assert turning.run(row.id, seconds=60) is None
    told = Turning.objects.get(id=row.id)
    assert (told.trouble, told.finished_at) == ("DatabaseError", None)
    with bound(Binding(portal.okoye)):
        assert set(Blob.objects.values_list("key_version", flat=True)) == {1}  # the batch was undone
    everything_opens(portal, document_id)
    monkeypatch.setattr(rewrapping, "blobs", real)

    finish(row)

    assert versions_of(portal.okoye) == {2}
    everything_opens(portal, document_id)


_KILLED = """
import sys, django
django.setup()
from tests.server import use
use(sys.argv[1])
from uuid import UUID
from muniment.trust.vault.keys import turning
turning.BATCH = 1
print("begun", flush=True)
turning.run(UUID(sys.argv[2]), seconds=60)
"""


@pytest.mark.slow
def test_a_worker_that_is_killed_leaves_what_the_next_one_goes_on_with(portal: Portal):
    document_id = document_of(portal)
    row = begin("clients")
    environment = {**os.environ, "_MUNIMENT_DATABASE_ROLE": "job"}
    for delay in (0.0, 0.02, 0.05, 0.1):
        process = subprocess.Popen(
            [sys.executable, "-c", _KILLED, connection.settings_dict["NAME"], str(row.id)],
            env=environment,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

    finish(row)

    assert versions_of(portal.okoye) == {2}
    everything_opens(portal, document_id)
