"""The disk is really full in the middle of a rotation: nothing is lost, it is said, and with room again it goes on."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.operations import accounts
from muniment.portal.documents.models import Folder
from muniment.trust.vault import actions
from muniment.trust.vault.blobs import stores
from muniment.trust.vault.blobs.segments import SEGMENT_BYTES
from muniment.trust.vault.keys import turning
from muniment.trust.vault.models import Turning
from muniment.trust.vault.store.disk import DiskStore
from tests import server
from tests.cast import Portal, find
from tests.tmpfs import fill, mounted
from tests.trust.vault.test_reencrypting import begin, put, row_of, work
from tests.trust.vault.turned import document_of, everything_opens, finish, versions_of
from tests.worker import as_worker

pytestmark = [pytest.mark.slow, pytest.mark.control("buyer-encryption")]
MIB = 2**20
FOLDERS = 1500


@pytest.fixture
def disk() -> Iterator[Path]:
    """Give a folder in which a small file system can be mounted."""
    place = Path(tempfile.mkdtemp(prefix="mun-full-", dir="/tmp"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def small_database(_django: str, django_db_blocker, disk: Path) -> Iterator[Path]:
    """Let the database of this test lie in a file system of its own, in which little is left; give its folder."""
    with mounted(disk, 64 * MIB, accounts.ensure_system_user()) as place:
        inside = place / "space"
        inside.mkdir(mode=0o700)
        owner = accounts.ensure_system_user()
        os.chown(inside, owner.uid, owner.gid)
        with _admin() as admin:
            admin.execute("drop tablespace if exists small")
            admin.execute(f"create tablespace small location '{inside}'")
            admin.execute(f"drop database if exists {_django} with (force)")
            admin.execute(f"create database {_django} template muniment_cast owner muniment_owner tablespace small")
            server.settle(admin, _django)
        server.use(_django)
        with django_db_blocker.unblock():
            yield place
        connection.close()
        server.use(_django)
        with _admin() as admin:
            admin.execute(f"drop database {_django} with (force)")
            admin.execute("drop tablespace small")


def _admin() -> "psycopg.Connection[tuple[object, ...]]":
    return server._admin()


def test_a_database_that_finds_no_room_undoes_the_batch_and_goes_on_with_room(small_database: Path):
    portal = find()
    document_id = document_of(portal)
    with bound(Binding(portal.okoye)):
        for number in range(FOLDERS):
            Folder.objects.create(client_id=portal.okoye, name=f"Folder {number} " + "x" * 400)
    row = turning.begin("client", subject_id=portal.okoye, reencrypts=False, person_id=None)
    filler = fill(small_database)

    with as_worker():
        assert turning.run(row.id, seconds=60) is None
        with pytest.raises(DatabaseError, match="No space left"):  # the disk is full, and not only the test says so
            turning._step(row.id)
    sealed = versions_of(portal.okoye)
    everything_opens(portal, document_id)
    filler.unlink()
    told = Turning.objects.get(id=row.id)
    done = finish(row)

    assert told.finished_at is None
    assert 1 in sealed  # it did not get to the end
    assert done.step == "done"
    assert versions_of(portal.okoye) == {2}
    with bound(Binding(portal.okoye)):
        assert Folder.objects.filter(client_id=portal.okoye).count() > FOLDERS
    everything_opens(portal, document_id)


@pytest.fixture
def small_store(portal: Portal, disk: Path, monkeypatch) -> Iterator[Path]:
    """Let documents lie on a file system that holds 8 MiB."""
    with mounted(disk, 8 * MIB) as place:
        monkeypatch.setattr(stores, "DiskStore", lambda root, region: DiskStore(place, region))
        stores.store.cache_clear()
        yield place
    stores.store.cache_clear()


def test_a_store_that_finds_no_room_keeps_every_document_and_leaves_nothing_behind(portal: Portal, small_store: Path):
    contents = [os.urandom(SEGMENT_BYTES + 5), os.urandom(2 * SEGMENT_BYTES)]
    blobs = {put(portal.okoye, content): content for content in contents}
    row, filler = begin(portal.okoye), fill(small_store, leave_bytes=MIB // 2)
    before = sorted(path.name for path in small_store.rglob("*") if path.is_file())

    assert work(row) is None

    told = Turning.objects.get(id=row.id)
    assert (told.step, told.trouble, told.finished_at) == ("documents", "StoreFull", None)
    assert sorted(path.name for path in small_store.rglob("*") if path.is_file()) == before
    for blob_id, content in blobs.items():
        assert actions.prove_blob(portal.okoye, blob_id) == hashlib.sha256(content).digest()

    filler.unlink()
    done = work(row)

    assert done is not None
    assert done.trouble == ""
    for blob_id, content in blobs.items():
        assert row_of(portal.okoye, blob_id).key_version == 2
        assert actions.prove_blob(portal.okoye, blob_id) == hashlib.sha256(content).digest()


def test_a_copy_that_runs_out_of_room_in_the_middle_is_removed(portal: Portal, small_store: Path, monkeypatch):
    content = os.urandom(3 * SEGMENT_BYTES)
    blob_id, row = put(portal.okoye, content), begin(portal.okoye)
    fill(small_store, leave_bytes=MIB // 2)
    monkeypatch.setattr(DiskStore, "free_bytes", lambda _self: 2**40)  # as if somebody took the room right after

    assert work(row) is None

    assert Turning.objects.get(id=row.id).trouble == "StoreFull"
    assert not list(small_store.rglob("*.copy"))
    assert actions.prove_blob(portal.okoye, blob_id) == hashlib.sha256(content).digest()
