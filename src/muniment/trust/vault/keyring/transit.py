"""The root key in the transit engine of HashiCorp Vault or OpenBao, spoken to over HTTP.

A wrapped key is bound to its context as associated data, which needs a key of an authenticated type and a server
that knows the parameter (Vault 1.12, OpenBao 2.0 or newer). Every version of the key that the engine keeps still
opens what it wrapped.
"""

import base64
import binascii
import http.client
import json
import re
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from muniment.core.config import Config
from muniment.trust.vault.errors import KeyMissing, KeyRefused, KeyServiceDown
from muniment.trust.vault.keyring.contract import RootKeyFacts
from muniment.trust.vault.keyring.patience import Unreachable
from muniment.trust.vault.keyring.remote import Encrypted, RemoteKeyring

ADAPTER = "transit"
TYPES = ("aes256-gcm96", "chacha20-poly1305", "xchacha20-poly1305")
MAXIMUM_ANSWER_BYTES = 256 * 1024
MAXIMUM_TOKEN_BYTES = 8 * 1024
_CIPHERTEXT = re.compile(r"vault:v([1-9][0-9]{0,8}):[A-Za-z0-9+/=]+")
_TOKEN = re.compile(r"[!-~]+")
_NONSENSE = "the transit engine answered something that is no answer of it"


def open_keyring(config: Config) -> RemoteKeyring:
    """Return the keyring of the settings; nothing is asked of the server yet."""
    return RemoteKeyring(Transit(config), timeout_seconds=config.key_service_timeout_seconds)


