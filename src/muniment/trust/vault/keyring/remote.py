"""What all keyrings have in common whose root key lives in a service: format, proof, patience.

    wrapped key:  kind (1) | size of the root key's id (u16) | root key's id | check (16) | the service's ciphertext

The check is derived from the wrapped key and its context. It tells nothing of a random key, and a service that gives
back another key than it was given is found out before anything is sealed with it.
"""

import hmac
import struct
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from muniment.trust.vault.errors import KeyRefused
from muniment.trust.vault.keyring.contract import RootKeyFacts
from muniment.trust.vault.keyring.patience import Patience
from muniment.trust.vault.keys import wrapping

CHECK_BYTES = 16
CURRENT_SECONDS = 30.0
"""How long another process may take to see that the root key was turned."""
ROTATION_SECONDS = 30.0
_HEAD = struct.Struct(">BH")
_CHECK = b"muniment/key-check/v1/"


@dataclass(frozen=True, slots=True)
class Encrypted:
    """What a service made of a key, and which of its root keys did it."""

    root_id: str
    ciphertext: bytes


class KeyService(Protocol):
    """What an adapter adds: how one service is spoken to.

    Every method raises `Unreachable` when the service does not answer or not sensibly, `KeyServiceDown` when it answers
    that this portal may not, `KeyMissing` and `KeyRefused` as the contract says.
    """

    kind: int
    """The first byte of what this keyring wraps: 2 to 255, one for each adapter, for ever."""

    def encrypt(self, key: bytes, context: bytes) -> Encrypted:
        """Encrypt under the current root key, with `context` as data that is authenticated with it."""

    def decrypt(self, encrypted: Encrypted, context: bytes) -> bytes:
        """Decrypt; whatever comes back is checked by the caller."""

    def current_id(self) -> str:
        """Return the id of the root key that would encrypt now."""

    def rotate(self) -> None:
        """Make a new current root key."""

    def facts(self) -> list[RootKeyFacts]:
        """Return what the service says of its root keys, newest first."""


class RemoteKeyring:
    """A keyring over a service; see `contract.Keyring` for what each method promises."""

    def __init__(self, service: KeyService, *, timeout_seconds: float) -> None:
        """Take the adapter, and how long one call may take."""
        self._service = service
        self._patience = Patience(timeout_seconds)
        self._current = ("", float("-inf"))  # id and when it was asked for
        self._guard = threading.Lock()
        self._running: dict[tuple[bytes, bytes], Future[bytes]] = {}

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return a 32-byte key sealed by the service, opened once again before it is believed."""
        if len(key) != wrapping.KEY_BYTES:
            raise ValueError("a key of 32 bytes is needed")
        made = self._patience.run(lambda: self._service.encrypt(key, context))
        root_id = made.root_id.encode()
        wrapped = (
            _HEAD.pack(self._service.kind, len(root_id)) + root_id + _check_of(key, context) + bytes(made.ciphertext)
        )
        self.unwrap(wrapped, context)
        self._remember(made.root_id)
        return wrapped

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the 32-byte key that `wrap` sealed; threads that want the same one share a single call."""
        mine: Future[bytes] = Future()
        with self._guard:
            running = self._running.setdefault((wrapped, context), mine)
        if running is not mine:
            return running.result()  # ends in time, because the call it waits for does
        try:
            mine.set_result(self._unwrap(wrapped, context))
        except BaseException as error:  # noqa: BLE001 (raised again below, and for whoever waits)
            mine.set_exception(error)
        finally:
            with self._guard:
                del self._running[wrapped, context]
        return mine.result()

    def _unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        encrypted, check = self._split(wrapped)
        key = self._patience.run(lambda: self._service.decrypt(encrypted, context))
        if len(key) != wrapping.KEY_BYTES or not hmac.compare_digest(_check_of(key, context), check):
            raise KeyRefused("the key service gave back another key than it was given; nothing was opened with it")
        return key

    def is_current(self, wrapped: bytes) -> bool:
        """Tell whether the current root key wrapped this; what another keyring wrapped is not current."""
        try:
            encrypted, _ = self._split(wrapped)
        except KeyRefused:
            return False
        with self._guard:
            current, asked_at = self._current
        if time.monotonic() - asked_at >= CURRENT_SECONDS:
            current = self._patience.run(self._service.current_id)
            self._remember(current)
        return encrypted.root_id == current

    def rotate(self) -> None:
        """Have the service make a new root key that wraps from now on."""
        self._patience.run(self._service.rotate, seconds=ROTATION_SECONDS)
        with self._guard:
            self._current = ("", float("-inf"))

    def facts(self) -> list[RootKeyFacts]:
        """Return what the service says of its root keys, newest first."""
        return self._patience.run(self._service.facts, seconds=ROTATION_SECONDS)

    def _remember(self, root_id: str) -> None:
        with self._guard:
            self._current = (root_id, time.monotonic())

    def _split(self, wrapped: bytes) -> tuple[Encrypted, bytes]:
        """Return the parts of a wrapped key.

        Raises:
            KeyRefused: it is none, or of another kind of keyring.
        """
        if len(wrapped) < _HEAD.size or wrapped[0] != self._service.kind:
            raise KeyRefused("a wrapped key is of another kind of keyring: is the setting keyring the right one?")
        _, size = _HEAD.unpack_from(wrapped)
        end = _HEAD.size + size
        if len(wrapped) <= end + CHECK_BYTES:
            raise KeyRefused("a wrapped key has the wrong size")
        try:
            root_id = wrapped[_HEAD.size : end].decode("ascii")
        except UnicodeDecodeError as error:
            raise KeyRefused("a wrapped key names no root key") from error
        return Encrypted(root_id, wrapped[end + CHECK_BYTES :]), wrapped[end : end + CHECK_BYTES]


def _check_of(key: bytes, context: bytes) -> bytes:
    return wrapping.hkdf(key, salt=b"", info=_CHECK + context, length=CHECK_BYTES)
