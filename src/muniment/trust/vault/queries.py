"""The keys in use: read from their wrapped rows, kept in memory for a short while."""

import os
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from muniment.core import config
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault import cards
from muniment.trust.vault.blobs.stores import (
    expected_residency,
    is_stored,
    region_of,
    require_region,
    residency,
    store,
    store_names,
    store_of,
    stored_blobs,
)
from muniment.trust.vault.errors import KeyDestroyed, KeyMissing
from muniment.trust.vault.keyring.contract import Keyring
from muniment.trust.vault.keyring.opening import open_keyring
from muniment.trust.vault.keys import locked, wrapping
from muniment.trust.vault.keys.key_cache import KeyCache
from muniment.trust.vault.models import ClientKey, InstallationKey, PersonKey

__all__ = [
    "PURPOSES",
    "Loader",
    "can_lock_memory",
    "client_key",
    "client_version",
    "client_versions",
    "context",
    "expected_residency",
    "forget_keys",
    "has_person_key",
    "installation_key",
    "installation_version",
    "installation_versions",
    "is_stored",
    "keep_seconds",
    "keyring",
    "person_key",
    "region_of",
    "require_region",
    "residency",
    "store",
    "store_names",
    "store_of",
    "stored_blobs",
    "without_card_numbers",
]

PURPOSES = ("people", "public-ids", "signing", "log")

Loader = Callable[[], bytes]

_lock = threading.Lock()
_versions: dict[str, tuple[float, int]] = {}


def keyring() -> Keyring:
    """Return the opened keyring that holds the root key.

    Raises:
        KeyMissing, KeyRefused: its file is not there, or not as it must be.
    """
    with _lock:  # one thread alone opens it: a passphrase costs 64 MiB and a moment
        return _opened_keyring()


@cache
def _opened_keyring() -> Keyring:
    return open_keyring(config.current())


@cache
def _opened_keys() -> KeyCache:
    return KeyCache(keep_seconds())


def keep_seconds() -> float:
    """Return how long a process may go on using a key it has opened."""
    return float(config.current().key_cache_seconds)


def can_lock_memory() -> bool:
    """Tell whether the system keeps opened keys out of its swap."""
    return locked.can_lock()


def installation_key(purpose: str, version: int | None = None) -> bytes:
    """Return the installation's 32-byte key for one purpose (`PURPOSES`): a version of it, or the one that seals now.

    Raises:
        KeyMissing: it was never made, or the root key is not the one that wrapped it.
    """
    version = installation_version(purpose) if version is None else version
    return _keep(f"installation/{purpose}/{version}", lambda: _unwrap_installation(purpose, version))


def installation_version(purpose: str) -> int:
    """Return which version of an installation's key seals now, as this process knows it for a short while.

    Raises:
        KeyMissing: it was never made.
    """
    return _remember(f"installation/{purpose}", lambda: _newest(installation_versions(purpose), purpose))


def installation_versions(purpose: str) -> list[int]:
    """Return the versions that there are of an installation's key, newest first, asked of the database.

    Raises:
        KeyMissing: the database cannot be read.
    """
    rows = InstallationKey.objects.filter(purpose=purpose).order_by("-version")
    try:
        return list(rows.values_list("version", flat=True))
    except DatabaseError as error:
        raise KeyMissing(f"the {purpose} key cannot be read from the database") from error


def client_key(client_id: UUID, version: int | None = None) -> bytes:
    """Return a client's 32-byte key: a version of it, or the one that seals now.

    Raises:
        KeyMissing: the client has no key (any more): nothing sealed with it can be opened.
    """
    version = client_version(client_id) if version is None else version
    return _keep(f"client/{client_id}/{version}", lambda: _unwrap_client(client_id, version))


def client_version(client_id: UUID) -> int:
    """Return which version of a client's key seals now, as this process knows it for a short while.

    Raises:
        KeyMissing: the client has no key (any more).
    """
    return _remember(f"client/{client_id}", lambda: _newest(client_versions(client_id), "client"))


