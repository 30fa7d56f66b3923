"""Opened keys in memory: how long they stay, that they are wiped, locked, and never handed to a fork."""

import os
import resource
import subprocess
import sys
import time

import pytest

from muniment.trust.vault.keys.key_cache import KeyCache
from muniment.trust.vault.keys.locked import SECRET_BYTES, ForkedAway, LockedMemory, can_lock

pytestmark = pytest.mark.control("buyer-encryption")

KEY = os.urandom(SECRET_BYTES)


def locked_kib() -> int:
    """How much memory the kernel says this process has locked."""
    with open("/proc/self/status") as file:  # noqa: PTH123 (the kernel's own)
        return int(next(line for line in file if line.startswith("VmLck")).split()[1])


def wait_until_empty(cache: KeyCache, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while len(cache) and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_key_is_found_until_its_time_is_over():
    cache = KeyCache(0.2)
    cache.keep("one", KEY, asked_at=time.monotonic())

    assert cache.find("one") == KEY
    assert cache.find("another") is None
    time.sleep(0.21)
    assert cache.find("one") is None


def test_asking_for_a_key_does_not_make_it_stay():
    cache = KeyCache(0.3)
    cache.keep("one", KEY, asked_at=time.monotonic())
    began = time.monotonic()

    while time.monotonic() - began < 0.31:
        cache.find("one")

    assert cache.find("one") is None


def test_the_time_counts_from_the_question_not_from_the_answer():
    cache = KeyCache(10.0)
    cache.keep("one", KEY, asked_at=time.monotonic() - 11)

    assert cache.find("one") is None


def test_a_key_nobody_asks_for_again_is_wiped_too():
    cache = KeyCache(0.1)
    cache.keep("one", KEY, asked_at=time.monotonic())
    memory, number = cache._memory, cache._kept["one"].number
    assert memory.get(number) == KEY

    wait_until_empty(cache, 2.0)

    assert len(cache) == 0
    assert memory.get(number) == bytes(SECRET_BYTES)


def test_keys_of_other_times_are_wiped_each_at_its_own():
    cache = KeyCache(0.5)
    now = time.monotonic()
    cache.keep("old", KEY, asked_at=now - 0.4)
    cache.keep("new", KEY, asked_at=now)

    time.sleep(0.3)

    assert len(cache) == 1
    assert cache.find("new") == KEY
    wait_until_empty(cache, 2.0)
    assert len(cache) == 0


def test_forgetting_wipes_everything():
    cache = KeyCache(60.0)
    for number in range(1000):
        cache.keep(str(number), KEY, asked_at=time.monotonic())

    cache.forget()

    assert len(cache) == 0
    assert not any(KEY in bytes(block) for block in cache._memory._blocks)


def test_a_key_put_in_twice_leaves_no_copy_behind():
    cache = KeyCache(60.0)
    cache.keep("one", KEY, asked_at=time.monotonic())
    cache.keep("one", bytes(SECRET_BYTES), asked_at=time.monotonic())

    assert not any(KEY in bytes(block) for block in cache._memory._blocks)


@pytest.mark.skipif(not can_lock(), reason="this system lets nobody lock memory")
def test_what_lasts_is_locked_against_the_swap():
    before = locked_kib()
    memory = LockedMemory()
    memory.put(KEY)

    assert memory.is_locked
    assert locked_kib() - before == 16


def test_where_memory_cannot_be_locked_it_is_known():
    script = (
        "import ctypes, os, resource;"
        "resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0));"
        "os.geteuid() == 0 and (os.setgid(65534), os.setuid(65534));"  # root may always lock
        "from muniment.trust.vault.keys.locked import LockedMemory, can_lock;"
        "memory = LockedMemory();"
        "number = memory.put(bytes(31) + b'x');"
        "print(memory.is_locked, can_lock(), memory.get(number)[-1:] == b'x')"
    )
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))  # noqa: PTH100, PTH118, PTH120
    code = f"import sys; sys.path.insert(0, {root + '/src'!r}); import muniment.trust.vault.keys.locked; {script}"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False", "True"]
    assert resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] != 0


def test_a_forked_process_finds_nothing_and_says_so():
    memory = LockedMemory()
    number = memory.put(KEY)

    child = os.fork()
    if child == 0:  # in the child: its exit code is the result
        wiped = bytes(memory._blocks[0]).count(0) == len(memory._blocks[0])
        try:
            memory.get(number)
        except ForkedAway:
            os._exit(0 if wiped else 2)
        os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert memory.get(number) == KEY


@pytest.mark.parametrize("size", [0, 2, 16, 32])
def test_shorter_values_come_back_as_they_were(size: int):
    cache = KeyCache(60.0)
    cache.keep("one", KEY[:size], asked_at=time.monotonic())

    assert cache.find("one") == KEY[:size]


def test_a_value_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        LockedMemory().put(bytes(33))
