"""What the pages about backups show: what is under way, how old the newest is, where they lie, the last year."""

import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate

from muniment.assurance.continuity.models import Backup, Drill, Order
from muniment.assurance.continuity.queries.backups import backup_facts
from muniment.assurance.continuity.queries.drills import drill_facts
from muniment.assurance.continuity.queries.orders import open_orders, order_facts
from muniment.assurance.continuity.types import BackupFacts, DrillFacts, OrderFacts
from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Company

RUNS_DAYS = 28
RUNS_MOST = 400
YEAR_DAYS = 364  # fifty-two weeks
WHOLE: tuple[str, ...] = ("base", "incremental", "bundle")
RESTORING: tuple[str, ...] = ("restore_document", "restore_client")

DayState = Literal["made", "failed", "none", "before"]


@dataclass(frozen=True)
class Place:
    """Where backups lie. Of a place on another machine nobody here knows the room."""

    kind: Literal["local", "sftp", "s3", "rest"]
    address: str
    is_same_disk: bool = False
    free_bytes: int | None = None
    total_bytes: int | None = None


@dataclass(frozen=True)
class Overview:
    """How backups are now. `newest` is the newest moment that can be brought back, `oldest` the oldest."""

    newest: datetime | None
    oldest: datetime | None
    last_whole: BackupFacts | None
    last_log: BackupFacts | None
    last_store: BackupFacts | None
    last_check: OrderFacts | None
    running: list[BackupFacts]
    orders: list[OrderFacts]
    has_program: bool


@dataclass(frozen=True)
class DayFacts:
    """One day, and whether the database was backed up on it; `before` the first backup nothing was expected."""

    day: date
    state: DayState
    made: int
    failed: int


@dataclass(frozen=True)
class DrillPoint:
    """What one drill measured, in seconds; None where it did not get there."""

    id: UUID
    started_at: datetime
    is_passed: bool
    loss_seconds: float | None
    recovery_seconds: float | None


@query
def overview(actor: Actor) -> Overview:
    """Return how backups are now.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "backup:read")
    reaching = Backup.objects.exclude(moment=None).exclude(state="failed")
    spans = reaching.exclude(kind="store").aggregate(newest=Max("moment"))
    oldest = Backup.objects.filter(kind__in=WHOLE, state="done").aggregate(oldest=Min("moment"))
    checks = Order.objects.filter(what="check", state__in=["done", "failed"]).order_by("-ended_at")
    check = checks.first()
    return Overview(
        newest=spans["newest"],
        oldest=oldest["oldest"],
        last_whole=_last(WHOLE),
        last_log=_last(("wal",), states=("running", "done")),
        last_store=_last(("store", "bundle")),
        last_check=order_facts(check) if check else None,
        running=[backup_facts(row) for row in Backup.objects.filter(state="running").exclude(kind="wal")],
        orders=open_orders(),
        has_program=shutil.which("restic") is not None,
    )


@query
def runs(actor: Actor) -> list[BackupFacts]:
    """Return the backups of the last four weeks, newest first, 400 at most.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "backup:read")
    rows = Backup.objects.filter(started_at__gte=clock.now() - timedelta(days=RUNS_DAYS))
    return [backup_facts(row) for row in rows.order_by("-started_at")[:RUNS_MOST]]


@query
def moments(actor: Actor, *, since: datetime | None = None) -> list[BackupFacts]:
    """Return the whole backups that are kept and can be read from, newest first; `since` leaves out older ones.

    Raises:
        NotFound: `actor` may not restore.
    """
    access.require(actor, "backup:restore")
    rows = Backup.objects.filter(kind__in=WHOLE, state="done").exclude(moment=None)
    known = [backup_facts(row) for row in rows.order_by("-moment")[:RUNS_MOST]]
    return [row for row in _kept(known) if since is None or (row.moment and row.moment >= since)]


def _kept(rows: list[BackupFacts]) -> list[BackupFacts]:
    """Return those of all backups, newest first, that the rules of keeping leave: the last of a day, week, month."""
    settings = config.current()
    if settings.backup_append_only:
        return rows
    rules = (
        (settings.backup_keep_days, "%Y-%m-%d"),
        (settings.backup_keep_weeks, "%G-%V"),
        (settings.backup_keep_months, "%Y-%m"),
    )
    found: set[UUID] = {row.id for row in rows[:1]}
    for most, pattern in rules:
        newest: dict[str, UUID] = {}
        for row in rows:
            newest.setdefault(f"{row.started_at:{pattern}}", row.id)
        found |= set(list(newest.values())[:most])
    return [row for row in rows if row.id in found]


