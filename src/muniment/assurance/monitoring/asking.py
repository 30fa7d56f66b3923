"""Asks on a thread of its own: what never answers is left behind, and whoever asked goes on."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from django.db import connection

T = TypeVar("T")


class NoAnswer(Exception):
    """There was no answer in time; the question may still be under way."""


class _Question(Generic[T]):
    """Something to be run, and where its outcome goes."""

    def __init__(self, run: Callable[[], T]) -> None:
        self.run = run
        self.outcome: SimpleQueue[tuple[T | None, Exception | None]] = SimpleQueue()
        self.is_over = False

    def answer(self) -> None:
        try:
            self.outcome.put((self.run(), None))
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            self.outcome.put((None, error))
        finally:
            connection.close()
            self.is_over = True


class Asker:
    """Runs one thing after the other; a thing that takes too long keeps its thread, and the next gets a new one."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Question[Any] | None] | None = None
        self._hanging: dict[object, _Question[Any]] = {}

    def ask(self, key: object, run: Callable[[], T], seconds: float) -> T:
        """Return what `run` returns. `key` names the question: while one of that name hangs, it is not asked again.

        Raises:
            NoAnswer: there was none within `seconds`, or an earlier question of that name still hangs.
            Exception: whatever `run` raised.
        """
        before = self._hanging.get(key)
        if before is not None and not before.is_over:
            raise NoAnswer
        self._hanging.pop(key, None)
        question = _Question(run)
        self._thread().put(question)
        try:
            found, error = question.outcome.get(timeout=seconds)
        except Empty:
            self._hanging[key] = question
            self.close()
            raise NoAnswer from None
        if error is not None:
            raise error
        return found  # type: ignore[return-value] # None only where T is

    def close(self) -> None:
        """Let the present thread end when it has nothing to do any more."""
        if self._queue is not None:
            self._queue.put(None)
            self._queue = None

    def _thread(self) -> "SimpleQueue[_Question[Any] | None]":
        if self._queue is None:
            self._queue = SimpleQueue()
            threading.Thread(target=_work, args=(self._queue,), name="asking", daemon=True).start()
        return self._queue


def _work(queue: "SimpleQueue[_Question[Any] | None]") -> None:
    while (question := queue.get()) is not None:
        question.answer()
