"""What every keyring does, wherever its root key lives."""

from typing import Protocol


class Keyring(Protocol):
    """Wraps and unwraps keys with a root key that never leaves it.

    Root keys have versions: a new one wraps from then on, older ones still unwrap.
    """

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return a 32-byte key sealed under the current root key and bound to `context`."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the 32-byte key that `wrap` sealed.

        Raises:
            KeyMissing: the root key that wrapped it is not in this keyring.
            KeyRefused: it was wrapped for another context, or was changed.
        """

    def is_current(self, wrapped: bytes) -> bool:
        """Tell whether the current root key wrapped this; if not, it is time to wrap it anew."""