@query
def restorations(actor: Actor, *, limit: int = 20) -> list[OrderFacts]:
    """Return what was brought back, or is being, newest first.

    Raises:
        NotFound: `actor` may not see it.
    """
    access.require(actor, "backup:read")
    rows = Order.objects.filter(what__in=RESTORING).order_by("-asked_at")
    return [order_facts(row) for row in rows[:limit]]


@query
def restorable_clients(actor: Actor, part: str = "") -> list[Company]:
    """Return the clients that have `part` in their name, by name.

    Raises:
        NotFound: `actor` may not restore.
    """
    access.require(actor, "backup:restore")
    known = identity.companies(clients.client_ids()).values()
    found = [company for company in known if part.casefold() in company.name.casefold()]
    return sorted(found, key=lambda company: (company.name.casefold(), company.id))


@query
def drill(actor: Actor, *, drill_id: UUID) -> DrillFacts:
    """Return one drill.

    Raises:
        NotFound: there is none, or `actor` may not see it.
    """
    access.require(actor, "backup:read")
    found = Drill.objects.filter(id=drill_id).first()
    if found is None:
        raise NotFound
    return drill_facts(found)


@query
def days(actor: Actor, *, zone: tzinfo) -> list[DayFacts]:
    """Return the days of the last fifty-two weeks, oldest first, as days of `zone`.

    Raises:
        NotFound: `actor` may not see them.
    """
    access.require(actor, "backup:read")
    today = clock.now().astimezone(zone).date()
    first = today - timedelta(days=YEAR_DAYS - 1)
    rows = Backup.objects.filter(kind__in=WHOLE).exclude(state="running")
    begun = rows.aggregate(first=Min("started_at"))["first"]
    begun_on = begun.astimezone(zone).date() if begun else today
    counted: dict[date, dict[str, int]] = defaultdict(dict)
    recent = rows.filter(started_at__gte=clock.now() - timedelta(days=YEAR_DAYS + 1))
    for row in recent.annotate(day=TruncDate("started_at", tzinfo=zone)).values("day", "state").annotate(n=Count("id")):
        counted[row["day"]][row["state"]] = row["n"]
    every = (first + timedelta(days=number) for number in range(YEAR_DAYS))
    return [_day(day, counted.get(day, {}), is_before=day < begun_on, is_today=day == today) for day in every]


@query
def measured(actor: Actor) -> list[DrillPoint]:
    """Return what the drills of the last fifty-two weeks measured, oldest first.

    Raises:
        NotFound: `actor` may not see it.
    """
    access.require(actor, "backup:read")
    rows = Drill.objects.filter(started_at__gte=clock.now() - timedelta(days=YEAR_DAYS)).exclude(state="running")
    return [
        DrillPoint(row.id, row.started_at, row.state == "passed", row.loss_seconds, row.recovery_seconds)
        for row in rows.order_by("started_at").only("id", "started_at", "state", "loss_seconds", "recovery_seconds")
    ]


def place() -> Place | None:
    """Return where backups are set to lie, without what may be secret in the address; None where there are none."""
    settings = config.current()
    address = settings.repository
    if address is None:
        return None
    if settings.backup_repository is None and shutil.which("restic") is None:
        return _local(settings.backups / "bundles", settings.data)
    kind, _, rest = address.partition(":")
    if address.startswith("/") or kind not in {"sftp", "s3", "rest"}:
        return _local(Path(address), settings.data)
    return Place(kind=kind, address=f"{kind}:{_without_password(rest)}")  # type: ignore[arg-type] # one of these


def _without_password(address: str) -> str:
    before, at, after = address.rpartition("@")
    scheme, slashes, user = before.rpartition("//")
    return f"{scheme}{slashes}{user.partition(':')[0]}{at}{after}"


def _local(path: Path, data: Path) -> Place:
    there = next((one for one in (path, *path.parents) if one.exists()), Path("/"))
    room = shutil.disk_usage(there)
    is_same = data.exists() and there.stat().st_dev == data.stat().st_dev
    return Place("local", str(path), is_same_disk=is_same, free_bytes=room.free, total_bytes=room.total)


def _last(kinds: tuple[str, ...], *, states: tuple[str, ...] = ("done",)) -> BackupFacts | None:
    rows = Backup.objects.filter(kind__in=kinds, state__in=states).exclude(moment=None)
    found = rows.order_by("-moment").first()
    return backup_facts(found) if found else None


def _day(day: date, counts: dict[str, int], *, is_before: bool, is_today: bool) -> DayFacts:
    made, failed = counts.get("done", 0), counts.get("failed", 0)
    state: DayState = "made" if made else "failed" if failed else "before" if is_before or is_today else "none"
    return DayFacts(day, state, made, failed)