def client_versions(client_id: UUID) -> list[int]:
    """Return the versions that there are of a client's key, newest first, asked of the database."""
    with bound(Binding(client_id)):
        rows = ClientKey.objects.filter(client_id=client_id).order_by("-version")
        return list(rows.values_list("version", flat=True))


def person_key(person_id: UUID) -> bytes:
    """Return the 32-byte key of one person.

    Raises:
        KeyMissing: the person has none yet.
        KeyDestroyed: it was destroyed: nothing sealed with it will ever open again.
    """
    return _keep(f"person/{person_id}", lambda: _unwrap_person(person_id))


def has_person_key(person_id: UUID) -> bool:
    """Return whether a person has a key of their own; a destroyed one counts as none."""
    try:
        person_key(person_id)
    except KeyMissing:
        return False
    return True


def forget_keys() -> None:
    """Drop every key kept in memory; the next use reads and unwraps anew."""
    with _lock:
        _versions.clear()
    _opened_keys().forget()
    _open_again()


def _open_again() -> None:
    for opened in (_opened_keyring, _opened_keys, store):
        opened.cache_clear()


def _after_fork() -> None:
    """Begin with nothing: a forked process inherits neither locked memory nor connections it could share."""
    global _lock  # noqa: PLW0603 (another thread of the parent may have held it)
    _lock = threading.Lock()
    _open_again()


os.register_at_fork(after_in_child=_after_fork)


def context(purpose: str, owner: UUID | None = None) -> bytes:
    """Return what a wrapped key is bound to: its purpose and the client it belongs to."""
    return purpose.encode() + b"\0" + (owner.bytes if owner else b"")


def _remember(name: str, load: Callable[[], int]) -> int:
    """Return which version seals now; what another process has turned is known here after the same while as keys."""
    now = time.monotonic()
    with _lock:
        found = _versions.get(name)
    if found is not None and now - found[0] < keep_seconds():
        return found[1]
    version = load()
    with _lock:
        _versions[name] = (now, version)
    return version


def _keep(name: str, load: Loader) -> bytes:
    found = _opened_keys().find(name)
    if found is None:
        asked_at = time.monotonic()
        found = load()
        _opened_keys().keep(name, found, asked_at=asked_at)
    return found


def _newest(versions: list[int], what: str) -> int:
    if not versions:
        raise KeyMissing(
            "this client has no key" if what == "client" else f"the {what} key was never made: run `muniment migrate`"
        )
    return versions[0]


def _unwrap_person(person_id: UUID) -> bytes:
    row = PersonKey.objects.filter(person_id=person_id).first()
    if row is None:
        raise KeyMissing("this person has no key")
    if row.destroyed_at is not None:
        raise KeyDestroyed("the key of this person was destroyed")
    people = wrapping.derive(installation_key("people", row.people_version), "person key")
    return wrapping.unwrap(people, bytes(row.wrapped), context("person", person_id))


def _unwrap_installation(purpose: str, version: int) -> bytes:
    try:
        row = InstallationKey.objects.filter(purpose=purpose, version=version).first()
    except DatabaseError as error:
        raise KeyMissing(f"the {purpose} key cannot be read from the database") from error
    if row is None:
        raise KeyMissing(f"the {purpose} key was never made: run `muniment migrate`")
    return keyring().unwrap(bytes(row.wrapped), context(purpose))


def _unwrap_client(client_id: UUID, version: int) -> bytes:
    with bound(Binding(client_id)):
        row = ClientKey.objects.filter(client_id=client_id, version=version).first()
    if row is None:
        raise KeyMissing("this client has no key")
    return keyring().unwrap(bytes(row.wrapped), context("client", client_id))


def without_card_numbers(value: Any, *, typed: bool = True) -> Any:
    """Return text or JSON without card numbers, by the policy of the installation; see `cards.keep_out`.

    Raises:
        CardNumberRefused: there is one, and the policy refuses.
    """
    return cards.keep_out(value, typed=typed)
