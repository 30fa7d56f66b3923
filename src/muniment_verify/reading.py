"""Read what somebody else wrote: strict JSON, with limits, and words that are safe to print."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime, timedelta, timezone
from typing import Any, NoReturn

from muniment_verify.encoding import LARGEST_NUMBER
from muniment_verify.errors import Unreadable

LARGEST_FILE = 1_048_576
LONGEST_WORD = 200
LATEST_TIME = 253_402_300_799  # the end of the year 9999, beyond which calendars do not go
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)", re.ASCII)


class _Refused(Exception):
    pass


def json_object(raw: bytes, what: str) -> dict[str, Any]:
    """Return a JSON object, refusing whatever two readers might understand differently.

    Raises:
        Unreadable: it is no UTF-8, no JSON, no object, nested too deep, or has a name twice or a number too large.
    """
    try:
        found = _DECODER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unreadable(f"{what} is not UTF-8 text.") from None
    except _Refused as refusal:
        raise Unreadable(f"{what} {refusal}.") from None
    except RecursionError:
        raise Unreadable(f"{what} is nested too deep.") from None
    except ValueError:
        raise Unreadable(f"{what} is not JSON.") from None
    if not isinstance(found, dict):
        raise Unreadable(f"{what} is not a JSON object.")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("says the same name twice")
    return found


def _integer(digits: str) -> int:
    if len(digits) > len(str(-LARGEST_NUMBER)) or abs(int(digits)) > LARGEST_NUMBER:
        raise _Refused("has a number in it that is too large")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refused("has a number in it that is too large")
    return number


def _refused_constant(name: str) -> NoReturn:
    raise _Refused(f"has {name} in it, which is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_refused_constant, parse_int=_integer, parse_float=_fraction
)


def only(found: dict[str, Any], names: tuple[str, ...], what: str) -> None:
    """Refuse an object that has not exactly these names.

    Raises:
        Unreadable: a name is missing, or one is not known.
    """
    missing = [name for name in names if name not in found]
    if len(found) == len(names) and not missing:
        return
    if missing:
        raise Unreadable(f"{what} does not say “{missing[0]}”.")
    unknown = sorted(set(found) - set(names))
    if unknown:
        raise Unreadable(f"{what} says “{shown(unknown[0])}”, which is not known here.")


def text_of(found: dict[str, Any], name: str, what: str) -> str:
    """Return a text out of an object.

    Raises:
        Unreadable: it is not there, is no text, or has characters that cannot be encoded.
    """
    value = found.get(name)
    if not isinstance(value, str):
        raise Unreadable(f"{what}: “{name}” is not text.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unreadable(f"{what}: “{name}” has broken characters in it.") from None
    return value


def number_of(found: dict[str, Any], name: str, what: str) -> int:
    """Return a count out of an object: a whole number, not below zero.

    Raises:
        Unreadable: it is not there or no count.
    """
    value = found.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Unreadable(f"{what}: “{name}” is not a count.")
    return value


def seconds_of(moment: object, what: str) -> float:
    """Return an ISO 8601 moment with its offset as seconds since 1970.

    Raises:
        Unreadable: it is none.
    """
    match = _TIME.fullmatch(moment) if isinstance(moment, str) else None
    if match is None:
        raise Unreadable(f"{what} is not a time with its offset from UTC.")
    whole, fraction, offset = match.groups()
    written = f"{whole}.{(fraction or '').ljust(6, '0')}{'+00:00' if offset == 'Z' else offset}"
    try:
        seconds = (datetime.fromisoformat(written) - _EPOCH).total_seconds()
    except (ValueError, OverflowError):
        raise Unreadable(f"{what} is not a time with its offset from UTC.") from None
    if not 0 <= seconds <= LATEST_TIME:
        raise Unreadable(f"{what} lies before 1970 or after 9999.")
    return seconds


def moment(seconds: float) -> str:
    """Return a moment for people, in UTC."""
    return f"{_EPOCH + timedelta(seconds=min(seconds, LATEST_TIME)):%Y-%m-%d %H:%M:%S} UTC"


def shown(value: object) -> str:
    """Return a foreign text on one line, cut short, without signs that could move the cursor or the eye."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True, sort_keys=True)
    safe = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[: LONGEST_WORD + 1])
    return safe if len(text) <= LONGEST_WORD else safe[:LONGEST_WORD] + "…"
