"""How often somebody may try: counted for each account and source, with a growing delay.

A delay is for one account from one source. So nobody locks another person out, and a neighbour behind
the same address still signs in. Against many sources on one account, and one source on many accounts,
there is a second, wide limit; who has signed in to the account from that source before is exempt from it.
Before a delay comes a proof of work: see `proofs`. A browser that somebody was let in with by mail (`let_in`) is a
source of its own: neither the delays nor the wide limits of where it stands count for it.

Counting comes before checking, in one statement: a thousand tries at the same moment are counted as such.
Counters are in the shared cache; delays are rows, which survive a crash.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from contextlib import suppress
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
BROWSER = "browser:"


@dataclass(frozen=True)
class Limit:
    """So many tries within a window; then a delay that grows each time, up to the longest.

    After ten failures it is half an hour: PCI DSS 8.3.4.
    """

    name: str
    tries: int = 5
    window_seconds: int = 900
    first_delay: timedelta = timedelta(minutes=1)
    growth: int = 30  # so many times as long as the one before
    longest_delay: timedelta = timedelta(hours=1)
    account_a_day: int | None = 100  # failures of one account from anywhere; None: all share what stands for it
    source_a_day: int = 500  # failures of one source with any account
    proof_after: int | None = None  # failures of an account from a source after which a proof of work is wanted
    proof_wide: int = (
        20  # the same for failures of one account from anywhere, and of one source with any account, a day
    )


PASSWORD = Limit("password", proof_after=3)
CODE = Limit("code", proof_after=3)
RECOVERY_CODE = Limit("recovery-code", proof_after=3)
RESET = Limit("reset", tries=3, window_seconds=3600, first_delay=timedelta(minutes=15), source_a_day=50, proof_after=1)
LINK = Limit("link", tries=20, account_a_day=None, source_a_day=200)
MAILED_CODE = Limit("mailed-code", proof_after=3)
MAILED_CODES = Limit("mailed-codes", first_delay=timedelta(minutes=5), account_a_day=30)
RECOVERY = Limit("recovery", tries=3, window_seconds=86_400, first_delay=timedelta(hours=1), proof_after=1)
GUEST_CODE = Limit("guest-code", proof_after=3)
GUEST_MAIL = Limit("guest-mail", first_delay=timedelta(minutes=5), account_a_day=30, proof_after=3)
# Whose accounts are people: administrators lift their delays.
OF_PEOPLE = (PASSWORD, CODE, RECOVERY_CODE, RESET, MAILED_CODE, MAILED_CODES, RECOVERY)


@dataclass(frozen=True)
class Try:
    """One counted try. Say how it ended; a try of which nothing is said stays counted as failed."""

    limit: Limit
    account: str
    source: str
    number: int
    was_delayed: bool = True  # lately: there is a delay to forget

    def failed(self, person_id: UUID | None = None) -> bool:
        """Count the failure; return whether it brought a delay."""
        for wide in (f"account:{self.account}", f"source:{self.source}"):
            _counter(self.limit, wide).count(DAY_SECONDS)
        if self.number < self.limit.tries:
            return False
        _delay(self.limit, self.account, self.source, person_id)
        return True

    @property
    def account_mac(self) -> str:
        """What stands for the account where no address may stand."""
        return _mac(f"told\0{self.account}").hex()

    @property
    def wants_proof_next(self) -> bool:
        """Whether the next try, should this one fail, has to bring a proof of work."""
        return self.limit.proof_after is not None and self.number >= self.limit.proof_after

    def undone(self) -> None:
        """Count this try no more: nothing was checked."""
        with suppress(ValueError):  # its window ended meanwhile
            cache.incr(_counter(self.limit, f"{self.account}\0{self.source}").key, -1)

    def passed(self) -> None:
        """Forget the failures of this account from this source, and remember that they belong together."""
        _counter(self.limit, f"{self.account}\0{self.source}").forget()
        if self.was_delayed:
            models.Lockout.objects.filter(key_hash=_key(self.limit, self.account, self.source)).delete()
        cache.set(_known(self.account, self.source), 1, KNOWN_SECONDS)


def begin(limit: Limit, *, account: str, ip: str, browser: str = "", prove: Callable[[str], None] | None = None) -> Try:
    """Count one try before it is checked.

    `account` is what was typed or asked for, whether or not there is such an account; `browser` is the secret of one
    that somebody was let in with. `prove` is called with the source when a proof of work is wanted, and raises where
    there is none; without it none is wanted.

    Raises:
        TooManyTries: the delay is not over, or too many failed from everywhere.
    """
    account = account.strip().lower()
    source = source_of(account, ip, browser)
    was_delayed = _refuse_during_delay(limit, account, source)
    pair, of_account, of_source, known = (
        _counter(limit, f"{account}\0{source}").key,
        _counter(limit, f"account:{account}").key,
        _counter(limit, f"source:{source}").key,
        _known(account, source),
    )
    seen = cache.get_many([pair, of_account, of_source, known])
    is_stranger = known not in seen and not source.startswith(BROWSER)
    wide = max(0 if limit.account_a_day is None else seen.get(of_account, 0), seen.get(of_source, 0))
    if is_stranger and _is_beyond(limit, seen.get(of_account, 0), seen.get(of_source, 0)):
        raise TooManyTries
    wants_proof = limit.proof_after is not None and (
        was_delayed or seen.get(pair, 0) >= limit.proof_after or (is_stranger and wide >= limit.proof_wide)
    )
    if prove is not None and wants_proof:
        prove(source)
    number = _Counter(pair).count(limit.window_seconds)
    if number > limit.tries:
        _delay(limit, account, source, None)
        raise TooManyTries
    # Again: a delay that began since has set the counter back, so a low number may mean that it has begun.
    _refuse_during_delay(limit, account, source)
    return Try(limit, account, source, number, was_delayed)


def source_of(account: str, ip: str, browser: str) -> str:
    """Return where a try comes from: the address, or the browser in which the person was let in by mail."""
    if browser and _mac(f"let-in\0{account}").hex() in (cache.get(_let_in(browser)) or ()):
        return BROWSER + _mac(browser).hex()
    return origin.source(ip)


def wants_proof_from(limit: Limit, ip: str) -> bool:
    """Return whether so many failed from a source that every stranger from there has to bring a proof of work."""
    return _counter(limit, f"source:{origin.source(ip)}").value() >= limit.proof_wide


def let_in(browser: str, accounts: tuple[str, ...]) -> None:
    """Let a browser try for these accounts, wherever it stands and whatever failed there; its own tries count."""
    cache.set(_let_in(browser), [_mac(f"let-in\0{account.lower()}").hex() for account in accounts], DAY_SECONDS)


def offer_way_in(secret: str, person_id: UUID) -> None:
    """Remember for a day that whoever brings this secret may be let in to try for this person, once."""
    cache.set(_way_in(secret), str(person_id), DAY_SECONDS)


def take_way_in(secret: str) -> UUID | None:
    """Return for whom a secret lets somebody in, and forget it; None if it was used, is too old or never was one."""
    person_id = cache.get(_way_in(secret))
    return UUID(person_id) if cache.delete(_way_in(secret)) and person_id else None


def lift(person_id: UUID, accounts: tuple[str, ...]) -> int:
    """End every delay of a person and forget what failed for these accounts; return how many delays there were."""
    ended, _ = models.Lockout.objects.filter(person_id=person_id).delete()
    for limit in OF_PEOPLE:
        for account in accounts:
            _counter(limit, f"account:{account.lower()}").forget()
    return ended


def delayed(person_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return whose sign-in is delayed now, from somewhere."""
    rows = models.Lockout.objects.filter(person_id__in=list(person_ids), until__gt=clock.now())
    return frozenset(row.person_id for row in rows if row.person_id is not None)


