"""Whether this process can serve pages: asked often, by whoever balances the load."""

import threading
import time
from typing import Final

from muniment.assurance.monitoring import looks
from muniment.assurance.monitoring.asking import Asker, NoAnswer

KEPT_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 3.0


class _Ready:
    """The last answer; one who asks looks anew, everybody else has the last answer at once.

    So a database that hangs holds one thread of this process at a time, and none again while that look still hangs.
    """

    def __init__(self) -> None:
        self._asker = Asker()
        self._lock = threading.Lock()
        self._is_ready = False
        self._until = 0.0

    def __call__(self) -> bool:
        """Tell whether the database answers and can be written."""
        if time.monotonic() < self._until or not self._lock.acquire(blocking=False):
            return self._is_ready
        try:
            if time.monotonic() >= self._until:
                self._is_ready = self._look()
                self._until = time.monotonic() + KEPT_SECONDS
            return self._is_ready
        finally:
            self._lock.release()

    def _look(self) -> bool:
        try:
            lines = self._asker.ask("database", lambda: list(looks.database()), ANSWER_SECONDS)
        except NoAnswer:
            return False
        return all(line.state == "good" for line in lines)


is_ready = _Ready()
