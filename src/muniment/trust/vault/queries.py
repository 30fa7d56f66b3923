"""The keys in use: read from their wrapped rows, kept in memory for a short while."""

import threading
import time
from collections.abc import Callable
from functools import cache
from uuid import UUID

from django.db import DatabaseError

from muniment.core import config
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.vault.errors import KeyMissing
from muniment.trust.vault.keyring.file import FileKeyring
from muniment.trust.vault.models import ClientKey, InstallationKey
from muniment.trust.vault.store.disk import DiskStore

KEEP_SECONDS = 300.0
PURPOSES = ("people", "public-ids")

Loader = Callable[[], bytes]

_lock = threading.Lock()
_kept: dict[str, tuple[float, bytes]] = {}


@cache
def keyring() -> FileKeyring:
    """Return the opened keyring that holds the root key.

    Raises:
        KeyMissing: there is no keyring file, or it is not readable by this process alone.
    """
    return FileKeyring(config.current().data / "keys" / "root.key").load()


@cache
def store() -> DiskStore:
    """Return the store that holds the sealed blobs."""
    return DiskStore(config.current().data / "store")


def installation_key(purpose: str) -> bytes:
    """Return the installation's 32-byte key for one purpose (`PURPOSES`).

    Raises:
        KeyMissing: it was never made, or the root key is not the one that wrapped it.
    """
    return _keep(f"installation/{purpose}", lambda: _unwrap_installation(purpose))


def client_key(client_id: UUID) -> bytes:
    """Return a client's 32-byte key.

    Raises:
        KeyMissing: the client has no key (any more): nothing sealed with it can be opened.
    """
    return _keep(f"client/{client_id}", lambda: _unwrap_client(client_id))


def forget_keys() -> None:
    """Drop every key kept in memory; the next use reads and unwraps anew."""
    with _lock:
        _kept.clear()
    keyring.cache_clear()
    store.cache_clear()


def context(purpose: str, owner: UUID | None = None) -> bytes:
    """Return what a wrapped key is bound to: its purpose and the client it belongs to."""
    return purpose.encode() + b"\0" + (owner.bytes if owner else b"")


def _keep(name: str, load: Loader) -> bytes:
    now = time.monotonic()
    with _lock:
        found = _kept.get(name)
    if found is not None and now - found[0] < KEEP_SECONDS:
        return found[1]
    key = load()
    with _lock:
        _kept[name] = (now, key)
    return key


def _unwrap_installation(purpose: str) -> bytes:
    try:
        row = InstallationKey.objects.filter(purpose=purpose).first()
    except DatabaseError as error:
        raise KeyMissing(f"the {purpose} key cannot be read from the database") from error
    if row is None:
        raise KeyMissing(f"the {purpose} key was never made: run `muniment migrate`")
    return keyring().unwrap(bytes(row.wrapped), context(purpose))


def _unwrap_client(client_id: UUID) -> bytes:
    with bound(Binding(client_id)):
        row = ClientKey.objects.filter(client_id=client_id).order_by("-version").first()
    if row is None:
        raise KeyMissing("this client has no key")
    return keyring().unwrap(bytes(row.wrapped), context("client", client_id))
