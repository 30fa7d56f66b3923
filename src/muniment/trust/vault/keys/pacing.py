"""A limited rate, so that people notice nothing of work in the background."""

import time


class Pace:
    """Sleeps so that no more than `bytes_per_second` are passed on, on average since the start."""

    def __init__(self, bytes_per_second: int) -> None:
        """Begin now; 0 is no limit."""
        self._rate = bytes_per_second
        self._begun = time.monotonic()
        self.total_bytes = 0

    def __call__(self, size: int) -> None:
        """Count bytes, and wait until they are due."""
        self.total_bytes += size
        if self._rate:
            ahead = self.total_bytes / self._rate - (time.monotonic() - self._begun)
            if ahead > 0:
                time.sleep(ahead)
