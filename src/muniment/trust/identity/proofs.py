"""A short sum that a browser does before more tries are taken (altcha), so that a flood of guesses costs the guesser.

No picture, no third party: the portal makes the sum, signs it, and takes each solution once, from the source it was
made for. Whoever has no JavaScript waits a minute instead: as good a brake, one a source and minute.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import Any, Final

import altcha
from django.core.cache import cache

from muniment.core import clock
from muniment.trust.identity.errors import ProofNeeded
from muniment.trust.vault import queries as vault

ALGORITHM: Final = "PBKDF2/SHA-256"
COST: Final = 5000  # rounds of each guess; the browser's own cryptography does them, a few thousand in a second
LEAST_GUESSES, MOST_GUESSES = 100, 200  # a second or so on a phone, and never much more
GOOD_FOR: Final = timedelta(minutes=20)
WAIT_SECONDS: Final = 60
LONGEST: Final = 4000  # of what is posted; ours has about 700 characters


def challenge(source: str) -> str:
    """Return a sum for one source, as the page hands it to the browser."""
    now = clock.now()
    made = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=LEAST_GUESSES + secrets.randbelow(MOST_GUESSES - LEAST_GUESSES),
        expires_at=now + GOOD_FOR,
        data={"for": _mac(f"for {source}").hex(), "at": int(now.timestamp())},
        hmac_secret=_mac("altcha"),
    )
    return base64.b64encode(json.dumps(made.to_dict()).encode()).decode()


def insist(source: str, *, solved: str, asked: str) -> None:
    """Insist on the solution of a sum, or that whoever was asked for one waited; each counts once.

    Raises:
        ProofNeeded: there is neither, or it was used.
    """
    if solved and (found := _read(solved, of_solution=True)) and _is_for(found, source):
        result = altcha.verify_solution(_payload(found), _mac("altcha"))
        if result.verified and _used_first(found):
            return
    elif asked and not solved and (found := _read(asked, of_solution=False)) and _is_for(found, source):
        _insist_waited(found, source)
        return
    raise ProofNeeded


def _insist_waited(found: dict[str, Any], source: str) -> None:
    result = altcha.verify_solution(_payload({**found, "solution": {"counter": 0, "derivedKey": "00"}}), _mac("altcha"))
    if result.expired or result.invalid_signature is not False:
        raise ProofNeeded
    left = found["challenge"]["parameters"]["data"]["at"] + WAIT_SECONDS - int(clock.now().timestamp())
    if left > 0:
        raise ProofNeeded(left)
    # Who fetched a thousand pages a minute ago has waited once.
    if not cache.add(f"proof-waited:{_mac(source).hex()}", 1, WAIT_SECONDS):
        raise ProofNeeded(WAIT_SECONDS)
    if not _used_first(found):
        raise ProofNeeded


def _read(text: str, *, of_solution: bool) -> dict[str, Any] | None:
    """Return what a browser posted, in the shape of a payload; None when it is none."""
    try:
        found = json.loads(base64.b64decode(text[:LONGEST], validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    found = found if of_solution else {"challenge": found}
    try:
        altcha.Challenge.from_dict(found["challenge"])
        about = found["challenge"]["parameters"]["data"]
        is_ours = isinstance(about["at"], int) and about["for"].isascii()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return found if is_ours and isinstance(found.get("solution", {}), dict) else None


def _payload(found: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(found).encode()).decode()


def _is_for(found: dict[str, Any], source: str) -> bool:
    wanted = _mac(f"for {source}").hex()
    return hmac.compare_digest(found["challenge"]["parameters"]["data"]["for"].encode(), wanted.encode())


def _used_first(found: dict[str, Any]) -> bool:
    """Mark a sum as used; False when it was used before, by whichever process."""
    # By the signed nonce: what else was posted may be written in another way, or with more that nobody signed.
    name = _mac(f"used {found['challenge']['parameters']['nonce']}").hex()
    return bool(cache.add(f"proof-used:{name}", 1, int(GOOD_FOR.total_seconds())))


def _mac(text: str) -> bytes:
    return hmac.new(vault.installation_key("people"), b"muniment-proofs\0" + text.encode(), hashlib.sha256).digest()
