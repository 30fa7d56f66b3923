"""What a log was called before restores: a head of so many entries stands under the name of its time."""

from collections.abc import Callable, Sequence
from uuid import UUID

from muniment.trust.audit.models import ClientEpoch, RegisterEpoch
from muniment.trust.audit.types import FormerLog


def former_logs(client_id: UUID) -> list[FormerLog]:
    """Return what the bound client's log was before each restore, oldest first."""
    rows = ClientEpoch.objects.filter(client_id=client_id).order_by("number")
    return [FormerLog(row.origin, row.size, bytes(row.root)) for row in rows]


def former_registers() -> list[FormerLog]:
    """Return what the register was before each restore, oldest first."""
    return [FormerLog(row.origin, row.size, bytes(row.root)) for row in RegisterEpoch.objects.order_by("number")]


def client_origins(client_id: UUID, now: str) -> Callable[[int], str]:
    """Return what tells the name under which the bound client's log signed a head of a size; `now` is the last one."""
    return _origins(former_logs(client_id), now)


def register_origins(now: str) -> Callable[[int], str]:
    """Return what tells the name under which the register signed a head of a size; `now` is the last one."""
    return _origins(former_registers(), now)


def _origins(found: Sequence[FormerLog], now: str) -> Callable[[int], str]:
    def at(size: int) -> str:
        return next((one.origin for one in found if size <= one.size), now)

    return at
