"""An authenticator in software: it makes passkeys and keys and proves them, as right or as wrong as a test wants."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256, CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData

from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes, person_id

PRESENT, VERIFIED, CAN_SYNC, SYNCED, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


def _address() -> str:
    from muniment.core import config

    return config.current().address


@dataclass
class Authenticator:
    """One credential on one device. `verifies`: it asks who holds it. `count` of None: it counts nothing."""

    origin: str = field(default_factory=_address)
    portal: str = "localhost"
    verifies: bool = True
    synced: bool = False
    count: int | None = 0
    algorithm: int = ES256.ALGORITHM  # what it says that its key is for
    person: bytes | None = None

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)

    def make(self, options: dict[str, Any], **wrong: Any) -> str:
        """Return the answer to a creation, as a browser's script sends it."""
        asked = options["publicKey"]
        self.person = websafe_decode(asked["user"]["id"])
        key = {**ES256.from_cryptography_key(self.key.public_key()), 3: self.algorithm}
        attested = AttestedCredentialData.create(bytes(16), self.id, CoseKey(key))
        data = self._data(ATTESTED, attested)
        made = {"fmt": "none", "attStmt": {}, "authData": data}
        said = self._said("webauthn.create", asked["challenge"], **wrong)
        return self._answer(
            {"clientDataJSON": websafe_encode(said), "attestationObject": websafe_encode(cbor.encode(made))}
        )

    def prove(self, options: dict[str, Any], **wrong: Any) -> str:
        """Return the answer to a question; `wrong` puts other values in place of `origin`, `challenge` or `person`."""
        if self.count is not None:
            self.count += 1
        person = wrong.pop("person", self.person)
        data = self._data(0)
        said = self._said("webauthn.get", options["publicKey"]["challenge"], **wrong)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(said),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(person) if person else None,
            }
        )

    def _data(self, flags: int, attested: bytes = b"") -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0) | (CAN_SYNC | SYNCED if self.synced else 0)
        return hashlib.sha256(self.portal.encode()).digest() + struct.pack(">BI", flags, self.count or 0) + attested

    def _said(self, kind: str, asked: str, **wrong: Any) -> bytes:
        said = {"type": kind, "challenge": asked, "origin": self.origin, "crossOrigin": False} | wrong
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )


def options(browser: Any, path: str, **more: str) -> dict[str, Any]:
    """Begin a ceremony on a page, and return what it wants of the authenticator."""
    answer = browser.post(path, {"begin": "1", **more})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def enrol(browser: Any, device: Authenticator, kind: str = "passkey", name: str = "Phone") -> Any:
    """Add a passkey or key on its page; return the answer."""
    path, said = "/account/passkeys/add/", {"kind": kind, "name": name}
    asked = options(browser, path, **said)
    return browser.post(path, {**said, "credential": device.make(asked)})


def sign_in(browser: Any, device: Authenticator, **wrong: Any) -> Any:
    """Sign in by the passkey alone; return the answer."""
    asked = options(browser, "/sign-in/passkey/")
    return browser.post("/sign-in/passkey/", {"credential": device.prove(asked, **wrong)})


def confirmed(who: str, **place: str) -> Visitor:
    """Sign somebody in, and let them confirm that it is them."""
    browser = Visitor(**place).sign_in(who)
    forget_used_codes(person_id(who))
    assert browser.post("/account/confirm/code/", {"code": app_code(who)}).status_code == 302
    return browser


def with_passkey(who: str, kind: str = "passkey", **how: Any) -> Authenticator:
    """Give somebody a passkey, or a security key."""
    device = Authenticator(**how)
    assert enrol(confirmed(who), device, kind).status_code == 302
    return device


def stored() -> list[dict[str, Any]]:
    from allauth.mfa.models import Authenticator as Row

    return [row.data for row in Row.objects.filter(type="webauthn").order_by("pk")]
