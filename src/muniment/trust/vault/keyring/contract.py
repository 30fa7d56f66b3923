"""What every keyring does, wherever its root key lives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RootKeyFacts:
    """What is known of one root key; never the key."""

    id: str
    """As the keyring calls it: an address, a name and version, or hexadecimal digits."""

    adapter: str
    """The kind of keyring, as the setting `keyring` names it."""

    algorithm: str
    created_at: datetime | None
    """None where the keyring does not say."""

    is_current: bool
    """Whether it wraps from now on; at most one does."""


class Keyring(Protocol):
    """Wraps and unwraps keys with a root key that never leaves it.

    Root keys have versions: a new one wraps from then on, older ones still unwrap. Several processes may use
    one keyring: what one rotates, the others know without being told. Methods may be called from any thread.

    Every method may raise `KeyServiceDown`: the keyring cannot be reached, or does not let this portal use
    the key. Nothing is lost; the same call works once it is back.
    """

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return a 32-byte key sealed under the current root key and bound to `context`.

        What it returns was opened once: a keyring that stores badly cannot lose a key.
        """

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the 32-byte key that `wrap` sealed.

        Raises:
            KeyMissing: the root key that wrapped it is not in this keyring.
            KeyRefused: it was wrapped for another context, was changed, or another key came back.
        """

    def is_current(self, wrapped: bytes) -> bool:
        """Tell whether the current root key wrapped this; if not, it is time to wrap it anew."""

    def rotate(self) -> None:
        """Make a new root key that wraps from now on; the older ones still unwrap.

        Raises:
            KeyRefused: this keyring is turned elsewhere; the message says where.
        """

    def facts(self) -> list[RootKeyFacts]:
        """Return what is known of every root key, newest first."""
