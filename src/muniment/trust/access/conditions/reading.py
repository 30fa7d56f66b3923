"""Read a profile: nothing is taken that is unknown, malformed, or cannot be meant."""

import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any

from muniment.trust.access.conditions.errors import ProfileInvalid
from muniment.trust.access.conditions.types import (
    APPROVERS,
    COMPOSITIONS,
    DAY_MINUTES,
    DAYS,
    EMAIL_CODES,
    HOURS_MOST,
    IDLE_MINUTES_MOST,
    MFA_MODES,
    SIDES,
    TRUSTED_DAYS_MOST,
    Profile,
    Side,
    Terms,
)
from muniment.trust.access.words import ACTIONS, LABELS

MOST_NAMES, LONGEST_NAME = 250, 80
LETTERS = 2
LEAST_INACTIVE_DAYS = 15  # people are warned fourteen days before
LONGEST = {"session_idle_minutes": IDLE_MINUTES_MOST, "session_hours": HOURS_MOST, "fresh": 31 * DAY_MINUTES}
LONGEST_RECOVERY_HOURS = 24 * 14
LONGEST_YEARS_IN_DAYS = 36525
Read = Callable[[Any, str], Any]


def read_profile(data: Any) -> Profile:
    """Return the profile that `Profile.to_json` gave.

    Raises:
        ProfileInvalid: a field is unknown, malformed, or cannot be meant; it is named.
    """
    found: Profile = _fields(
        Profile,
        data,
        "",
        {
            "zone": _zone,
            "staff": _side,
            "contacts": _side,
            "retention_days": _optional(_number(1, LONGEST_YEARS_IN_DAYS)),
            "review_days": _number(1, 3660),
            "inactive_days": _number(LEAST_INACTIVE_DAYS, 366),
            "approver": _one_of(APPROVERS),
            "mfa_mode": _one_of(MFA_MODES),
            "email_code": _one_of(EMAIL_CODES),
            "trusted_days": _number(0, TRUSTED_DAYS_MOST),
            "recovery_hours": _number(1, LONGEST_RECOVERY_HOURS),
            "starter": _text(0),
        },
    )
    if any(terms.purposes for terms in (found.contacts.terms, *dict(found.contacts.labels).values())):
        raise ProfileInvalid("contacts.terms.purposes", "Contacts need no purpose: what they open is their own.")
    return found


def read_kept(data: Any) -> Profile:
    """Return a profile that was kept; session times longer than are allowed by now are shortened.

    Raises:
        ProfileInvalid: as `read_profile`.
    """
    shortened = dict(data) if isinstance(data, dict) else data
    for name in SIDES:
        side = data.get(name) if isinstance(data, dict) else None
        if isinstance(side, dict):
            shortened[name] = side | {
                field: min(side[field], LONGEST[field])
                for field in ("session_idle_minutes", "session_hours")
                if isinstance(side.get(field), int)
            }
    return read_profile(shortened)


def _side(data: Any, where: str) -> Side:
    found: Side = _fields(
        Side,
        data,
        where,
        {
            "terms": _terms,
            "labels": _labels,
            "session_idle_minutes": _optional(_number(1, LONGEST["session_idle_minutes"])),
            "session_hours": _optional(_number(1, LONGEST["session_hours"])),
            "passwords": _truth,
            "composition": _one_of(COMPOSITIONS),
        },
    )
    return found


def _terms(data: Any, where: str) -> Terms:
    actions = _names(_one_of(ACTIONS))
    found: Terms = _fields(
        Terms,
        data,
        where,
        {
            "days": _names(_one_of(DAYS)),
            "opens": _number(0, DAY_MINUTES - 1),
            "closes": _number(1, DAY_MINUTES),
            "hours_for": actions,
            "countries": _names(_country),
            "networks": _names(_text(1)),
            "places_for": actions,
            "second_factor_for": actions,
            "passkey_for": actions,
            "known_device_for": actions,
            "fresh": _fresh,
            "purposes": _names(_text(1)),
            "purposes_for": actions,
            "never": actions,
        },
    )
    if found.opens >= found.closes:
        raise ProfileInvalid(f"{where}closes", "The end of the hours must be later than their start.")
    return found


def _labels(data: Any, where: str) -> tuple[tuple[Any, Terms], ...]:
    pairs = _pairs(data, where, LABELS)
    return tuple((name, _terms(pairs[name], f"{where}{name}.")) for name in LABELS if name in pairs)


def _fresh(data: Any, where: str) -> tuple[tuple[Any, int], ...]:
    pairs, minutes = _pairs(data, where, ACTIONS), _number(1, LONGEST["fresh"])
    return tuple((name, minutes(pairs[name], f"{where}{name}.")) for name in ACTIONS if name in pairs)


def _fields(kind: Any, data: Any, where: str, readers: dict[str, Read]) -> Any:
    """Return a `kind` of the given fields; what is not given is as it is by default."""
    pairs = _pairs(data, where, readers)
    return kind(**{name: readers[name](value, f"{where}{name}.") for name, value in pairs.items()})


def _pairs(data: Any, where: str, known: Iterable[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ProfileInvalid(where, "This is not a group of fields.")
    for name in data:
        if name not in set(known):
            raise ProfileInvalid(f"{where}{name}"[:LONGEST_NAME], "Nothing is called so here.")
    return data


def _names(read: Read) -> Read:
    def read_all(value: Any, where: str) -> frozenset[Any]:
        if not isinstance(value, list) or len(value) > MOST_NAMES:
            raise ProfileInvalid(where, f"This is not a list of at most {MOST_NAMES}.")
        return frozenset(read(each, where) for each in value)

    return read_all


def _one_of(known: tuple[Any, ...]) -> Read:
    def read(value: Any, where: str) -> Any:
        if not isinstance(value, str) or value not in known:
            raise ProfileInvalid(where, f"This is none of: {', '.join(known)}.")
        return value

    return read


def _number(least: int, most: int) -> Read:
    def read(value: Any, where: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ProfileInvalid(where, f"This must be a whole number from {least} to {most}.")
        return value

    return read


def _optional(read: Read) -> Read:
    return lambda value, where: None if value is None else read(value, where)


def _text(shortest: int) -> Read:
    def read(value: Any, where: str) -> str:
        if not isinstance(value, str) or not shortest <= len(value.strip()) <= LONGEST_NAME or not value.isprintable():
            raise ProfileInvalid(where, f"This must be a text of {shortest} to {LONGEST_NAME} characters in one line.")
        return value.strip()

    return read


def _truth(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise ProfileInvalid(where, "This is either on or off.")
    return value


def _country(value: Any, where: str) -> str:
    letters = value.upper() if isinstance(value, str) else ""
    if len(letters) != LETTERS or not (letters.isascii() and letters.isalpha()):
        raise ProfileInvalid(where, "A country is two letters of ISO 3166.")
    return letters


def _zone(value: Any, where: str) -> str:
    if not isinstance(value, str) or value not in zoneinfo.available_timezones():
        raise ProfileInvalid(where, "This is no time zone such as Europe/Madrid.")
    return value
