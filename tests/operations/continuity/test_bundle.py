"""A bundle: one sealed file that opens whole with its key, or not at all."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from muniment.assurance.continuity import queries
from muniment.core import config
from muniment.operations import preparation
from muniment.operations.continuity import bundle, marker
from muniment.operations.continuity.bundle import HEAD_BYTES, SEGMENT_BYTES, TAG_BYTES, Manifest
from muniment.operations.continuity.bundling import NAME, Bundler
from muniment.operations.continuity.troubles import RepositoryAway, RepositoryDamaged, WrongPassword
from tests.cast import Portal
from tests.worker import as_worker

CANARY = b"canary-marigold-3141592653"
MANIFEST = Manifest(datetime(2026, 3, 10, tzinfo=UTC), "1.0", "0123", "base")
SEALED = SEGMENT_BYTES + TAG_BYTES


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Give a folder with a bundle of more than one piece of a database, and a store."""
    (tmp_path / "backup.key").write_text("a" * 64)
    (tmp_path / "store" / "client").mkdir(parents=True)
    (tmp_path / "store" / "client" / "blob").write_bytes(CANARY)
    database = io.BytesIO(CANARY * 400_000)
    bundle.write(tmp_path / "one.bundle", tmp_path / "backup.key", MANIFEST, database, tmp_path / "store")
    return tmp_path


def refused(folder: Path, content: bytes) -> bool:
    (folder / "two.bundle").write_bytes(content)
    try:
        bundle.check(folder / "two.bundle", folder / "backup.key")
    except (RepositoryDamaged, WrongPassword):
        return True
    return False


def test_what_went_in_comes_out(made: Path):
    pieces, store = b"", {}
    with bundle.opened(made / "one.bundle", made / "backup.key") as tar:
        manifest = bundle.read_manifest(tar)
        for member in tar:
            if not member.isfile() or member.name == "manifest.json":
                continue
            content = tar.extractfile(member)
            assert content is not None
            if member.name.startswith("database/"):
                pieces += content.read()
            else:
                store[member.name] = content.read()

    assert manifest == MANIFEST
    assert pieces == CANARY * 400_000
    assert store == {"store/client/blob": CANARY}


@pytest.mark.control("backup-encrypted")
def test_no_word_stands_in_it(made: Path):
    content = (made / "one.bundle").read_bytes()

    assert len(content) > len(CANARY) * 400_000
    assert CANARY not in content
    assert b"database/" not in content


@pytest.mark.control("backup-encrypted")
def test_a_changed_cut_swapped_or_repeated_segment_is_refused(made: Path):
    content = (made / "one.bundle").read_bytes()
    head, body = content[:HEAD_BYTES], content[HEAD_BYTES:]
    segments = [body[at : at + SEALED] for at in range(0, len(body), SEALED)]

    assert not refused(made, content)
    for place in (0, HEAD_BYTES - 1, HEAD_BYTES + 5, len(content) // 2, len(content) - 1):
        assert refused(made, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]), place
    assert refused(made, content[:-1])
    assert refused(made, head + b"".join(segments[:-1]))
    assert refused(made, head + b"".join([segments[1], segments[0], *segments[2:]]))
    assert refused(made, head + b"".join([*segments, segments[-1]]))
    assert refused(made, head)


@pytest.mark.control("backup-encrypted")
def test_another_key_opens_nothing(made: Path):
    (made / "backup.key").write_text("b" * 64)

    with pytest.raises(WrongPassword):
        bundle.check(made / "one.bundle", made / "backup.key")


def test_a_database_that_breaks_leaves_no_bundle(made: Path):
    class Breaks:
        left = 3

        def read(self, size: int, /) -> bytes:
            self.left -= 1
            if not self.left:
                raise OSError("the database went away")
            return bytes(size)

    with pytest.raises(OSError, match="went away"):
        bundle.write(made / "three.bundle", made / "backup.key", MANIFEST, Breaks(), made / "store")

    assert not list(made.glob("three*"))


@pytest.mark.control("backup-encrypted")
def test_with_another_key_than_before_or_where_bundles_are_gone_none_is_made_and_that_is_said(
    made: Path, portal: Portal
):
    place, key = made / "elsewhere", made / "data" / "keys" / "backup.key"
    present = replace(config.current(), data=made / "data", backup_repository=str(place))
    for folder in (place, present.backups, key.parent):
        folder.mkdir(parents=True)
    ours = (made / "one.bundle").rename(place / f"{MANIFEST.at.strftime(NAME)}.bundle")
    marker.remember(present.backups, f"bundles:{place}")

    def refused() -> str:
        with as_worker(), pytest.raises((RepositoryAway, WrongPassword)):
            Bundler(present, portal.firm_id, lambda: False).make()
        tried = queries.last_tried("bundle")
        assert tried is not None
        return tried.trouble

    preparation.ensure_backup_key(present)
    assert not key.exists()  # there were bundles: a new key would open none of them
    assert refused() == "wrong-password"
    key.write_text("b" * 64)
    assert refused() == "wrong-password"
    key.write_text("a" * 64)
    ours.unlink()
    assert refused() == "away"
