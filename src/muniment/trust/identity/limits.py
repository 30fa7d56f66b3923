"""How often somebody may try: counted for each account and source, with a growing delay.

A delay is for one account from one source. So nobody locks another person out, and a neighbour behind
the same address still signs in. Against many sources on one account, and one source on many accounts,
there is a second, wide limit; who has signed in to the account from that source before is exempt from it.

Counting comes before checking, in one statement: a thousand tries at the same moment are counted as such.
Counters are in the shared cache; delays are rows, which survive a crash.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.cache import cache

from muniment.core import clock
from muniment.trust.identity import models, origin
from muniment.trust.identity.errors import TooManyTries
from muniment.trust.vault import queries as vault

DAY_SECONDS = 86_400
KNOWN_SECONDS = 90 * DAY_SECONDS
FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So many tries within a window; then a delay that doubles each time, up to the longest."""

    name: str
    tries: int = 5
    window_seconds: int = 900
    first_delay: timedelta = timedelta(minutes=1)
    longest_delay: timedelta = timedelta(hours=1)
    account_a_day: int = 100  # failures of one account from anywhere
    source_a_day: int = 500  # failures of one source with any account


PASSWORD = Limit("password")
CODE = Limit("code")
RECOVERY_CODE = Limit("recovery-code")
RESET = Limit("reset", tries=3, window_seconds=3600, first_delay=timedelta(minutes=15), source_a_day=50)
LINK = Limit("link", tries=20, source_a_day=200)


@dataclass(frozen=True)
class Try:
    """One counted try. Say how it ended; a try of which nothing is said stays counted as failed."""

    limit: Limit
    account: str
    source: str
    number: int

    def failed(self, person_id: UUID | None = None) -> bool:
        """Count the failure; return whether it brought a delay."""
        for wide in (f"account:{self.account}", f"source:{self.source}"):
            _counter(self.limit, wide).count(DAY_SECONDS)
        if self.number < self.limit.tries:
            return False
        _delay(self.limit, self.account, self.source, person_id)
        return True

    def passed(self) -> None:
        """Forget the failures of this account from this source, and remember that they belong together."""
        _counter(self.limit, f"{self.account}\0{self.source}").forget()
        models.Lockout.objects.filter(key_hash=_key(self.limit, self.account, self.source)).delete()
        cache.set(_known(self.account, self.source), 1, KNOWN_SECONDS)


def begin(limit: Limit, *, account: str, ip: str) -> Try:
    """Count one try before it is checked.

    `account` is what was typed or asked for, whether or not there is such an account.

    Raises:
        TooManyTries: the delay is not over, or too many failed from everywhere.
    """
    account, source = account.strip().lower(), origin.source(ip)
    _refuse_during_delay(limit, account, source)
    wide = (
        _counter(limit, f"account:{account}").value() >= limit.account_a_day
        or _counter(limit, f"source:{source}").value() >= limit.source_a_day
    )
    if wide and cache.get(_known(account, source)) is None:
        raise TooManyTries
    number = _counter(limit, f"{account}\0{source}").count(limit.window_seconds)
    if number > limit.tries:
        _delay(limit, account, source, None)
        raise TooManyTries
    # Again: a delay that began since has set the counter back, so a low number may mean that it has begun.
    _refuse_during_delay(limit, account, source)
    return Try(limit, account, source, number)


def count_from(what: str, ip: str, *, window_seconds: int) -> int:
    """Count something that came from a source, and return how often it did within the window."""
    return _Counter("seen:" + _mac(f"{what}\0{origin.source(ip)}").hex()).count(window_seconds)


def sweep() -> None:
    """Forget the delays that were over a day ago: from then on they would count for nothing."""
    models.Lockout.objects.filter(until__lt=clock.now() - FORGET_AFTER).delete()


def _refuse_during_delay(limit: Limit, account: str, source: str) -> None:
    if models.Lockout.objects.filter(key_hash=_key(limit, account, source), until__gt=clock.now()).exists():
        raise TooManyTries


def _delay(limit: Limit, account: str, source: str, person_id: UUID | None) -> None:
    """Begin the next, longer delay for this account from this source."""
    now = clock.now()
    row, made = models.Lockout.objects.get_or_create(
        key_hash=_key(limit, account, source), defaults={"person_id": person_id, "first_at": now, "until": now}
    )
    if not made and row.until is not None and row.until > now:
        return  # another try of the same moment began it
    if row.until is not None and now - row.until > FORGET_AFTER:
        row.failures = 0
    delay = min(limit.first_delay * 2 ** min(row.failures, 10), limit.longest_delay)
    row.failures, row.until, row.person_id = row.failures + 1, now + delay, person_id or row.person_id
    row.save(update_fields=["failures", "until", "person_id"])
    _counter(limit, f"{account}\0{source}").forget()


@dataclass(frozen=True)
class _Counter:
    key: str

    def count(self, window_seconds: int) -> int:
        number: int = cache.count(self.key, window_seconds)  # type: ignore[attr-defined] # of core.db.cache.SharedCache
        return number

    def value(self) -> int:
        return int(cache.get(self.key) or 0)

    def forget(self) -> None:
        cache.delete(self.key)


def _counter(limit: Limit, what: str) -> _Counter:
    return _Counter("tries:" + _mac(f"{limit.name}\0{what}").hex())


def _known(account: str, source: str) -> str:
    return "known:" + _mac(f"{account}\0{source}").hex()


def _key(limit: Limit, account: str, source: str) -> bytes:
    return _mac(f"lockout\0{limit.name}\0{account}\0{source}")


def _mac(text: str) -> bytes:
    """Return 32 bytes that tell nothing without the people key: an address could otherwise be guessed from its hash."""
    return hmac.new(vault.installation_key("people"), b"muniment-limits\0" + text.encode(), hashlib.sha256).digest()
