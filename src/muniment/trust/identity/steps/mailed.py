"""Codes that are mailed as a second step: eight digits, ten minutes, one use, five tries, in one browser.

What they are compared with is in the session, whose row is sealed: so they work in the browser alone that asked.
"""

import secrets
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from muniment.core import clock

LASTS: Final = timedelta(minutes=10)
DIGITS: Final = 8
TRIES: Final = 5


def make(kept: dict[str, Any], person_id: UUID) -> str:
    """Return a new code, of which `kept` holds a keyed hash; the one before is worth nothing."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    kept.update(code=_hash(person_id, code), until=(clock.now() + LASTS).timestamp(), tries=0)
    return code


def is_open(kept: dict[str, Any]) -> bool:
    """Return whether a code was mailed that can still be given."""
    return bool(kept.get("code")) and clock.now().timestamp() < kept["until"] and kept["tries"] < TRIES


def take(kept: dict[str, Any], person_id: UUID, typed: str) -> bool:
    """Return whether this is the code that was mailed, in time; each call is a try, and the right code is used up."""
    if not is_open(kept):
        return False
    kept["tries"] += 1
    digits = "".join(character for character in typed if character.isascii() and character.isdigit())
    fits = constant_time_compare(_hash(person_id, digits), kept["code"])
    if fits or kept["tries"] >= TRIES:
        kept["code"] = ""
    return fits


def _hash(person_id: UUID, code: str) -> str:
    return salted_hmac("muniment.steps.mailed", f"{person_id}/{code}", algorithm="sha256").hexdigest()
