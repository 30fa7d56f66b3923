"""Documents' bytes are sealed anew with new keys while they are read; a death costs the work on one document."""

import hashlib
import os
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from muniment.core import clock, config
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault import actions, queries
from muniment.trust.vault.blobs import reading
from muniment.trust.vault.blobs.reading import open_blob
from muniment.trust.vault.blobs.segments import RECORD_BYTES, SEGMENT_BYTES, Flag, sealed_size
from muniment.trust.vault.errors import NeverTurns
from muniment.trust.vault.keys import reencrypting, turning
from muniment.trust.vault.keys.pacing import Pace
from muniment.trust.vault.models import Blob, Turning
from tests.cast import Portal
from tests.trust.vault.vessels import new_codec
from tests.worker import as_worker

pytestmark = pytest.mark.control("buyer-encryption")
MIB = 2**20
SIZES = (0, 1, SEGMENT_BYTES, SEGMENT_BYTES + 1, 2 * SEGMENT_BYTES + 500)


class Died(BaseException):
    """The process is gone."""


def put(client_id, data: bytes):
    """Store bytes and return their blob's id."""
    with bound(Binding(client_id)):
        blob = actions.begin_blob(client_id, len(data))
    with actions.receive(client_id, blob.id, offset=0, size_bytes=len(data)) as receiver:
        receiver.feed(data)
    actions.finish_blob(client_id, blob.id)
    return blob.id


def row_of(client_id, blob_id) -> Blob:
    with bound(Binding(client_id)):
        return Blob.objects.get(id=blob_id)


def begin(client_id) -> Turning:
    return turning.begin("client", subject_id=client_id, reencrypts=True, person_id=None)


def work(row: Turning) -> Turning | None:
    with as_worker():
        for _ in range(5):
            if done := turning.run(row.id, seconds=60):
                return done
            Turning.objects.filter(id=row.id, step="waiting").update(waits_until=clock.now())
    return None


def files(client_id) -> set[UUID]:
    return {found.blob_id for found in queries.store().found(client_id)}


def test_every_document_gets_new_bytes_and_a_new_key(portal: Portal):
    data = {size: os.urandom(size) for size in SIZES[1:]}
    blobs = {put(portal.okoye, content): content for content in data.values()}
    before = {blob_id: row_of(portal.okoye, blob_id) for blob_id in blobs}

    done = work(begin(portal.okoye))

    assert done is not None
    assert done.bytes_sealed >= sum(SIZES)
    for blob_id, content in blobs.items():
        row, old = row_of(portal.okoye, blob_id), before[blob_id]
        assert row.place_id not in {None, old.id}
        assert (row.key_version, bytes(row.salt) == bytes(old.salt)) == (2, False)
        assert actions.prove_blob(portal.okoye, blob_id) == hashlib.sha256(content).digest()
        assert old.id not in files(portal.okoye)
        assert row.place_id in files(portal.okoye)


def test_one_who_reads_meanwhile_reads_on(portal: Portal):
    content = os.urandom(2 * SEGMENT_BYTES)
    blob_id = put(portal.okoye, content)
    row = row_of(portal.okoye, blob_id)
    with open_blob(queries.store_of(row), actions.codec(row), row.size_bytes) as opened:
        pieces = opened.read()
        first = next(pieces)

        work(begin(portal.okoye))

        assert first + b"".join(pieces) == content


@pytest.mark.parametrize("step", ["scan", "_switch"])
def test_a_death_before_the_row_names_the_new_bytes_leaves_the_old_ones(portal: Portal, monkeypatch, step: str):
    content = os.urandom(SEGMENT_BYTES + 7)
    blob_id, row = put(portal.okoye, content), begin(portal.okoye)
    place: Any = reading if step == "scan" else reencrypting
    real = getattr(place, step)

    def dying(*arguments):
        raise Died

    monkeypatch.setattr(place, step, dying)
    with pytest.raises(Died):
        work(row)
    monkeypatch.setattr(place, step, real)
    queries.forget_keys()
    assert row_of(portal.okoye, blob_id).place_id is None
    assert actions.prove_blob(portal.okoye, blob_id) == hashlib.sha256(content).digest()

    assert work(row) is not None

    assert row_of(portal.okoye, blob_id).place_id is not None
    assert actions.prove_blob(portal.okoye, blob_id) == hashlib.sha256(content).digest()


def test_a_damaged_document_is_said_and_does_not_stop_the_others(portal: Portal):
    broken, whole = put(portal.okoye, b"broken" * 100), put(portal.okoye, b"whole" * 100)
    store: Any = queries.store()
    root = store._root
    (path,) = [path for path in root.rglob("*") if path.is_file() and broken.hex in path.name]
    data = bytearray(path.read_bytes())
    data[20] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)

    assert work(begin(portal.okoye)) is not None

    assert row_of(portal.okoye, broken).place_id is None
    assert row_of(portal.okoye, whole).place_id is not None


def test_what_is_copied_may_be_read_in_any_pieces_from_start_to_end():
    class Stored:
        def __init__(self, data: bytes) -> None:
            self.data = data

        def size(self) -> int:
            return len(self.data)

        def read(self, offset: int, size: int) -> bytes:
            return self.data[offset : offset + size]

        def close(self) -> None:
            pass

    plain = os.urandom(SEGMENT_BYTES + 9)
    old, new = new_codec(), new_codec()
    records = old.seal(plain[:SEGMENT_BYTES], 0, Flag.MORE) + old.seal(plain[SEGMENT_BYTES:], 1, Flag.FINAL)
    anew = reencrypting.Anew(Stored(records), old, new, len(plain), Pace(0))

    size, got = sealed_size(len(plain)), b""
    for offset in range(0, size, 300_001):
        got += anew.read(offset, 300_001)

    assert len(got) == size
    first = new.open(got[:RECORD_BYTES], 0, Flag.MORE)
    assert first + new.open(got[RECORD_BYTES : RECORD_BYTES + 37], 1, Flag.FINAL) == plain
    assert new.check_footer(got[-192:]).length == len(plain)


def test_only_documents_have_bytes_to_seal_anew(portal: Portal):
    with pytest.raises(NeverTurns):
        turning.begin("root", subject_id=None, reencrypts=True, person_id=None)


def test_documents_are_sealed_anew_no_faster_than_the_setting_allows(portal: Portal, monkeypatch):
    present = replace(config.current(), reencrypt_bytes_per_second=MIB)
    monkeypatch.setattr(config, "current", lambda: present)
    put(portal.okoye, os.urandom(MIB))
    begun = time.monotonic()

    done = work(begin(portal.okoye))

    assert done is not None
    assert done.bytes_sealed == MIB
    assert time.monotonic() - begun > 1.5  # it is written once and read back once
