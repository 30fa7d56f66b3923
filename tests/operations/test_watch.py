"""What dies is started again: soon at first, later and later when it keeps dying."""

import time

from hypothesis import given
from hypothesis import strategies as st

from muniment.operations import watch
from muniment.operations.watch import Watched, delay_seconds


class Shell:
    """A service that runs only as long as it is told to."""

    def __init__(self) -> None:
        self.starts = 0
        self.alive = False

    def start(self) -> None:
        self.starts += 1
        self.alive = True

    def is_running(self) -> bool:
        return self.alive

    def stop(self) -> None:
        self.alive = False


@given(deaths=st.integers(1, 10_000))
def test_the_delay_never_shrinks_and_never_exceeds_half_a_minute(deaths: int) -> None:
    assert watch.FIRST_SECONDS <= delay_seconds(deaths) <= delay_seconds(deaths + 1) <= watch.LONGEST_SECONDS


def test_what_died_is_reported_and_started_again_once_its_time_has_come() -> None:
    told: list[tuple[str, str]] = []
    shell = Shell()
    part = Watched("shell", shell, lambda event, name, _delay: told.append((event, name)))
    part.start()
    part.look()
    shell.alive = False

    part.look()
    part.look()
    assert shell.starts == 1
    time.sleep(watch.FIRST_SECONDS)
    part.look()
    assert shell.starts == 2

    assert told == [("died", "shell"), ("started-again", "shell")]


def test_a_part_that_keeps_dying_waits_longer_each_time() -> None:
    delays: list[float] = []
    shell = Shell()
    part = Watched("shell", shell, lambda event, _name, delay: delays.append(delay) if event == "died" else None)
    part.start()
    for _ in range(3):
        shell.alive = False
        part.look()
        time.sleep(delays[-1])
        part.look()

    assert delays == [0.5, 1.0, 2.0]
    assert part.deaths == 3
