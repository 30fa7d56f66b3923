"""The repository: what goes in comes out, and each trouble is told apart, with real restic."""

import io
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from muniment.operations.continuity import contents
from muniment.operations.continuity.restic import Keeping, Repository
from muniment.operations.continuity.troubles import (
    NotInBackup,
    RepositoryAway,
    RepositoryDamaged,
    RepositoryFull,
    RepositoryLocked,
    WrongPassword,
)
from tests import tmpfs

CANARY = b"canary-marigold-6180339887"
pytestmark = pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed")


def repository(folder: Path, place: Path | None = None) -> Repository:
    (folder / "backup.key").write_text("a" * 64)
    return Repository(str(place or folder / "repository"), password=folder / "backup.key", work=folder / "work")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a repository that holds a store and a database."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "store" / "a").mkdir(parents=True)
    (folder / "store" / "a" / "x").write_bytes(CANARY * 1000)
    (folder / "store" / "a" / "z").write_bytes(os.urandom(300_000))
    (folder / "store" / "a" / "y.part").write_bytes(b"not whole")
    found = repository(folder)
    found.init()
    found.backup_tree(folder / "store", tags=["store"])
    found.backup_stdin("base.tar", io.BytesIO(CANARY * 50_000), tags=["base", "backup-1", "version=1.2.3"])
    return folder


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    """Give a copy of it that the test may harm."""
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy"


def test_copies_from_before_an_upgrade_are_no_backups_to_restore_and_are_said(tmp_path: Path):
    found = repository(tmp_path)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "PG_VERSION").write_text("17")
    found.init()
    with pytest.raises(contents.NotReachable) as empty:
        contents.find(found)
    found.backup_tree(tmp_path / "copy", tags=[contents.BEFORE, "version=1.0"])

    with pytest.raises(contents.NotReachable, match="copies from before an upgrade"):
        contents.find(found)

    assert "upgrade" not in str(empty.value)


def packs(folder: Path) -> list[Path]:
    return [path for path in (folder / "repository" / "data").rglob("*") if path.is_file()]


def test_what_went_in_comes_out(made: Path, tmp_path: Path):
    found = repository(made)

    (store,), (base,) = found.snapshots("store"), found.snapshots("base")
    found.restore_tree(store.id, tmp_path)
    with found.dump(base.id, "/base.tar") as stream:
        database = stream.read()

    assert (tmp_path / "store" / "a" / "x").read_bytes() == CANARY * 1000
    assert not (tmp_path / "store" / "a" / "y.part").exists()
    assert database == CANARY * 50_000
    assert (base.said("backup"), base.said("version")) == ("1", "1.2.3")


@pytest.mark.control("backup-encrypted")
def test_no_byte_of_what_was_saved_stands_in_the_repository(made: Path):
    held = b"".join(path.read_bytes() for path in (made / "repository").rglob("*") if path.is_file())
    cached = b"".join(path.read_bytes() for path in (made / "work").rglob("*") if path.is_file())

    assert len(held) > 1000
    assert CANARY not in held + cached
    assert b"base.tar" not in held + cached


@pytest.mark.control("backup-encrypted")
def test_a_flipped_byte_is_found_and_never_given_out(copied: Path):
    for pack in packs(copied):
        content = bytearray(pack.read_bytes())
        content[len(content) // 2] ^= 1
        pack.chmod(0o600)
        pack.write_bytes(bytes(content))
    found = repository(copied)

    with pytest.raises(RepositoryDamaged):
        found.check(everything=True)
    with pytest.raises(RepositoryDamaged), found.dump(found.snapshots("base")[0].id, "/base.tar") as stream:
        stream.read()


@pytest.mark.control("backup-encrypted")
def test_a_missing_file_is_found(copied: Path):
    max(packs(copied), key=lambda pack: pack.stat().st_size).unlink()

    with pytest.raises(RepositoryDamaged):
        repository(copied).check()


@pytest.mark.control("backup-encrypted")
def test_another_key_opens_nothing(copied: Path):
    found = repository(copied)
    (copied / "backup.key").write_text("b" * 64)

    with pytest.raises(WrongPassword):
        found.snapshots()


def test_half_a_database_is_no_backup(copied: Path):
    class Breaks:
        left = 3

        def read(self, size: int, /) -> bytes:
            self.left -= 1
            if not self.left:
                raise OSError("the database went away")
            return bytes(size)

    found = repository(copied)

    with pytest.raises(OSError, match="went away"):
        found.backup_stdin("base.tar", Breaks(), tags=["base"])

    assert len(found.snapshots("base")) == 1


def test_a_repository_that_went_away_is_not_made_anew(copied: Path):
    found = repository(copied)
    found.init()  # it is there, and remembered
    (copied / "repository").rename(copied / "elsewhere")

    with pytest.raises(RepositoryAway):
        found.init()
    with pytest.raises(RepositoryAway):
        found.backup_tree(copied / "store", tags=["store"])
    (copied / "elsewhere").rename(copied / "repository")

    assert found.backup_tree(copied / "store", tags=["store"]).bytes_read == len(CANARY) * 1000 + 300_000


def test_a_full_disk_is_said_and_what_was_there_stays(made: Path, tmp_path: Path):
    place = tmp_path / "disk"
    place.mkdir()
    with tmpfs.mounted(place, 8 * 2**20):
        found = repository(tmp_path, place / "repository")
        found.init()
        found.backup_tree(made / "store", tags=["store"])
        tmpfs.fill(place, leave_bytes=100_000)

        with pytest.raises(RepositoryFull), Path("/dev/urandom").open("rb") as endless:
            found.backup_stdin("base.tar", endless, tags=["base"])

        (place / "filler").unlink()
        assert [one.tags for one in found.snapshots()] == [frozenset({"store"})]
        found.unlock()
        found.check(everything=True)


def test_a_lock_of_the_dead_is_taken_away_and_one_of_the_living_is_not(copied: Path):
    found = repository(copied)
    holder = subprocess.Popen(
        ["restic", "backup", "--stdin", "--quiet"],
        env={
            "PATH": "/usr/bin:/bin",
            "RESTIC_REPOSITORY": found.place,
            "RESTIC_PASSWORD_FILE": str(copied / "backup.key"),
            "RESTIC_CACHE_DIR": str(copied / "cache"),
        },
        stdin=subprocess.PIPE,
    )
    locks = copied / "repository" / "locks"
    deadline = time.monotonic() + 60
    while not any(locks.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        with pytest.raises(RepositoryLocked):
            found.prune()
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()

    found.prune()

    assert not any(locks.iterdir())


def test_what_is_too_old_is_forgotten_and_the_newest_two_stay(copied: Path):
    found = repository(copied)
    (copied / "store" / "a" / "x").write_bytes(b"newer")
    for _ in range(3):
        found.backup_tree(copied / "store", tags=["store"])
    newest = [one.id for one in found.snapshots("store")][-2:]

    found.forget(tags=["store"], keep=Keeping(1, 0, 0))

    assert [one.id for one in found.snapshots("store")] == newest
    assert len(found.snapshots("base")) == 1


def test_an_append_only_repository_forgets_nothing(copied: Path):
    found = repository(copied)
    found.append_only = True

    found.forget(tags=["store"], ids=[found.snapshots("store")[0].id])
    found.prune()

    assert len(found.snapshots()) == 2


def test_what_is_not_in_the_repository_is_said(made: Path, tmp_path: Path):
    with pytest.raises(NotInBackup):
        repository(made).restore_tree("ffffffff", tmp_path)
