"""Codes of authenticator apps (RFC 6238) and recovery codes, over the sign-in library's rows.

A code of the app is taken only if its time step is later than that of the last one taken, which is kept
in the row: the library remembers used codes in a cache, which a crash forgets.
"""

from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils.crypto import constant_time_compare

from muniment.core import clock

STEP_SECONDS = 30
STEPS_AROUND = 1  # clocks differ; a code is good for a minute and a half
CODE_DIGITS = 6


def normalised(typed: str) -> str:
    """Return a code as it is compared: digits without the spaces and dashes people put between them."""
    return "".join(character for character in typed if character.isascii() and character.isalnum())


def is_recovery_code(typed: str) -> bool:
    """Return whether a code has the shape of a recovery code: codes of the app have six digits."""
    return len(normalised(typed)) > CODE_DIGITS


def counter_of(secret: str, typed: str) -> int | None:
    """Return the time step in which an app with `secret` (base32) shows the code, or None."""
    now = int(clock.now().timestamp()) // STEP_SECONDS
    found = None
    for counter in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
        if constant_time_compare(format_hotp_value(hotp_value(secret, counter)), normalised(typed)):
            found = counter
    return found


def check(person_id: UUID, typed: str) -> Authenticator | None:
    """Return the authenticator a code belongs to and mark the code as used, or None.

    Two tries of one code at the same moment: the row is locked, one of them is refused.
    """
    kind = Authenticator.Type.RECOVERY_CODES if is_recovery_code(typed) else Authenticator.Type.TOTP
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(user_id=person_id, type=kind).first()
        if row is None:
            return None
        if kind == Authenticator.Type.RECOVERY_CODES:
            return row if RecoveryCodes(row).validate_code(normalised(typed)) else None
        counter = counter_of(decrypt(row.data["secret"]), typed)
        if counter is None or counter <= row.data.get("last_counter", -1):
            return None
        row.data["last_counter"] = counter
        row.save(update_fields=["data"])
        return row
