"""How far a backup reaches, and what is refused before a restore begins."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment.core import config
from muniment.operations.continuity import bringing_back, contents, emptiness, reopening, sources
from muniment.operations.continuity.contents import Found, Kept, NotReachable, Reach
from muniment.operations.continuity.restic import Repository, Snapshot
from muniment.operations.continuity.wal import Segment
from muniment.operations.errors import StartRefused
from muniment.operations.places import UNFINISHED, Accounts, make_places
from tests.trust.audit.test_numbering import superuser
from tests.worker import as_worker

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def stretch(*numbers: int) -> list[Kept]:
    """Return segments of a log, each written a minute after the one before it, and what lies beside them."""
    files = [Kept(f"/wal/00000001000000000000{n:04X}.gz", 100, START + timedelta(minutes=n)) for n in numbers]
    return [*files, Kept("/wal/heads", 10, START)]


def test_a_log_without_a_gap_reaches_to_its_last_segment():
    assert contents.reach_of(stretch(3, 4, 5)) == Reach(
        Segment(1, 3), Segment(1, 5), START + timedelta(minutes=5, seconds=1), is_broken=False
    )
    assert contents.reach_of([Kept("/wal/heads", 10, START)]) is None


def test_a_gap_is_said_with_the_newest_moment_that_can_be_restored():
    reach = contents.reach_of(stretch(3, 4, 6, 7))
    assert reach is not None

    with pytest.raises(NotReachable, match=r"is missing. The newest moment .* is 2026-03-01 12:04:01"):
        contents.refuse_gap(reach, None)
    with pytest.raises(NotReachable, match="is missing"):
        contents.refuse_gap(reach, START + timedelta(minutes=6))
    contents.refuse_gap(reach, START + timedelta(minutes=4))


def test_a_moment_after_the_last_segment_is_refused_without_talk_of_a_gap():
    reach = contents.reach_of(stretch(3, 4))
    assert reach is not None

    contents.refuse_gap(reach, None)
    with pytest.raises(NotReachable) as refused:
        contents.refuse_gap(reach, START + timedelta(hours=1))
    assert "missing" not in str(refused.value)


def test_nothing_before_the_end_of_a_base_backup_is_taken_from_it():
    files = [
        *stretch(3, 4),
        Kept("/wal/000000010000000000000003.00000028.backup.gz", 100, START + timedelta(seconds=90)),
    ]
    reach = contents.reach_of(files)
    assert reach is not None

    assert contents.ended_at(files, reach) == START + timedelta(seconds=90)
    assert contents.ended_at(stretch(3, 4), reach) < START


def found(needed: int) -> Found:
    snapshot = Snapshot("a" * 64, START, frozenset({"base", "version=1.0"}), ("/base.tar",))
    return Found(snapshot, snapshot, None, Reach(Segment(1, 1), Segment(1, 1), START, False), None, needed, 0, 0)


def test_a_disk_that_is_too_small_is_found_before_the_start(tmp_path: Path):
    present = config.load({"MUNIMENT_DATA": str(tmp_path / "data")})
    repository = Repository("/nowhere", password=tmp_path / "key", work=tmp_path)
    source = sources.FromRepository(repository, found(10**9))
    plan = bringing_back.Plan(source, tmp_path / "data", free_bytes=10**6)

    with pytest.raises(StartRefused, match="not room enough"):
        bringing_back.restore(present, plan)
    assert not (tmp_path / "data").exists()


def test_a_backup_of_a_newer_version_is_refused_by_its_tag():
    with pytest.raises(StartRefused, match=r"made by version 99.1 of Muniment, which is newer"):
        bringing_back._refuse_newer("99.1")
    bringing_back._refuse_newer("0.0.1")
    bringing_back._refuse_newer("")


def test_a_backup_of_a_newer_version_is_refused_by_its_tables(portal: object):
    with as_worker("muniment_owner"):
        assert reopening.look() == {}
    with superuser() as server:
        server.execute("insert into django_migrations (app, name, applied) values ('audit', '9999_later', now())")

    with as_worker("muniment_owner"), pytest.raises(SystemExit, match="made by a newer version of Muniment"):
        reopening.look()


def test_an_unfinished_restore_is_cleared_but_for_keys_and_refused_to_every_start(tmp_path: Path):
    for name in ("keys", "database", "store"):
        (tmp_path / name).mkdir()
    with pytest.raises(StartRefused, match="is not empty: database lies there"):
        emptiness.require_empty(tmp_path)
    (tmp_path / UNFINISHED).touch()
    emptiness.require_empty(tmp_path)

    emptiness.begin(tmp_path, START, "a" * 64)

    assert {path.name for path in tmp_path.iterdir()} == {"keys", UNFINISHED}
    with pytest.raises(StartRefused, match="did not end"):
        make_places(config.load({"MUNIMENT_DATA": str(tmp_path)}), Accounts(None, None))
    emptiness.end(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"keys"}
