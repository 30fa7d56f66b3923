"""`muniment keys recover` asks for the words of several people and puts the keys back where there are none."""

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from muniment.core.config import Config
from muniment.operations import recovering
from muniment.trust.vault.keys import locks
from muniment.trust.vault.recovery import backup, sealing, shares

pytestmark = pytest.mark.control("backup-encrypted")


def recover(source: Path, data: Path, *lines: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-P", "-m", "muniment.operations.command", "keys", "recover"]
    return subprocess.run(
        [*command, "--from", source, "--data", data],
        input="".join(f"{line}\n" for line in lines),
        env={"PATH": "/usr/bin:/bin", "HOME": str(data.parent), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    config = Config(data=tmp_path / "lost", key_backup=tmp_path)
    config.keys.mkdir(parents=True)
    locks.create(config.locks)
    (config.keys / "backup.key").write_text("the password of the repository")
    secret = secrets.token_bytes(32)
    backup.seal_for(config, [backup.Sheet("a-sheet", sealing.public_of(secret))])
    return shares.split(secret, people=3, needed=2)


def test_the_words_of_two_people_bring_the_keys_back(words: list[str], tmp_path: Path):
    data = tmp_path / "new"

    told = recover(tmp_path / backup.NAME, data, words[2], words[0])

    assert told.returncode == 0, told.stderr
    assert "backup.key, locks, recovery.json" in told.stdout
    assert (data / "keys" / "backup.key").read_text() == "the password of the repository"
    assert (data / "keys" / "locks").read_bytes() == (tmp_path / "lost" / "keys" / "locks").read_bytes()
    again = recover(tmp_path / backup.NAME, data, words[2], words[0])
    assert again.returncode == 1
    assert "already" in again.stderr


def test_wrong_or_too_few_words_leave_nothing_and_are_never_repeated_back(words: list[str], tmp_path: Path):
    data, source = tmp_path / "new", tmp_path / backup.NAME

    misread = recover(source, data, " ".join(words[0].split()[::-1]))
    alone = recover(source, data, words[0])
    foreign = recover(source, data, *shares.split(secrets.token_bytes(32), people=2, needed=2))

    assert [told.returncode for told in (misread, alone, foreign)] == [1, 1, 1]
    assert "not the one that was printed" in misread.stderr
    assert "another recovery sheet" in foreign.stderr
    assert not (data / "keys").exists()
    for told in (misread, alone, foreign):
        assert words[0].split()[5] not in (told.stdout + told.stderr).split()


def test_what_a_killed_one_left_of_the_keys_is_written_over_and_removed(words: list[str], tmp_path: Path):
    left = tmp_path / "new" / ".keys-killed"
    left.mkdir(parents=True)
    (left / "root.key").write_bytes(b"a key that nobody may find")

    with (left / "root.key").open("rb") as before:
        recovering.recover(tmp_path / backup.NAME, words[:2], tmp_path / "new")
        assert set(before.read()) == {0}

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["keys"]
