"""Backups and what is asked of the agent: how each of their actions is called."""

from collections.abc import Callable
from uuid import UUID

from muniment.assurance.continuity import actions as continuity
from muniment.assurance.continuity.types import Trouble
from muniment.core import clock
from muniment.trust.audit.types import Event
from tests.guarantees.callers.case import Call, Case
from tests.worker import as_worker

BACKUPS = "muniment.assurance.continuity.actions.backups."
ORDERS = "muniment.assurance.continuity.actions.orders."


def begun(case: Case) -> UUID:
    """Begin a backup as the agent does."""
    with as_worker():
        return continuity.begin_backup(case.firm, kind="store", version="1.0", migrations="").id


def _end(case: Case) -> Call:
    backup_id = begun(case)
    cost = {"bytes_read": 10, "bytes_added": 5}
    values = {"backup_id": backup_id, "moment": clock.now(), "snapshot_id": "12345678", **cost}
    return Call(case.firm, Event.BACKUP_MADE, values, object_id=backup_id, by_worker=True)


def _fail(case: Case) -> Call:
    backup_id = begun(case)
    values = {"backup_id": backup_id, "trouble": Trouble.AWAY}
    return Call(case.firm, Event.BACKUP_FAILED, values, object_id=backup_id, by_worker=True)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{BACKUPS}begin_backup": lambda c: Call(
        c.firm, Event.BACKUP_BEGUN, {"kind": "base", "version": "1.0", "migrations": "0123"}, by_worker=True
    ),
    f"{BACKUPS}end_backup": _end,
    f"{BACKUPS}fail_backup": _fail,
    f"{ORDERS}order": lambda c: Call(c.ada, Event.BACKUP_ORDERED, {"what": "backup"}),
}
