"""What waits for a repository that is away is given up before it stops the portal; what is new in a store is seen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from muniment.assurance.continuity import actions, health, queries
from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.config import Config
from muniment.operations.continuity import making, room, stretch
from muniment.operations.continuity.making import Maker
from muniment.operations.continuity.restic import Repository
from muniment.operations.continuity.stretch import Stretch
from tests.cast import Portal
from tests.worker import as_worker

SEGMENT = "0000000100000000000000{:02X}.gz"


@dataclass
class Waiting:
    """An installation whose repository is away: one segment of its log is saved, two are not."""

    maker: Maker
    present: Config
    log_id: object


@pytest.fixture
def waiting(portal: Portal, tmp_path: Path, monkeypatch) -> Iterator[Waiting]:
    present = replace(config.current(), data=tmp_path, backup_repository=str(tmp_path / "away"))
    (tmp_path / "keys").symlink_to(config.current().keys)
    monkeypatch.setattr(config, "current", lambda: present)
    for folder in (present.spool, present.stretch):
        folder.mkdir(parents=True)
    now = clock.now()
    with as_worker():
        actor = Actor.system(portal.firm_id, purpose="Backups")
        log = actions.begin_backup(actor, kind="wal", version="", migrations="")
        (present.stretch / SEGMENT.format(4)).write_bytes(bytes(1000))
        saved = datetime.fromtimestamp((present.stretch / SEGMENT.format(4)).stat().st_mtime, UTC)
        actions.extend_backup(log.id, moment=saved, snapshot_id="", bytes_read=0, bytes_added=0)
        for place, number in ((present.stretch, 5), (present.spool, 6)):
            (place / SEGMENT.format(number)).write_bytes(bytes(100))
        stretch.save(present, Stretch(log.id, log.id, now, 1, 4, date(2026, 3, 1)))
        yield Waiting(Maker(present, Repository.of(present), portal.firm_id, lambda: False), present, log.id)


def states() -> dict[str, str]:
    return {line.name: line.state for line in health.backups()}


def test_what_is_not_in_the_repository_is_counted(waiting: Waiting):
    last = queries.last_backup("wal")
    assert last is not None

    assert health.waiting_bytes(waiting.present, last.moment) == 200
    assert health.waiting_bytes(waiting.present, None) == 1200


def test_while_there_is_room_what_waits_stays(waiting: Waiting):
    waiting.maker.relieve()

    assert stretch.load(waiting.present) is not None
    assert len(list(waiting.present.stretch.iterdir())) == 2


def test_on_a_disk_that_is_all_but_full_it_is_dropped_and_said_until_a_new_backup(waiting: Waiting, monkeypatch):
    assert "Changes dropped" not in states()
    monkeypatch.setattr(room, "LEAST_FREE_BYTES", 2**62)

    waiting.maker.relieve()
    waiting.maker.relieve()

    assert stretch.load(waiting.present) is None  # so a base backup is due
    assert not [*waiting.present.spool.iterdir(), *waiting.present.stretch.iterdir()]
    tried = queries.last_tried("wal")
    assert tried is not None
    assert (tried.id, tried.state, tried.trouble) == (waiting.log_id, "failed", "no-room")
    assert states()["Changes dropped"] == "bad"

    (waiting.present.spool / SEGMENT.format(7)).write_bytes(b"of no use without a base backup")
    assert not waiting.maker.push()
    assert not list(waiting.present.spool.iterdir())
    actions.begin_backup(waiting.maker.actor, kind="wal", version="", migrations="")
    assert "Changes dropped" not in states()


def test_a_file_that_came_went_or_was_renamed_in_the_store_is_seen(tmp_path: Path):
    folder = tmp_path / "store" / "client" / "0a"
    folder.mkdir(parents=True)
    seen = [making._stamp(tmp_path / "store")]
    assert making._stamp(tmp_path / "store") == seen[0]

    (folder / "one.part").touch()
    seen.append(making._stamp(tmp_path / "store"))
    (folder / "one.part").rename(folder / "one.mnb")
    seen.append(making._stamp(tmp_path / "store"))
    folder.with_name("0b").mkdir()
    seen.append(making._stamp(tmp_path / "store"))
    (folder / "one.mnb").unlink()
    seen.append(making._stamp(tmp_path / "store"))

    assert len(set(seen)) == 5
