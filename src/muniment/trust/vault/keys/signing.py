"""Signatures of the installation: Ed25519, with the public key beside the private one.

Source: RFC 8032.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PURPOSES = ("signing", "log")  # keys of the installation that sign: of an older one the public part alone stays


class Signer:
    """A private key at hand for a moment: it signs, and shows its 32-byte `public` key."""

    def __init__(self, key: bytes) -> None:
        """Take a 32-byte private key."""
        self._key = Ed25519PrivateKey.from_private_bytes(key)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of a message."""
        return self._key.sign(message)


def public_of(key: bytes) -> bytes:
    """Return the 32-byte public key of a 32-byte private one."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def sign(key: bytes, message: bytes) -> bytes:
    """Return the 64-byte signature of a message."""
    return Ed25519PrivateKey.from_private_bytes(key).sign(message)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether this signature of the message was made with the private key of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
