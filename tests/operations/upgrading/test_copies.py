"""How long copies from before upgrades stay, and what a journal that says nothing means."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from muniment.core import clock, config
from muniment.core.config import Config
from muniment.operations.errors import StartRefused
from muniment.operations.upgrading import copies, notes
from muniment.operations.upgrading.copies import Copy
from muniment.operations.upgrading.notes import Journal, WentBack


@pytest.fixture
def present(tmp_path: Path) -> Config:
    found = config.load({"MUNIMENT_DATA": str(tmp_path), "MUNIMENT_UPGRADE_KEEP_DAYS": "3"})
    notes.before(found).mkdir()
    for name, days in (("old", 9), ("newer", 2)):
        (notes.before(found) / name / "database").mkdir(parents=True)
        copies.write(found, Copy(name, "0.1.0", clock.now() - timedelta(days=days), 7))
    return found


def kept(present: Config) -> set[str]:
    return {path.name for path in notes.before(present).iterdir() if path.is_dir()}


def test_the_newest_copy_stays_for_the_days_of_the_settings(present: Config):
    copies.prune(present)
    assert kept(present) == {"newer"}

    copies.prune(replace(present, upgrade_keep_days=1))
    assert kept(present) == set()


def test_while_something_is_under_way_every_copy_stays(present: Config):
    notes.begin(present, Journal("upgrading", "old"))

    copies.prune(replace(present, upgrade_keep_days=1))

    assert kept(present) == {"old", "newer"}
    assert notes.journal(present) == Journal("upgrading", "old")


def test_a_journal_that_somebody_changed_stops_everything(present: Config):
    (notes.before(present) / "journal.json").write_text("nothing")

    with pytest.raises(StartRefused, match="cannot be read"):
        notes.journal(present)


def test_what_going_back_lost_is_counted_once(present: Config):
    notes.go_back(present, WentBack(3, ("a", "b")))
    notes.go_back(present, WentBack(3, ("a", "b")))
    notes.go_back(present, WentBack(2, ("c",)))

    assert notes.went_back(present) == WentBack(5, ("a", "b", "c"))


def test_a_migration_that_is_added_makes_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import muniment

    before = notes.ours()
    folder = tmp_path / "muniment" / "trust" / "added" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_added.py").touch()
    monkeypatch.setattr(muniment, "__path__", [*muniment.__path__, str(tmp_path / "muniment")])

    assert notes.ours().version == before.version
    assert notes.ours().schema != before.schema
