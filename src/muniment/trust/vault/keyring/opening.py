"""Opens the keyring that the settings name. A new kind of keyring is a file beside this one and a line here."""

from importlib import import_module
from typing import Protocol, cast

from muniment.core.config import Config
from muniment.trust.vault.errors import KeyRefused
from muniment.trust.vault.keyring.contract import Keyring, RootKeyFacts

# the setting's word: the module with `open_keyring(config)`, and the first byte of what it wraps
ADAPTERS = {
    "file": ("muniment.trust.vault.keyring.file", 1),
    "aws-kms": ("muniment.trust.vault.keyring.aws_kms", 2),
    "transit": ("muniment.trust.vault.keyring.transit", 3),
}


class _Adapter(Protocol):
    def open_keyring(self, config: Config) -> Keyring: ...


def open_keyring(config: Config) -> Keyring:
    """Return the keyring of the settings, and while it is being moved, with the one before it behind it.

    Raises:
        KeyMissing, KeyRefused: its file is not there, or not as it must be.
    """
    opened = _open(config.keyring, config)
    if config.keyring_before is None:
        return opened
    return MovingKeyring(opened, _open(config.keyring_before, config), ADAPTERS[config.keyring_before][1])


def _open(kind: str, config: Config) -> Keyring:
    return cast("_Adapter", import_module(ADAPTERS[kind][0])).open_keyring(config)


class MovingKeyring:
    """Two keyrings: the new one wraps, the old one still opens what it wrapped."""

    def __init__(self, opened: Keyring, before: Keyring, before_kind: int) -> None:
        """Take both, and the first byte of what the old one wrapped."""
        self._new = opened
        self._old = before
        self._old_kind = before_kind

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap with the new one."""
        return self._new.wrap(key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Unwrap with whichever wrapped it."""
        if not wrapped:
            raise KeyRefused("a wrapped key has the wrong size")
        return (self._old if wrapped[0] == self._old_kind else self._new).unwrap(wrapped, context)

    def is_current(self, wrapped: bytes) -> bool:
        """Tell whether the new one's current root key wrapped this."""
        return wrapped[:1] != bytes((self._old_kind,)) and self._new.is_current(wrapped)

    def rotate(self) -> None:
        """Do nothing: while keys move, the new one's root key is the new root key."""

    def facts(self) -> list[RootKeyFacts]:
        """Return what both say; nothing of the old one is current."""
        old = [
            RootKeyFacts(one.id, one.adapter, one.algorithm, one.created_at, is_current=False)
            for one in self._old.facts()
        ]
        return [*self._new.facts(), *old]
