"""Opened keys for a short while, in locked memory, wiped when their time is over.

A key that is not asked for again is wiped by a thread that sleeps until the next one is due. A forked process
starts with nothing: the memory is not handed on, and a lock on it would not be either.
"""

import threading
import time
from typing import NamedTuple

from muniment.trust.vault.keys.locked import LockedMemory


class _Kept(NamedTuple):
    number: int  # in the locked memory
    size: int
    until: float  # of the monotonic clock


class KeyCache:
    """Keys of at most 32 bytes by name."""

    def __init__(self, seconds: float) -> None:
        """Keep each for `seconds` after it was put in; asking for it does not make it stay longer."""
        self._seconds = seconds
        self._memory = LockedMemory()
        self._kept: dict[str, _Kept] = {}
        self._changed = threading.Condition()
        self._is_watched = False

    def find(self, name: str) -> bytes | None:
        """Return the key, or None when it is not kept (any more)."""
        with self._changed:
            kept = self._kept.get(name)
            if kept is None:
                return None
            if time.monotonic() >= kept.until:
                self._wipe(name)
                return None
            return self._memory.get(kept.number)[: kept.size]

    def keep(self, name: str, key: bytes, *, asked_at: float) -> None:
        """Keep a key whose loading began at `asked_at` of the monotonic clock."""
        with self._changed:
            self._wipe(name)
            self._kept[name] = _Kept(self._memory.put(key), len(key), asked_at + self._seconds)
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, name="key-cache", daemon=True).start()

    def forget(self) -> None:
        """Wipe everything."""
        with self._changed:
            for name in list(self._kept):
                self._wipe(name)

    def __len__(self) -> int:
        """Return how many keys lie in memory."""
        return len(self._kept)

    def _wipe(self, name: str) -> None:
        kept = self._kept.pop(name, None)
        if kept is not None:
            self._memory.wipe(kept.number)

    def _watch(self) -> None:
        """Wipe what is due until nothing is left."""
        with self._changed:
            while self._kept:
                now = time.monotonic()
                for name in [name for name, kept in self._kept.items() if kept.until <= now]:
                    self._wipe(name)
                if self._kept:
                    self._changed.wait(max(0.01, min(kept.until for kept in self._kept.values()) - now))
            self._is_watched = False
