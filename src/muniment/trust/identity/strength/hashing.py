"""Argon2id with 64 MiB and one lane, so many at a time as the machine bears, and none in the way of pages.

Hashing is what signing in costs. It runs in a few threads of its own, which the system serves after those that answer
pages; who comes when too many wait is told so at once. So a flood of sign-ins takes neither the memory nor the pages.

While some passwords are kept with another number of passes than others, a wrong one costs as much as the largest
number and two hashes, whosever it is: else the time would tell that an address is known, and since when.
"""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from functools import cache
from typing import Any, Final

from argon2.low_level import Type, hash_secret
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher
from django.db import connection

from muniment.core import config
from muniment.trust.identity.errors import ManySignIns

MEMORY_KIB: Final = 64 * 1024
LANES: Final = 1
LEAST_MS, MOST_MS = 250, 500  # of one core, for one password
MOST_AT_ONCE: Final = 2  # in one process: 128 MiB
MOST_WAITING: Final = 16  # in one process
SIGN_INS_IN_HAND: Final = MOST_AT_ONCE + MOST_WAITING
LONGEST_WAIT_SECONDS: Final = 10.0
NICENESS: Final = 10
ARGON2: Final = "argon2$"  # what every hash begins with
_NUMBERS: Final = "select distinct substring(password from ',t=([0-9]+),') from person where starts_with(password, %s)"
ASKED_AGAIN_SECONDS: Final = 600.0  # which numbers of passes are in use


class Hasher(Argon2PasswordHasher):
    """How new passwords are hashed; one kept with other numbers is hashed anew when its owner signs in."""

    memory_cost = MEMORY_KIB
    parallelism = LANES

    @property
    def time_cost(self) -> int:  # type: ignore[override] # Django has a plain attribute here
        """How often the memory is gone through."""
        return config.current().password_hash_passes

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password.

        Raises:
            ManySignIns: too many wait.
        """
        encoded: str = _in_turn(super().encode, password, salt)
        return encoded

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether a hash is of this password.

        Raises:
            ManySignIns: too many wait.
        """
        return bool(_in_turn(self._verified, password, encoded, _surplus(self.decode(encoded)["time_cost"])))

    def spend(self, password: str) -> None:
        """Do the work of a wrong password, where there is none to compare it with.

        Raises:
            ManySignIns: too many wait.
        """
        _in_turn(self._spent, password, _surplus(self.time_cost))

    def renewed(self, password: str, encoded: str) -> str:
        """Return the hash of the same password with the numbers of now, and the salt it has: see `salt_of`.

        Raises:
            ManySignIns: too many wait.
        """
        return self.encode(password, str(self.decode(encoded)["salt"]))

    def _verified(self, password: str, encoded: str, surplus: int) -> bool:
        is_right = bool(super().verify(password, encoded))
        if not is_right:
            _waste(surplus)
        return is_right

    def _spent(self, password: str, surplus: int) -> None:
        super().encode(password, self.salt())
        _waste(surplus)


def hasher() -> Hasher:
    """Return what hashes passwords here."""
    found = get_hasher()
    if not isinstance(found, Hasher):
        raise TypeError("passwords are hashed by something else")
    return found


def salt_of(encoded: str) -> str:
    """Return what stays the same when the numbers of a hash change, and never when its password does."""
    return encoded.rsplit("$", 2)[-2] if encoded.startswith(ARGON2) else encoded


def hash_at_once() -> None:
    """Hash in the caller's own thread from now on: for programs that serve no pages, where nobody is in the way."""
    global _in_own_thread  # noqa: PLW0603 - of the whole program
    _in_own_thread = True


def forget_numbers() -> None:
    """Ask anew with which numbers of passes passwords are kept."""
    _in_use.clear()


def milliseconds(passes: int) -> float:
    """Return what one hash costs this machine: of one core, however busy the others are; the best of three."""
    found = []
    for _ in range(3):
        begun = time.thread_time()
        _waste(passes)
        found.append(1000 * (time.thread_time() - begun))
    return min(found)


def calibrated(passes: int, took_ms: float) -> str:
    """Return what an operator should know of the cost of a password here; empty when it is as it should be."""
    if LEAST_MS <= took_ms <= MOST_MS:
        return ""
    wanted = max(1, round(passes * (LEAST_MS + MOST_MS) / 2 / took_ms))
    return (
        f"Note: hashing one password takes {took_ms:.0f} ms of one core here, and {LEAST_MS} to {MOST_MS} are wanted: "
        f"MUNIMENT_PASSWORD_HASH_PASSES={min(wanted, 64)} would be right."
    )


def cost_of_passwords() -> str:
    """Measure what hashing a password costs here, and return what an operator should know; empty when it is right."""
    passes = config.current().password_hash_passes
    return calibrated(passes, milliseconds(passes))


_in_own_thread = False
_waiting = threading.BoundedSemaphore(SIGN_INS_IN_HAND)
_in_use: dict[str, tuple[float, frozenset[int]]] = {}


def _surplus(own: int) -> int:
    """Return with how many passes a wrong password is hashed once more, so that all cost the same."""
    found = _passes_in_use() | {config.current().password_hash_passes}
    return max(0, max(found) + 1 - own) if len(found) > 1 else 0


def _passes_in_use() -> frozenset[int]:
    """Return with which numbers of passes passwords are kept, as asked a while ago."""
    name, now = str(connection.settings_dict["NAME"]), time.monotonic()
    kept = _in_use.get(name)
    if kept is None or now - kept[0] > ASKED_AGAIN_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(_NUMBERS, [ARGON2])
            kept = _in_use[name] = now, frozenset(int(number) for (number,) in cursor.fetchall() if number)
    return kept[1]


def _waste(passes: int) -> None:
    """Hash something that nobody needs."""
    if passes:
        hash_secret(
            b"a password that nobody has",
            b"0123456789abcdef",
            time_cost=passes,
            memory_cost=Hasher.memory_cost,
            parallelism=LANES,
            hash_len=32,
            type=Type.ID,
        )


def _in_turn(work: Any, *given: Any) -> Any:
    """Do the work in one of the hashing threads, once it is its turn."""
    if _in_own_thread:
        return work(*given)
    if not _waiting.acquire(blocking=False):
        raise ManySignIns
    try:
        if connection.connection is not None and not connection.in_atomic_block:
            connection.close()  # back into the pool: others answer pages with it meanwhile
        job = _threads().submit(work, *given)
        try:
            return job.result(timeout=LONGEST_WAIT_SECONDS)
        except TooLate as error:
            job.cancel()
            raise ManySignIns from error
    finally:
        _waiting.release()


@cache
def _threads() -> ThreadPoolExecutor:
    """Return the hashing threads of this process: as many as its share of the cores, two at most."""
    share = (os.cpu_count() or 1) // config.current().web_workers
    return ThreadPoolExecutor(min(max(share, 1), MOST_AT_ONCE), "hashing", initializer=_step_back)


def _step_back() -> None:
    """Let the system serve this thread after others; Linux alone knows a niceness for each."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
