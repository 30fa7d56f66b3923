"""Locks of keys lie outside the database; one that was taken away is gone for good, and all others stay."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.core import config
from muniment.trust.vault.errors import KeyDestroyed, KeyMissing, KeyRefused
from muniment.trust.vault.keys import locks, puncturing

pytestmark = pytest.mark.control("backup-encrypted")
WRAPPED = b"\x01" * 69
NAMES = st.lists(st.binary(min_size=1, max_size=8), min_size=2, max_size=8, unique=True)


@pytest.fixture
def path(tmp_path: Path, monkeypatch) -> Iterator[Path]:
    monkeypatch.setenv("MUNIMENT_KEY_LOCKS", str(tmp_path / "keys" / "locks"))
    config.current.cache_clear()
    (tmp_path / "keys").mkdir(mode=0o700)
    locks.create(tmp_path / "keys" / "locks")
    yield tmp_path / "keys" / "locks"
    monkeypatch.undo()
    config.current.cache_clear()


@settings(max_examples=15, deadline=None)
@given(names=NAMES, data=st.data())
def test_what_was_taken_away_is_gone_and_every_other_secret_is_the_same(names, data):
    gone = set(data.draw(st.lists(st.sampled_from(names), max_size=len(names))))
    nodes = [puncturing.top(bytes(range(32)))]
    before = {name: puncturing.secret_of(nodes, puncturing.leaf_of(name)) for name in names}

    for name in gone:
        nodes = puncturing.without(nodes, puncturing.leaf_of(name))

    stored = puncturing.Stored(b"head" + puncturing.render(nodes), start=4, count=len(nodes))
    for name in names:
        leaf, expected = puncturing.leaf_of(name), None if name in gone else before[name]
        assert puncturing.secret_of(nodes, leaf) == puncturing.secret_of(stored, leaf) == expected
        assert puncturing.is_kept(nodes, leaf) == (name not in gone)
    assert puncturing.parse(puncturing.render(nodes)) == nodes
    assert not {node.secret for node in nodes} & {bytes(range(32))} or not gone


def test_a_key_opens_with_its_own_lock_alone_and_never_after_that_was_destroyed(path: Path):
    closed, other = locks.close(b"okoye", WRAPPED), locks.close(b"brandt", WRAPPED)

    assert locks.open_(b"okoye", closed) == WRAPPED
    with pytest.raises(KeyRefused):
        locks.open_(b"brandt", closed)
    with path.open("rb") as old:
        assert locks.destroy([b"okoye"]) == 1
        assert set(old.read()) == {0}  # what was there is written over
    assert locks.destroy([b"okoye"]) == 0

    with pytest.raises(KeyDestroyed):
        locks.open_(b"okoye", closed)
    with pytest.raises(KeyDestroyed):
        locks.open_(b"okoye", WRAPPED)  # one that was never closed: a backup from before there were locks
    assert locks.open_(b"brandt", other) == WRAPPED
    assert locks.destroyed([b"okoye", b"brandt"]) == {b"okoye"}


def test_without_the_file_or_with_a_damaged_one_nothing_opens_and_nothing_counts_as_destroyed(path: Path):
    closed = locks.close(b"okoye", WRAPPED)
    whole = path.read_bytes()

    for place in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(KeyRefused):
            locks.destroyed([b"okoye"])
        with pytest.raises(KeyRefused):
            locks.destroy([b"okoye"])
    path.write_bytes(whole[:-50])
    with pytest.raises(KeyRefused, match="damaged"):
        locks.open_(b"okoye", closed)
    path.unlink()
    with pytest.raises(KeyMissing, match="muniment keys recover"):
        locks.open_(b"okoye", closed)


def test_locks_that_others_can_read_are_refused(path: Path):
    path.chmod(0o640)

    with pytest.raises(KeyRefused, match="0600"):
        locks.close(b"okoye", WRAPPED)


_DYING = """
import os, signal, sys
from muniment.trust.vault.keys import locks
steps, wanted = 0, int(sys.argv[1])
def step(event, arguments):
    global steps
    if event in {"open", "os.link", "os.rename", "os.remove"} and "/keys/" in str(arguments[0]):
        steps += 1
        if steps == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(step)
locks.destroy([b"okoye"])
print(steps)
"""


def test_a_kill_at_any_step_leaves_whole_locks_and_the_next_destruction_removes_what_was_left(path: Path):
    kept, whole = locks.close(b"brandt", WRAPPED), path.read_bytes()
    killed, step = 0, 0
    while True:
        step += 1
        process = subprocess.run([sys.executable, "-c", _DYING, str(step)], env=dict(os.environ), check=False)
        if process.returncode != -signal.SIGKILL:
            break
        killed += 1
        assert locks.open_(b"brandt", kept) == WRAPPED

        locks.destroy([b"okoye", b"somebody else"])

        assert locks.destroyed([b"okoye", b"brandt"]) == {b"okoye"}
        assert locks.open_(b"brandt", kept) == WRAPPED
        assert [one.name for one in path.parent.iterdir()] == ["locks"]
        path.write_bytes(whole)  # and again, up to the next step
    assert process.returncode == 0
    assert killed >= 6


def test_two_processes_that_destroy_at_once_lose_nothing_of_each_other(path: Path):
    code = "import sys; from muniment.trust.vault.keys import locks; locks.destroy([sys.argv[1].encode()])"
    started = [subprocess.Popen([sys.executable, "-c", code, f"n{number}"]) for number in range(4)]

    assert [process.wait(120) for process in started] == [0] * 4

    assert locks.destroyed([f"n{number}".encode() for number in range(5)]) == {b"n0", b"n1", b"n2", b"n3"}