def count_from(what: str, ip: str, *, window_seconds: int) -> int:
    """Count something that came from a source, and return how often it did within the window."""
    return _Counter("seen:" + _mac(f"{what}\0{origin.source(ip)}").hex()).count(window_seconds)


def sweep() -> None:
    """Forget the delays that were over a day ago: from then on they would count for nothing."""
    models.Lockout.objects.filter(until__lt=clock.now() - FORGET_AFTER).delete()


def _is_beyond(limit: Limit, of_account: int, of_source: int) -> bool:
    """Return whether more failed in a day than strangers may."""
    return of_source >= limit.source_a_day or (limit.account_a_day is not None and of_account >= limit.account_a_day)


def _refuse_during_delay(limit: Limit, account: str, source: str) -> bool:
    """Refuse while a delay is on; return whether there was one lately."""
    rows = models.Lockout.objects.filter(key_hash=_key(limit, account, source))
    until = rows.values_list("until", flat=True).first()
    if until is not None and until > clock.now():
        raise TooManyTries
    return until is not None


def _delay(limit: Limit, account: str, source: str, person_id: UUID | None) -> None:
    """Begin the next, longer delay for this account from this source."""
    now = clock.now()
    row, made = models.Lockout.objects.get_or_create(
        key_hash=_key(limit, account, source), defaults={"person_id": person_id, "first_at": now, "until": now}
    )
    if not made and row.until is not None and row.until > now:
        if person_id is not None:  # another try of the same moment began it, and may not have known whose it is
            models.Lockout.objects.filter(id=row.id).update(person_id=person_id)
        return
    if row.until is not None and now - row.until > FORGET_AFTER:
        row.failures = 0
    delay = min(limit.first_delay * limit.growth ** min(row.failures, 3), limit.longest_delay)
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


def _let_in(browser: str) -> str:
    return "let-in:" + _mac(f"browser\0{browser}").hex()


def _way_in(secret: str) -> str:
    return "way-in:" + _mac(f"way in\0{secret}").hex()


def _key(limit: Limit, account: str, source: str) -> bytes:
    return _mac(f"lockout\0{limit.name}\0{account}\0{source}")


def _mac(text: str) -> bytes:
    """Return 32 bytes that tell nothing without the people key: an address could otherwise be guessed from its hash."""
    return hmac.new(vault.installation_key("people"), b"muniment-limits\0" + text.encode(), hashlib.sha256).digest()
