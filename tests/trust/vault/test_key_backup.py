"""The key backup holds the newest keys alone, and opens with the words of as many people as are needed."""

import os
import secrets
from pathlib import Path

import pytest

from muniment.core import config
from muniment.core.config import Config
from muniment.operations import recovering
from muniment.operations.errors import StartRefused
from muniment.trust.vault.errors import (
    KeyBackupAway,
    KeyBackupDamaged,
    KeyDestroyed,
    ShareOfAnother,
    SharesMissing,
    ShareUnreadable,
    SheetNumbers,
)
from muniment.trust.vault.keys import locks
from muniment.trust.vault.recovery import backup, sealing, shares

pytestmark = pytest.mark.control("backup-encrypted")
CANARY = b"the root key that nobody may read in a backup"


class Keys:
    """A keys directory, a recovery secret in five shares of which three are needed, and the key backup."""

    def __init__(self, folder: Path) -> None:
        self.config = Config(data=folder / "data", key_backup=folder / "elsewhere")
        self.config.keys.mkdir(parents=True, mode=0o700)
        locks.create(self.config.locks)
        (self.config.keys / "root.key").write_bytes(CANARY)
        (self.config.keys / ".left-over").write_bytes(b"not this")
        secret = secrets.token_bytes(32)
        self.words = shares.split(secret, people=5, needed=3)
        self.sheet = backup.Sheet("a-sheet", sealing.public_of(secret))
        backup.seal_for(self.config, [self.sheet])

    @property
    def file(self) -> Path:
        return backup.place(self.config)

    def opened(self, *words: str) -> dict[str, bytes]:
        return backup.open_(self.file.read_bytes(), list(words or self.words[:3]))


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def test_any_three_of_five_open_it_and_it_holds_every_file_of_the_keys(keys: Keys):
    found = keys.opened(keys.words[4].upper(), "\n".join(keys.words[0].split()), keys.words[2])

    assert found["root.key"] == CANARY
    assert found["locks"] == keys.config.locks.read_bytes()
    assert set(found) == {"root.key", "locks", "recovery.json"}
    assert CANARY not in keys.file.read_bytes()
    assert keys.file.stat().st_mode & 0o777 == 0o600


def test_the_first_four_letters_of_words_with_their_numbers_are_enough(keys: Keys):
    short = " ".join(f"{place}. {word[:4]}" for place, word in enumerate(keys.words[0].split(), 1))

    assert shares.read(short).words == keys.words[0]


def test_too_few_wrong_and_foreign_words_are_refused_each_with_its_sentence(keys: Keys):
    first, second, third = keys.words[:3]
    foreign = shares.split(secrets.token_bytes(32), people=5, needed=3)
    other = "academic" if first.split()[9] != "academic" else "acid"
    misread = " ".join([*first.split()[:9], other, *first.split()[10:]])

    for words, refusal, sentence in (
        ([first, second], SharesMissing, "The words of 3 people are needed; there are those of 2."),
        ([first, second, first], SharesMissing, "there are those of 2"),
        ([first, second, foreign[2]], ShareOfAnother, "another recovery sheet"),
        (foreign[:3], ShareOfAnother, "another recovery sheet"),
        ([misread, second, third], ShareUnreadable, "not the one that was printed"),
        ([first.replace(first.split()[4], "muniment", 1), second, third], ShareUnreadable, "Word 5 is not a word"),
        ([" ".join(first.split()[:-1]), second, third], ShareUnreadable, "has 33 words; these are 32"),
        ([], SharesMissing, "needed"),
    ):
        with pytest.raises(refusal) as refused:
            keys.opened(*words) if words else backup.open_(keys.file.read_bytes(), [])
        assert sentence in refused.value.sentence


def test_a_changed_backup_does_not_open(keys: Keys):
    whole = keys.file.read_bytes()

    for place in range(5, len(whole), len(whole) // 12):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises((KeyBackupDamaged, ShareOfAnother)):
            backup.open_(bytes(changed), keys.words[:3])


def test_a_destroyed_lock_is_gone_from_it_with_the_next_writing_and_no_older_state_stays(keys: Keys, monkeypatch):
    monkeypatch.setattr(config, "current", lambda: keys.config)
    closed = locks.close(b"okoye", b"w" * 60)
    assert backup.is_current(keys.config)
    locks.destroy([b"okoye"])
    assert not backup.is_current(keys.config)

    with keys.file.open("rb") as old:
        assert backup.write(keys.config)
        assert set(old.read()) == {0}

    assert [path.name for path in keys.file.parent.iterdir()] == [backup.NAME]
    assert backup.is_current(keys.config)
    assert not backup.write(keys.config)
    keys.config.locks.write_bytes(keys.opened()["locks"])
    with pytest.raises(KeyDestroyed):
        locks.open_(b"okoye", closed)


def test_while_its_place_is_away_nothing_is_changed_and_that_is_said(keys: Keys):
    before, folder = keys.file.read_bytes(), keys.file.parent
    aside = folder.rename(folder.with_name("unmounted"))
    folder.write_bytes(b"a file where the directory was")

    with pytest.raises(KeyBackupAway):
        backup.write(keys.config)
    with pytest.raises(KeyBackupAway):
        backup.seal_for(keys.config, [backup.Sheet("another", bytes(31) + b"\x09")])

    folder.unlink()
    aside.rename(folder)
    assert backup.sheets(keys.config) == [keys.sheet]
    assert keys.file.read_bytes() == before


@pytest.mark.parametrize(("people", "needed"), [(0, 0), (17, 3), (3, 4), (3, 1), (3, 0), (1, 2)])
def test_a_sheet_is_for_one_to_sixteen_and_at_least_two_are_needed_unless_alone(people: int, needed: int):
    with pytest.raises(SheetNumbers):
        shares.split(bytes(32), people=people, needed=needed)
    assert len(shares.split(bytes(32), people=1, needed=1)) == 1


def test_the_keys_come_back_into_an_empty_data_directory_and_into_no_other(keys: Keys, tmp_path: Path):
    empty = tmp_path / "new machine"

    written = recovering.recover(keys.file, keys.words[2:], empty)

    assert written == ["locks", "recovery.json", "root.key"]
    for name in written:
        assert (empty / "keys" / name).read_bytes() == (keys.config.keys / name).read_bytes()
        assert (empty / "keys" / name).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in empty.iterdir()] == ["keys"]
    with pytest.raises(StartRefused, match="already"):
        recovering.recover(keys.file, keys.words[2:], empty)
    with pytest.raises(StartRefused, match="of 3 people"):
        recovering.recover(keys.file, keys.words[:1], tmp_path / "another")
    with pytest.raises(StartRefused, match="not a key backup"):
        recovering.recover(keys.config.locks, keys.words[2:], tmp_path / "another")
    assert not (tmp_path / "another").exists()


def test_whoever_types_is_told_at_once_what_is_wrong_with_a_share(keys: Keys):
    first, second = keys.words[:2]

    assert recovering.needed_by(first, []) == 3
    with pytest.raises(StartRefused, match="same share again"):
        recovering.needed_by(first, [first])
    with pytest.raises(StartRefused, match="another recovery sheet"):
        recovering.needed_by(shares.split(os.urandom(32), people=2, needed=2)[0], [first, second])
    with pytest.raises(StartRefused, match="33 words"):
        recovering.needed_by(" ".join(first.split()[:20]), [])
