"""A year of backups and drills, as the agent and the drills leave them."""

from datetime import datetime, timedelta

from muniment.assurance.continuity.models import Backup, Drill, Order
from muniment.core import clock
from tests.worker import as_worker

MB = 10**6


def lay(now: datetime | None = None, *, days: int = 300) -> None:
    """Put a backup of every day there, a running log of changes, a drill each week, and what went wrong at times."""
    moment = now or clock.now()
    with as_worker():
        Backup.objects.bulk_create(_backups(moment, days))
        Drill.objects.bulk_create(_drill(moment - timedelta(days=ago, hours=3), ago) for ago in range(0, days, 7))
        Order.objects.create(
            what="check",
            state="done",
            asked_at=moment - timedelta(days=2),
            taken_at=moment - timedelta(days=2),
            ended_at=moment - timedelta(days=2),
        )


def _backups(now: datetime, days: int) -> list[Backup]:
    found = []
    for ago in range(days):
        begun = now - timedelta(days=ago, hours=5)
        is_lost, is_bad = ago in {40, 41, 130}, ago in {12, 90}
        if not is_lost:
            found.append(_run("base", begun, 412 * MB, is_bad=is_bad))
            found.append(_run("store", begun + timedelta(minutes=2), 38 * MB))
        until = None if ago == 0 else begun + timedelta(days=1)
        reached = now - timedelta(seconds=40) if ago == 0 else until
        found.append(
            Backup(
                kind="wal",
                state="done" if until else "running",
                started_at=begun,
                ended_at=until,
                moment=reached,
                bytes_read=90 * MB,
                bytes_added=31 * MB,
            )
        )
    return found


def _run(kind: str, begun: datetime, read: int, *, is_bad: bool = False) -> Backup:
    ended = begun + timedelta(seconds=74)
    return Backup(
        kind=kind,
        state="failed" if is_bad else "done",
        started_at=begun,
        ended_at=ended,
        moment=None if is_bad else begun,
        bytes_read=read,
        bytes_added=read // 9,
        version="0.8",
        trouble="away" if is_bad else "",
    )


def _drill(begun: datetime, ago: int) -> Drill:
    is_slow, is_bad = ago == 63, ago == 126
    names = ("replay", "rows", "logs", "documents", "structure", "walls", "sign-in")
    checks = [{"name": name, "outcome": "passed", "amount": 100 + ago} for name in names]
    loss, recovery = 31.0 + ago % 40, 4000.0 if is_slow else 140.0 + ago
    if is_bad:
        checks[3]["outcome"] = "failed"
    checks += [
        {"name": "loss", "outcome": "passed", "amount": loss},
        {"name": "recovery", "outcome": "failed" if is_slow else "passed", "amount": recovery},
    ]
    return Drill(
        state="failed" if is_bad or is_slow else "passed",
        started_at=begun,
        ended_at=begun + timedelta(minutes=6),
        moment=begun - timedelta(seconds=loss),
        loss_seconds=loss,
        recovery_seconds=recovery,
        checks=checks,
        report='{"is": "muniment drill report v1"}\n',
        signature="— portal.example/log 0a1b2c",
    )
