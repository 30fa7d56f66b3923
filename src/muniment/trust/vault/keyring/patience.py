"""Calls to a key service that may be slow or down: a bounded wait, and one that looks whether it is back.

When a service hangs, sixty-four threads must not hang with it. Who asks while an earlier call has been
waiting for a while waits for the end of that call instead of beginning another one. Once a call has failed,
everybody is refused at once, and every few seconds one caller tries again for all.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from muniment.trust.vault.errors import KeyServiceDown

T = TypeVar("T")
log = structlog.get_logger("muniment.keys")

PAUSE_SECONDS = 5.0
HESITATION_SECONDS = 0.5
CALLS = 8
"""How many calls run at the same time; one that hangs keeps its place until it ends."""


class Unreachable(Exception):
    """The service did not answer, or not as it should; the message says how, without a secret."""


class Patience:
    """Runs the calls to one key service, for all threads of this process."""

    def __init__(self, seconds: float, *, pause_seconds: float | None = None) -> None:
        """Wait at most `seconds` for each call, and `pause_seconds` between tries once one has failed."""
        self._seconds = seconds
        self._pause_seconds = PAUSE_SECONDS if pause_seconds is None else pause_seconds
        self._changed = threading.Condition()
        self._running: dict[object, float] = {}  # calls and when they began
        self._places = threading.BoundedSemaphore(CALLS)
        self._reason = ""  # why it is down; empty: it is not
        self._try_again_at = 0.0
        self._is_probing = False

    def run(self, call: Callable[[], T], *, seconds: float | None = None) -> T:
        """Return what `call` returns; what it raises, apart from `Unreachable`, goes on to the caller.

        Raises:
            KeyServiceDown: it raised `Unreachable`, took longer than `seconds`, or another call just did.
        """
        ticket = object()
        self._enter(ticket)
        reason = ""
        try:
            return self._wait_for(call, self._seconds if seconds is None else seconds)
        except Unreachable as error:
            reason = str(error)
            raise KeyServiceDown(reason) from error
        finally:
            self._leave(ticket, reason)

    def _enter(self, ticket: object) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                if self._reason:
                    if self._is_probing or now < self._try_again_at:
                        raise KeyServiceDown(self._reason)
                    self._is_probing = True
                    break
                waited = now - min(self._running.values(), default=now)
                if waited < HESITATION_SECONDS:
                    break
                self._changed.wait(self._seconds)
            self._running[ticket] = now

    def _leave(self, ticket: object, reason: str) -> None:
        with self._changed:
            del self._running[ticket]
            was, self._reason = self._reason, reason
            self._is_probing = False
            self._try_again_at = time.monotonic() + self._pause_seconds
            self._changed.notify_all()
        if reason and not was:
            log.error("key-service-down", reason=reason)
        elif was and not reason:
            log.warning("key-service-back")

    def _wait_for(self, call: Callable[[], T], seconds: float) -> T:
        """Run `call` in a thread of its own: neither a name server nor a slow trickle can hold the caller longer."""
        deadline = time.monotonic() + seconds
        if not self._places.acquire(timeout=seconds):
            raise Unreachable("earlier calls to the key service still hang")
        outcome = _Outcome[T]()

        def work() -> None:
            try:
                outcome.value.append(call())
            except BaseException as error:  # noqa: BLE001 (handed to whoever waits)
                outcome.error = error
            finally:
                self._places.release()
                outcome.is_there.set()

        threading.Thread(target=work, name="key-service", daemon=True).start()
        if not outcome.is_there.wait(max(0.0, deadline - time.monotonic())):
            raise Unreachable(f"the key service did not answer within {seconds:g} seconds")
        if outcome.error is not None:
            raise outcome.error
        return outcome.value[0]


class _Outcome(Generic[T]):
    """What a call in another thread came to."""

    def __init__(self) -> None:
        self.is_there = threading.Event()
        self.value: list[T] = []
        self.error: BaseException | None = None