class Transit:
    """Speaks to one key of one transit engine."""

    kind = 3

    def __init__(self, config: Config) -> None:
        """Take the address, the key's name and where the token is."""
        url = urlsplit(config.transit_url or "")
        self._host, self._port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        self._tls = _tls(config.transit_ca) if url.scheme == "https" else None
        self._mount, self._name = config.transit_mount, config.transit_key or ""
        self._namespace = config.transit_namespace
        self._token = config.transit_token or Path()
        self._seconds = config.key_service_timeout_seconds

    def encrypt(self, key: bytes, context: bytes) -> Encrypted:
        """Encrypt under the newest version of the key, which must exist: some servers would make one here."""
        self._described()
        found = self._ask("POST", "encrypt", {"plaintext": _base64(key), "associated_data": _bound_to(context)})
        ciphertext = found.get("ciphertext")
        match = _CIPHERTEXT.fullmatch(ciphertext) if isinstance(ciphertext, str) else None
        if match is None:
            raise Unreachable(_NONSENSE)
        return Encrypted(self._version_id(int(match[1])), match[0].encode())

    def decrypt(self, encrypted: Encrypted, context: bytes) -> bytes:
        """Decrypt under the version that encrypted it."""
        if not encrypted.root_id.startswith(f"{self._mount}/{self._name}:"):
            raise KeyMissing(f"a key was wrapped by {encrypted.root_id}, which is not the transit_key of the settings")
        try:
            ciphertext = encrypted.ciphertext.decode("ascii")
        except UnicodeDecodeError as error:
            raise KeyRefused("a wrapped key is not of the transit engine") from error
        match = _CIPHERTEXT.fullmatch(ciphertext)
        if match is None or encrypted.root_id != self._version_id(int(match[1])):
            raise KeyRefused("a wrapped key is not of the transit engine, or of another version than it says")
        found = self._ask("POST", "decrypt", {"ciphertext": ciphertext, "associated_data": _bound_to(context)})
        try:
            return base64.b64decode(found["plaintext"], validate=True)
        except (KeyError, TypeError, ValueError) as error:
            raise Unreachable(_NONSENSE) from error

    def current_id(self) -> str:
        """Return the newest version of the key."""
        return self._version_id(self._described()["latest_version"])

    def rotate(self) -> None:
        """Have the engine add a version."""
        self._described()
        self._ask("POST", "keys", {}, "rotate")

    def facts(self) -> list[RootKeyFacts]:
        """Return every version the engine still keeps, newest first."""
        described = self._described()
        try:
            made_at = {int(version): _moment(value) for version, value in described["keys"].items()}
        except (KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise Unreachable(_NONSENSE) from error
        return [
            RootKeyFacts(
                id=self._version_id(version),
                adapter=ADAPTER,
                algorithm=described["type"],
                created_at=made_at[version],
                is_current=version == described["latest_version"],
            )
            for version in sorted(made_at, reverse=True)
        ]

    def _version_id(self, version: int) -> str:
        return f"{self._mount}/{self._name}:v{version}"

    def _described(self) -> dict[str, Any]:
        """Return what the engine says of the key, once it is one that can be used here."""
        found = self._ask("GET", "keys")
        if type(found.get("latest_version")) is not int or not isinstance(found.get("type"), str):
            raise Unreachable(_NONSENSE)
        if found["type"] not in TYPES or found.get("derived"):
            raise KeyRefused(f"transit_key is of a type that cannot bind a context; make one of type {TYPES[0]}.")
        return found

    def _ask(self, method: str, verb: str, body: dict[str, str] | None = None, tail: str = "") -> dict[str, Any]:
        """Send one request and return the `data` of its answer; empty where there is none."""
        path = "/".join(part for part in ("/v1", self._mount, verb, self._name, tail) if part)
        headers = {"X-Vault-Token": self._read_token(), "X-Vault-Request": "true", "Content-Type": "application/json"}
        if self._namespace is not None:
            headers["X-Vault-Namespace"] = self._namespace
        connection = self._connect()
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read(MAXIMUM_ANSWER_BYTES + 1)
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(f"transit_url does not prove who it is: {error.verify_message}") from error
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"the transit engine cannot be asked: {type(error).__name__}") from error
        finally:
            connection.close()
        return _answered(answer.status, content)

    def _connect(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)
        return http.client.HTTPSConnection(self._host, self._port, timeout=self._seconds, context=self._tls)

    def _read_token(self) -> str:
        try:
            with self._token.open("rb") as file:
                text = file.read(MAXIMUM_TOKEN_BYTES).decode("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise KeyServiceDown(f"the token file {self._token} cannot be read") from error
        if not _TOKEN.fullmatch(text):
            raise KeyServiceDown(f"the token file {self._token} holds no token")
        return text


def _answered(status: int, content: bytes) -> dict[str, Any]:
    """Return the data of a good answer, and raise what any other means. No word of the server's is repeated."""
    if status == http.HTTPStatus.NO_CONTENT:
        return {}
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if status == http.HTTPStatus.OK and isinstance(document, dict) and len(content) <= MAXIMUM_ANSWER_BYTES:
        data = document.get("data")
        if isinstance(data, dict):
            return data
        raise Unreachable(_NONSENSE)
    said = str(document.get("errors")) if isinstance(document, dict) else ""
    if status == http.HTTPStatus.FORBIDDEN:
        raise KeyServiceDown("the transit engine does not let the portal use the root key: look at token and policy")
    if status == http.HTTPStatus.NOT_FOUND or (status == http.HTTPStatus.BAD_REQUEST and "not found" in said):
        raise KeyMissing("the transit engine does not hold the root key. Are transit_mount and transit_key right?")
    if status == http.HTTPStatus.BAD_REQUEST and "disallowed by policy" in said:
        raise KeyMissing("the version of the root key that wrapped a key is no longer allowed by the transit engine")
    if status == http.HTTPStatus.BAD_REQUEST:
        raise KeyRefused("the transit engine does not open a wrapped key in this context")
    raise Unreachable(f"the transit engine does not work right now (HTTP {status})")


def _tls(authorities: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authorities) if authorities else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _moment(value: Any) -> datetime:
    """Return when a version was made; symmetric keys say it in seconds."""
    return datetime.fromtimestamp(int(value), UTC)


def _bound_to(context: bytes) -> str:
    return _base64(b"muniment/root/v1/" + context)


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode()
