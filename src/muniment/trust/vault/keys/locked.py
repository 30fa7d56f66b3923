"""Memory for keys that the system neither swaps out, nor writes into a dump, nor hands to a forked process.

What is asked for is copied out as ordinary bytes, which Python forgets when the caller does: the lock is on
what lasts, the copy of minutes, not on the copy of a moment.
"""

import ctypes
import mmap
import os
import threading

SECRET_BYTES = 32
BLOCK_BYTES = 16 * 1024
_SLOTS = BLOCK_BYTES // SECRET_BYTES
_WIPE_ON_FORK = 18  # MADV_WIPEONFORK, which Python 3.11 has no name for

_libc = ctypes.CDLL(None, use_errno=True)


class ForkedAway(Exception):
    """The secret belongs to the process this one was forked from; it has to be fetched anew."""


class LockedMemory:
    """Secrets of at most 32 bytes, each under the number it got when it was put in."""

    def __init__(self) -> None:
        self._blocks: list[mmap.mmap] = []
        self._free: list[int] = []
        self._guard = threading.Lock()
        self._process = os.getpid()
        self.is_locked = True
        """Whether the system locked all of it; if not, it may be swapped out."""

    def put(self, secret: bytes) -> int:
        """Keep a copy and return its number."""
        if len(secret) > SECRET_BYTES:
            raise ValueError("a secret has at most 32 bytes")
        self._check_process()
        with self._guard:
            if not self._free:
                self._add_block()
            number = self._free.pop()
            block, start = self._place(number)
            block[start : start + SECRET_BYTES] = secret.ljust(SECRET_BYTES, b"\0")
        return number

    def get(self, number: int) -> bytes:
        """Return the secret; a shorter one comes with zeros up to 32 bytes.

        Raises:
            ForkedAway: it was put in before this process was forked off.
        """
        self._check_process()
        block, start = self._place(number)
        return block[start : start + SECRET_BYTES]

    def wipe(self, number: int) -> None:
        """Overwrite the secret; its number may come back for another one."""
        self._check_process()
        with self._guard:
            block, start = self._place(number)
            block[start : start + SECRET_BYTES] = bytes(SECRET_BYTES)
            self._free.append(number)

    def _place(self, number: int) -> tuple[mmap.mmap, int]:
        block, slot = divmod(number, _SLOTS)
        return self._blocks[block], slot * SECRET_BYTES

    def _add_block(self) -> None:
        block = mmap.mmap(-1, BLOCK_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.is_locked = _lock(block) and self.is_locked
        for advice in (mmap.MADV_DONTDUMP, _WIPE_ON_FORK):
            block.madvise(advice)
        first = len(self._blocks) * _SLOTS
        self._blocks.append(block)
        self._free.extend(reversed(range(first, first + _SLOTS)))

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise ForkedAway("this process was forked from the one that holds the secret")


def can_lock() -> bool:
    """Tell whether the system lets this process lock memory."""
    with mmap.mmap(-1, BLOCK_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as block:
        return _lock(block)


def _lock(block: mmap.mmap) -> bool:
    first = ctypes.c_char.from_buffer(block)
    try:
        return bool(_libc.mlock(ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(len(block))) == 0)
    finally:
        del first  # a block that is pointed at cannot be closed
