"""Identifiers sort as they were made, in one process, and tell when."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from muniment.core import ids


def test_ids_of_one_process_come_in_order():
    def make(_thread):
        return [ids.new() for _ in range(5000)]

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(make, range(4)))

    assert all(found == sorted(found) for found in made)
    assert len({one for found in made for one in found}) == 4 * 5000


def test_an_id_is_a_version_7_uuid_of_its_millisecond():
    before = time.time_ns() // 1_000_000
    made = ids.new()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after


@pytest.mark.parametrize(("back_ms", "follows"), [(10, False), (60_000, True)], ids=["a moment", "a minute"])
def test_a_clock_set_back_a_moment_keeps_the_order_and_one_set_back_further_is_followed(monkeypatch, back_ms, follows):
    before = ids.new()
    moved = time.time_ns() - back_ms * 1_000_000
    monkeypatch.setattr(time, "time_ns", lambda: moved)

    after = ids.new()

    assert (after < before) == follows
    assert ids.new() > after
