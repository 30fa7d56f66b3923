"""A backup, a drill that passed, and something that waits to be brought back."""

from datetime import timedelta
from typing import Any

from muniment.assurance.continuity.models import Backup, Drill, Order
from muniment.core import clock
from tests.cast import Portal
from tests.worker import as_worker


def lay(portal: Portal, values: dict[str, Any]) -> dict[str, object]:
    """Write them as the agent does; return what addresses call them."""
    now = clock.now()
    order = Order.objects.create(what="restore_client", asked_by=portal.people["ada"], target_client=portal.okoye)
    with as_worker():
        backup = Backup.objects.create(
            kind="base", state="done", started_at=now - timedelta(hours=1), ended_at=now, moment=now, bytes_read=10**9
        )
        drill = Drill.objects.create(
            state="passed",
            backup_id=backup.id,
            started_at=now - timedelta(minutes=9),
            ended_at=now,
            moment=now,
            loss_seconds=31,
            recovery_seconds=190,
            checks=[{"name": "rows", "outcome": "passed", "amount": 120}],
            report='{"is": "muniment drill report v1"}\n',
            signature="\u2014 portal.example/log AAAAAA==",
        )
    return {"drill_id": drill.id, "order_id": order.id}
