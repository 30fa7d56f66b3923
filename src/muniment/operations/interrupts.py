"""Waits that end at once when a child dies or somebody asks to stop."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """What has been asked of this process by signals so far."""

    def __init__(self, wake_up: int) -> None:
        self._wake_up = wake_up
        self.stopping = False

    def wait(self, seconds: float) -> None:
        """Sleep, but no longer than to the next signal."""
        ready, _, _ = select.select([self._wake_up], [], [], 0 if self.stopping else seconds)
        if ready:
            os.read(self._wake_up, 4096)

    def is_stopping(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self.stopping


@contextmanager
def watched() -> Iterator[Interrupts]:
    """Take note of signals to stop and of children that died, in the main thread, until the block ends."""
    reading, writing = os.pipe()
    for descriptor in (reading, writing):
        os.set_blocking(descriptor, False)
    interrupts = Interrupts(reading)

    def stop(_number: int, _frame: FrameType | None) -> None:
        interrupts.stopping = True

    def note(_number: int, _frame: FrameType | None) -> None:
        """Do nothing: the byte in the pipe ends the wait."""

    former = {number: signal.signal(number, stop) for number in STOPPING}
    former[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, note)
    former_descriptor = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield interrupts
    finally:
        signal.set_wakeup_fd(former_descriptor)
        for number, handler in former.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)
