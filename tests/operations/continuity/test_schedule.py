"""When backups are due, and how the log's segments are told apart."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muniment.core import config
from muniment.operations.continuity import bundle, bundling, schedule, wal
from muniment.operations.continuity.restic import Keeping
from muniment.operations.continuity.wal import Segment
from tests import tmpfs

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
PRESENT = config.load({"MUNIMENT_BACKUP_HOURS": "2,14"})


def due(begun: datetime | None, *, tried: datetime | None = None, log_bytes: int = 0, now: datetime = NOON) -> bool:
    return schedule.base_due(PRESENT, now=now, begun_at=begun, tried_at=tried, log_bytes=log_bytes)


@pytest.mark.control("backup-encrypted")
def test_a_backup_is_due_at_each_of_the_hours_and_once():
    assert due(None)
    assert due(NOON - timedelta(hours=11))
    assert not due(NOON - timedelta(hours=9))
    assert not due(NOON - timedelta(hours=9), now=NOON + timedelta(hours=1, minutes=59))
    assert due(NOON - timedelta(hours=9), now=NOON + timedelta(hours=2))
    assert not due(NOON + timedelta(hours=2, seconds=1), now=NOON + timedelta(hours=3))


@pytest.mark.control("backup-encrypted")
def test_a_machine_that_slept_makes_up_for_it_and_a_failure_waits_a_little():
    assert due(NOON - timedelta(days=3))
    assert not due(NOON - timedelta(days=3), tried=NOON - timedelta(minutes=4))
    assert due(NOON - timedelta(days=3), tried=NOON - timedelta(minutes=5))


def test_a_log_that_grew_large_ends_with_a_new_backup():
    assert due(NOON - timedelta(hours=1), log_bytes=schedule.LARGEST_LOG_BYTES + 1)


def test_everything_is_read_back_in_a_week():
    parts = {schedule.part_of_day(NOON + timedelta(days=day)) for day in range(7)}

    assert parts == {(number, 7) for number in range(1, 8)}


def test_segments_follow_each_other_over_the_end_of_a_file():
    last, first = Segment.of("0000000100000002000000FF"), Segment.of("000000010000000300000000")

    assert last is not None
    assert first == Segment(1, last.number + 1)
    assert Segment.of("00000002.history.gz") is None


def test_a_gap_and_another_timeline_are_noticed(tmp_path: Path):
    names = [f"0000000100000000000000{number:02X}.gz" for number in range(4, 9)]
    for name in names:
        (tmp_path / name).touch()
    first = Segment(1, 4)
    assert wal.is_whole(tmp_path, first)

    (tmp_path / names[2]).unlink()
    missing = wal.is_whole(tmp_path, first)
    (tmp_path / names[2]).touch()
    (tmp_path / "000000020000000000000009.gz").touch()

    assert not missing
    assert not wal.is_whole(tmp_path, first)


def archive(spool: Path, segment: Path, name: str) -> int:
    command = wal.archive_command(spool).replace("%p", str(segment)).replace("%f", name).replace("%%", "%")
    return subprocess.run(["/bin/sh", "-c", command], check=False, capture_output=True).returncode


def test_a_segment_is_put_aside_whole_or_not_at_all_and_never_replaced_by_another(tmp_path: Path):
    spool, segment = tmp_path / "it's a 100% spool", tmp_path / "segment"
    spool.mkdir()
    segment.write_bytes(os.urandom(100_000))
    name = "000000010000000000000004"

    assert archive(spool, segment, name) == 0
    assert archive(spool, segment, name) == 0  # the same again, as after a crash
    segment.write_bytes(os.urandom(100_000))

    assert archive(spool, segment, name) != 0
    assert [path.name for path in spool.iterdir()] == [f"{name}.gz"]


def test_a_disk_that_is_all_but_full_is_not_filled_and_the_server_goes_on(tmp_path: Path):
    spool, segment = tmp_path / "spool", tmp_path / "segment"
    spool.mkdir()
    segment.write_bytes(os.urandom(2_000_000))
    with tmpfs.mounted(spool, 2**25):
        dropped = archive(spool, segment, "000000010000000000000004")
        left = list(spool.iterdir())

    assert dropped == 0  # or the server would keep the segment itself, on the same disk
    assert left == []


def test_where_there_is_no_spool_the_segment_stays_with_the_server(tmp_path: Path):
    (tmp_path / "segment").write_bytes(os.urandom(1000))

    assert archive(tmp_path / "spool", tmp_path / "segment", "000000010000000000000004") != 0


def test_bundles_of_days_weeks_and_months_are_kept(tmp_path: Path):
    made = [NOON - timedelta(days=day) for day in range(100)]
    bundles = [tmp_path / (at.strftime(bundling.NAME) + bundle.SUFFIX) for at in made]

    gone = set(bundling.superseded(bundles, Keeping(7, 4, 3)))

    kept = [at for at, path in zip(made, bundles, strict=True) if path not in gone]
    assert kept[:7] == made[:7]
    assert {at.strftime("%Y-%m") for at in kept} == {"2026-03", "2026-02", "2026-01"}
    assert len(kept) <= 7 + 4 + 3
