"""A worker may die after every step that lasts: the upload goes on, and becomes one whole document, once."""

import os
from contextlib import suppress

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from muniment.portal.documents import actions, queries
from muniment.trust.vault.errors import WrongOffset
from muniment.trust.vault.store.disk_part import DiskPart
from tests.portal.documents.uploading import events, send, stored

MIB = 2**20
CONTENT = os.urandom(3 * MIB + 12345)
FIRST = MIB + MIB // 2  # ends inside a segment: its tail lies in a file of its own
DIED = 77
STEPS = (
    (DiskPart, ("write", "keep", "drop_end", "drop_ends", "finish")),
    (BaseDatabaseWrapper, ("_commit",)),
)


def in_a_worker(work):
    """Run `work` in a process of its own and return how it ended."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL's; its threads would not come along
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dying_after(number):
    """Let this process die right after the `number`-th step that lasts."""
    left = [number]

    def dying(step):
        def run(self, *arguments):
            result = step(self, *arguments)
            left[0] -= 1
            if left[0] == 0:
                os._exit(DIED)
            return result

        return run

    for owner, names in STEPS:
        for name in names:
            setattr(owner, name, dying(getattr(owner, name)))


def go_on(actor, upload_id):
    """Do what a browser does that comes back: ask how much is there, send the rest."""
    state = queries.upload(actor, upload_id)
    if state.received_bytes < state.size_bytes:
        with suppress(WrongOffset):  # it was whole before its row said so, which it does now
            send(actor, upload_id, CONTENT[state.received_bytes :], state.received_bytes)
    return actions.finish_upload(actor, upload_id=upload_id)


@pytest.mark.slow
@pytest.mark.control("share-files")
def test_an_upload_survives_the_death_of_its_worker_after_every_step(cleo):
    number, died = 0, True
    while died:
        number += 1
        upload = actions.begin_upload(cleo, name=f"{number}.bin", size_bytes=len(CONTENT))
        send(cleo, upload.id, CONTENT[:FIRST])

        def work(upload_id=upload.id, number=number):
            dying_after(number)
            send(cleo, upload_id, CONTENT[FIRST:], FIRST)
            actions.finish_upload(cleo, upload_id=upload_id)

        code = in_a_worker(work)
        died = code == DIED
        version = go_on(cleo, upload.id)

        assert code in (0, DIED)
        assert stored(version, cleo.client) == CONTENT
        assert events(cleo, version.document_id) == ["document.added"]
        assert len(queries.documents_in(cleo).rows) == number
    assert number > 10
