"""The two ceremonies of WebAuthn: a browser makes a credential, and proves later that it has it.

Challenges stand in the sealed session, for one purpose and one person, for five minutes, and count once: whatever
the answer was, the next needs a new one. The address of the portal as configured is the only origin that is taken:
neither a page elsewhere nor one on a neighbouring port or name of the same host can pass an answer on.
"""

import hashlib
import logging
import struct
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from muniment.core import clock, config
from muniment.trust.identity import models
from muniment.trust.identity.passkeys.types import Made, Purpose, Unproved

CHALLENGE: Final = "passkey challenge"  # where the session keeps it, sealed
LASTS_SECONDS: Final = 300
_FLAG: Final = AuthenticatorData.FLAG
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    UnsupportedAlgorithm,
    struct.error,
)
"""What the library raises for an answer that is none: it came from outside and may hold anything."""

logging.getLogger("fido2").setLevel(logging.WARNING)  # it would log the ids of credentials


def options_to_make(
    session: SessionBase, person: models.Person, known: list[AttestedCredentialData], *, firm: str, alone: bool
) -> dict[str, Any]:
    """Return what a browser needs to make a credential for a person; `alone` for a passkey, else a security key."""
    user = PublicKeyCredentialUserEntity(id=person.id.bytes, name=str(person.email), display_name=str(person.name))
    options, state = _server(firm).register_begin(
        user,
        credentials=[_described(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED if alone else ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.DISCOURAGED,
        extensions={"credProps": True},
    )
    _keep(session, "enrol", person.id, state, alone=alone)
    return dict(options)


def made(session: SessionBase, person: models.Person, answer: Any) -> Made:
    """Return the credential a browser made in answer to the challenge of this session.

    Raises:
        Unproved: it is no such answer.
    """
    kept = _taken(session, "enrol", person.id)
    try:
        seen = _server().register_complete(kept["state"], RegistrationResponse.from_dict(answer))
        credential = _essence(answer)
    except _UNREADABLE as error:
        raise Unproved("unreadable") from error
    if seen.credential_data is None or seen.credential_data.public_key.get(3) not in CoseKey.supported_algorithms():
        raise Unproved("algorithm")  # none of those that were offered: a weak one, or one that proves nothing here
    synced = bool(seen.flags & _FLAG.BACKUP_STATE)
    return Made(credential, seen.counter, alone=bool(kept["alone"]) and seen.is_user_verified(), synced=synced)


def options_to_prove(
    session: SessionBase,
    purpose: Purpose,
    person_id: UUID | None,
    known: list[AttestedCredentialData],
    *,
    verified: bool = False,
) -> dict[str, Any]:
    """Return what a browser needs to prove a credential: one of those `known`, or whichever it has for this portal.

    Where the credential alone signs in, which is without a person, and where it has to be `verified`, the device makes
    sure who holds it.
    """
    is_needed = verified or person_id is None
    wanted = UserVerificationRequirement.REQUIRED if is_needed else UserVerificationRequirement.PREFERRED
    options, state = _server().authenticate_begin(
        credentials=[_described(one) for one in known] or None, user_verification=wanted
    )
    _keep(session, purpose, person_id, state)
    return dict(options)


def challenge(session: SessionBase, purpose: Purpose, person_id: UUID | None) -> dict[str, Any]:
    """Take the challenge that was given out for a purpose and a person; afterwards there is none.

    Raises:
        Unproved: none was given out, or it is too old, or was answered before.
    """
    found: dict[str, Any] = _taken(session, purpose, person_id)["state"]
    return found


def read(answer: Any) -> AuthenticationResponse:
    """Return a browser's answer.

    Raises:
        Unproved: it cannot be read.
    """
    if not isinstance(answer, dict):
        raise Unproved("unreadable")
    try:
        return AuthenticationResponse.from_dict(answer)
    except _UNREADABLE as error:
        raise Unproved("unreadable") from error


def owner(said: AuthenticationResponse) -> UUID | None:
    """Return whose credential an answer says it is; not proved yet."""
    with suppress(ValueError, TypeError):
        return UUID(bytes=said.response.user_handle or b"")
    return None


def proved(state: dict[str, Any], known: AttestedCredentialData, said: AuthenticationResponse) -> AuthenticatorData:
    """Return what the authenticator signed, once origin, portal, challenge, presence and signature are right.

    Raises:
        Unproved: one of them is not.
    """
    try:
        _server().authenticate_complete(state, [known], said)
    except _UNREADABLE as error:
        raise Unproved("signature") from error
    return said.response.authenticator_data


def credential(kept: dict[str, Any]) -> AttestedCredentialData:
    """Return the public part of a credential as it was kept."""
    found = RegistrationResponse.from_dict(kept).response.attestation_object.auth_data.credential_data
    if found is None:
        raise LookupError("a credential without its key was kept")
    return found


def is_verified(seen: AuthenticatorData) -> bool:
    """Return whether the device made sure who holds it: by a finger, a face or a code."""
    return bool(seen.flags & _FLAG.USER_VERIFIED)


def is_synced(seen: AuthenticatorData) -> bool:
    """Return whether a password manager keeps the credential for all devices of its owner."""
    return bool(seen.flags & _FLAG.BACKUP_STATE)


def portal_id() -> str:
    """Return the name that credentials are bound to: the first of the portal's own."""
    return str(urlsplit(config.current().address).hostname)


def _server(firm: str = "") -> Fido2Server:
    address = config.current().address
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=portal_id(), name=firm or portal_id()),
        verify_origin=lambda origin: origin == address,
    )


def _described(known: AttestedCredentialData) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=known.credential_id)


def _keep(session: SessionBase, purpose: Purpose, person_id: UUID | None, state: Any, *, alone: bool = False) -> None:
    session[CHALLENGE] = {
        "for": purpose,
        "person": str(person_id or ""),
        "until": clock.now().timestamp() + LASTS_SECONDS,
        "alone": alone,
        "state": {name: str(value) if value is not None else None for name, value in state.items()},
    }


def _taken(session: SessionBase, purpose: Purpose, person_id: UUID | None) -> dict[str, Any]:
    """Take the challenge out of the session. Two answers at the same moment: the cache lets one of them through."""
    kept = session.pop(CHALLENGE, None)
    if not isinstance(kept, dict) or (kept["for"], kept["person"]) != (purpose, str(person_id or "")):
        raise Unproved("challenge")
    once = hashlib.sha256(b"muniment-passkey\0" + str(kept["state"]["challenge"]).encode()).hexdigest()
    if kept["until"] <= clock.now().timestamp() or not cache.add(f"passkey:{once}", 1, 2 * LASTS_SECONDS):
        raise Unproved("challenge")
    return kept


def _essence(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of an answer: nothing that a browser could have put in beside."""
    response, names = answer["response"], {transport.value for transport in AuthenticatorTransport}
    identifier = websafe_encode(websafe_decode(answer["rawId"]))
    return {
        "id": identifier,
        "rawId": identifier,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(websafe_decode(response["clientDataJSON"])),
            "attestationObject": websafe_encode(websafe_decode(response["attestationObject"])),
            "transports": [one for one in response.get("transports") or [] if one in names],
        },
        "clientExtensionResults": {},
    }
