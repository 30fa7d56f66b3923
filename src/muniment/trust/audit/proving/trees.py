"""Heads and proofs of one client's log, and of the register."""

from collections.abc import Callable
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.db import connection

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.audit import signing
from muniment.trust.audit.confirming.confirmations import cosigned, witnessed_head_covering
from muniment.trust.audit.models import ClientHead, ClientTree, RegisterHead, RegisterTree
from muniment.trust.audit.tree import storage
from muniment.trust.audit.tree.paths import Tree
from muniment.trust.audit.types import Head

P = ParamSpec("P")
T = TypeVar("T")


def _of_client(function: Callable[Concatenate[UUID, P], T]) -> Callable[Concatenate[UUID, P], T]:
    """Run a read bound to the client that it names first."""

    def run(client_id: UUID, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with bound(Binding(client_id, None, "muniment_auditor")):
            return function(client_id, *args, **kwargs)

    run.__doc__ = function.__doc__
    return run


def origin_of(client_id: UUID) -> str:
    """Return the name of a client's log, giving it one if it has none yet."""
    with bound(Binding(client_id)):
        rows = ClientTree.objects.filter(client_id=client_id).values_list("origin", flat=True)
        if rows.first() is None:
            with connection.cursor() as cursor:
                cursor.execute("insert into client_tree (client_id) values (%s) on conflict do nothing", [client_id])
        return rows.get()


def register_origin() -> str:
    """Return the name of the register."""
    return RegisterTree.objects.get().origin


def log_keys(client_id: UUID | None = None) -> list[str]:
    """Return the public keys (vkeys, newest first) that checkpoints of the register, or of a client's log, need."""
    return signing.vkeys(register_origin() if client_id is None else origin_of(client_id))


@_of_client
def heads(client_id: UUID, *, since: int = 0) -> list[Head]:
    """Return the heads of a client's log that cover more than `since` entries, oldest first."""
    return [_head(row) for row in ClientHead.objects.filter(client_id=client_id, size__gt=since).order_by("size")]


@_of_client
def checkpoint(client_id: UUID, size: int | None = None) -> str | None:
    """Return the signed checkpoint of a client's log at a size, or the newest; nothing when none was signed."""
    rows = ClientHead.objects.filter(client_id=client_id, **({} if size is None else {"size": size}))
    found = rows.order_by("-size").first()
    return found.note if found else None


@_of_client
def head_covering(client_id: UUID, index: int) -> Head | None:
    """Return the first head of a client's log that covers entry `index`."""
    row = ClientHead.objects.filter(client_id=client_id, size__gt=index).order_by("size").first()
    return _head(row) if row else None


@_of_client
def inclusion(client_id: UUID, index: int, size: int) -> list[bytes]:
    """Return the path from entry `index` of a client's log to its root at `size`.

    Raises:
        TileMissing: the tree is not there, or not as long.
    """
    return _client_tree(client_id).inclusion(index, size)


@_of_client
def consistency(client_id: UUID, old: int, new: int) -> list[bytes]:
    """Return what shows that a client's log at size `new` begins with that at size `old`.

    Raises:
        TileMissing: the tree is not there, or not as long.
    """
    return _client_tree(client_id).consistency(old, new)


def register_heads(*, since: int = 0) -> list[Head]:
    """Return the heads of the register that cover more than `since` heads, oldest first, without cosignatures."""
    rows = RegisterHead.objects.filter(size__gt=since).order_by("size")
    return [Head(row.size, bytes(row.root), row.note, row.signed_at) for row in rows]


def register_checkpoint(size: int | None = None) -> str | None:
    """Return the checkpoint of the register at a size, or the newest, with every cosignature; or nothing."""
    rows = RegisterHead.objects.filter(**({} if size is None else {"size": size}))
    found = rows.order_by("-size").first()
    return cosigned(found.note, found.size) if found else None


def register_head_covering(index: int) -> Head | None:
    """Return the first head of the register over `index` that a quorum of witnesses cosigned, or else the first."""
    witnessed = witnessed_head_covering(index)
    if witnessed is not None:
        return witnessed
    row = RegisterHead.objects.filter(size__gt=index).order_by("size").first()
    return _register_head(row) if row else None


def register_inclusion(index: int, size: int) -> list[bytes]:
    """Return the path from the head at `index` to the root of the register at `size`.

    Raises:
        TileMissing: the register is not there, or not as long.
    """
    return Tree(storage.register_tiles).inclusion(index, size)


def register_consistency(old: int, new: int) -> list[bytes]:
    """Return what shows that the register at size `new` begins with that at size `old`.

    Raises:
        TileMissing: the register is not there, or not as long.
    """
    return Tree(storage.register_tiles).consistency(old, new)


def _client_tree(client_id: UUID) -> Tree:
    return Tree(partial(storage.client_tiles, client_id))


def _head(row: ClientHead) -> Head:
    return Head(row.size, bytes(row.root), row.note, row.signed_at, row.register_index)


def _register_head(row: RegisterHead) -> Head:
    return Head(row.size, bytes(row.root), cosigned(row.note, row.size), row.signed_at)
