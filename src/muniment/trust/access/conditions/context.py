"""What a request is like, computed by the portal: the wall clock of the client, place, strength and age of sign-in."""

import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from muniment.core.actor import Actor
from muniment.trust.access.conditions.types import DAYS, Day, Network, Profile, SideName

SECOND_FACTORS = frozenset({"totp", "recovery_codes", "webauthn", "provider-mfa"})
PASSKEYS = frozenset({"webauthn"})
CLOCKS_DIFFER = timedelta(seconds=30)
NEVER_PROVED = 10**9  # minutes: older than any limit
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Circumstances:
    """How, where, when and why of one request, to the minute.

    `minute_of_day` and `weekday` are those of the wall clock in the profile's zone; `country` is empty when it
    is unknown; `auth_age` is rounded up, so a limit of whole minutes is kept to the second.
    """

    minute_of_day: int = 0
    weekday: Day = "mon"
    country: str = ""
    networks: frozenset[str] = frozenset()
    blocked: bool = False
    second_factor: bool = False
    passkey: bool = False
    auth_age: int = NEVER_PROVED
    device_known: bool = False
    via_api: bool = False
    purpose: str = ""
    roles: frozenset[str] = frozenset()
    emergency: bool = False


def circumstances(
    actor: Actor,
    profile: Profile,
    networks: tuple[Network, ...],
    now: datetime,
    *,
    roles: frozenset[str] = frozenset(),
    emergency: bool = False,
) -> Circumstances:
    """Return what a request of `actor` is like at a moment."""
    local = now.astimezone(ZoneInfo(profile.zone))
    inside = [network for network in networks if is_in(actor.ip, network.cidrs)]
    return Circumstances(
        minute_of_day=local.hour * 60 + local.minute,
        weekday=DAYS[local.weekday()],
        country=actor.country,
        networks=frozenset(network.name for network in inside),
        blocked=any(network.is_blocked for network in inside),
        second_factor=bool(SECOND_FACTORS & set(actor.factors)),
        passkey=bool(PASSKEYS & set(actor.factors)),
        auth_age=_age_minutes(actor.authenticated_at, now),
        device_known=actor.device_known,
        via_api=actor.via_api,
        purpose=actor.purpose.strip(),
        roles=roles,
        emergency=emergency,
    )


def side_of(actor: Actor) -> SideName:
    """Return whose terms hold: those of contacts for everybody who is not of the firm."""
    return "staff" if actor.kind == "staff" else "contacts"


def _age_minutes(proved_at: datetime | None, now: datetime) -> int:
    """Return how long ago the sign-in was proved; one from the future proves nothing, but clocks of hosts differ."""
    if proved_at is None or proved_at > now + CLOCKS_DIFFER:
        return NEVER_PROVED
    return max(0, math.ceil((now - proved_at).total_seconds() / 60))


@lru_cache(maxsize=4096)
def is_in(text: str, cidrs: tuple[str, ...]) -> bool:
    """Return whether an address is in one of the ranges; none is in no range."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(cidr) for cidr in cidrs)
