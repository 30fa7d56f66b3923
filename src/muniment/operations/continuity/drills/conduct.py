"""Hold a drill: restore the newest backup into a scratch, sign in, look at everything, measure, report, remove.

It runs in the agent when one is ordered, or as a program of its own for `muniment drill`. What is in the repository
when it begins is all it uses, as if this machine had been lost at that moment.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django
import psycopg
import structlog

from muniment.core import clock, config
from muniment.core.config import Config
from muniment.operations import host, locks, logs, programs
from muniment.operations.continuity import contents
from muniment.operations.continuity.drills import documents, room, scratch, structure
from muniment.operations.continuity.restic import Repository
from muniment.operations.continuity.troubles import Failed
from muniment.operations.errors import DatabaseRefused, StartRefused

PACKAGE = "continuity.drills"
AHEAD = timedelta(minutes=1)  # a commit later than that after the present: somebody moved the clock
ORDER = ("replay", "sign-in", "documents", "rows", "logs", "walls", "structure")
AWAIT_SECONDS = 2.0
SAID = 400  # letters of a reason that the log keeps
SAMPLE_BYTES = 2 * 2**30  # the most that a sample is expected to take
DAYS_OF_WHOLE = 7  # in the first week of a month every document is read

log = structlog.get_logger(__name__)


@dataclass
class Found:
    """What a drill has found so far: checks by name, seconds by step, and what the report says beside them."""

    checks: dict[str, tuple[str, float]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    moment: datetime | None = None
    recovery_seconds: float | None = None

    def add(self, name: str, *, right: bool, amount: float) -> None:
        """Note the outcome of a check."""
        self.checks[name] = ("passed" if right else "failed", amount)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Measure a step."""
        begun = time.monotonic()
        yield
        self.seconds[step] = round(time.monotonic() - begun, 3)


@dataclass(frozen=True)
class Drill:
    """One drill that is under way."""

    present: Config
    repository: Repository
    place: Path
    backup: contents.Found
    whole: bool
    report: Any  # called with a step, how much is done, and of how much

    @property
    def inside(self) -> Config:
        """The settings of programs that work on what was restored."""
        return scratch.inside(self.present)


def run(repository: Repository, _order: object, report: Any) -> None:
    """Hold a drill because it was ordered.

    Raises:
        Failed: it could not begin, or did not pass; a drill that was held says itself what was wrong.
    """
    hold(config.current(), repository, report)


def hold(
    present: Config,
    repository: Repository,
    report: Any = lambda *_: None,
    *,
    whole: bool | None = None,
    failed_at: datetime | None = None,
) -> Any:
    """Hold a drill and return what was written down of it (DrillFacts).

    `whole` reads every document and not a sample; without it, that is done in the first week of a month. `failed_at`
    is the moment (UTC) of the loss that is rehearsed: now, unless it happened before.

    Raises:
        Failed: it could not begin: there is no backup, no room, or another drill is under way.
    """
    from muniment.assurance.continuity import actions
    from muniment.assurance.continuity.types import Check

    actor = _actor(present)
    if failed_at is None:
        _await_log(present, report)
        failed_at = clock.now()
    every = failed_at.day <= DAYS_OF_WHOLE if whole is None else whole
    report("room", 0, 0)
    backup = contents.find(repository)
    with scratch.scratch(present) as place:
        room.require(place, needed_bytes=_needed_bytes(backup, whole=every))
        drill = Drill(present, repository, place, backup, every, report)
        begun = actions.begin_drill(actor, backup_id=UUID(backup.base.said("backup")))
        found = Found(facts={"every_document": every})
        _try(drill, found)
        loss = _measure(present, found, failed_at)
        report("removing", 0, 0)
    checks: list[Any] = [Check(name, *known) for name, known in found.checks.items()]  # type: ignore[arg-type] # words
    return actions.end_drill(
        actor,
        drill_id=begun.id,
        checks=checks,
        moment=found.moment,
        loss_seconds=loss,
        recovery_seconds=found.recovery_seconds,
        facts=found.facts,
    )


def _await_log(present: Config, report: Any) -> None:
    """Wait, at most as long as may be lost, until something of this run of the server is in the repository.

    Else the time in which the portal was stopped, and nobody did anything, would count as work that was lost.
    """
    from django.db import connection

    from muniment.assurance.continuity import queries

    with connection.cursor() as cursor:
        cursor.execute("select pg_postmaster_start_time()")
        (started_at,) = cursor.fetchone()
    deadline = time.monotonic() + present.rpo_minutes * 60
    while time.monotonic() < deadline and _agent_runs(present):
        saved = queries.last_backup("wal")
        if saved is None or (saved.moment is not None and saved.moment > started_at):
            return
        report("waiting", 0, 0)
        time.sleep(AWAIT_SECONDS)


def _agent_runs(present: Config) -> bool:
    try:
        locks.hold(present.backups / "agent.lock").close()
    except locks.LockTaken:
        return True
    return False


def _actor(present: Config) -> Any:
    """Return who holds a drill.

    Raises:
        Failed: there is nothing here that a drill could restore.
    """
    from muniment.assurance.continuity.types import Trouble
    from muniment.trust.clients import queries as clients

    firm_id = clients.find_firm_id()
    if firm_id is None or present.database_url is not None:
        raise Failed("A drill restores the built-in database of a portal that was set up.", Trouble.REFUSED)
    return host.actor(firm_id, "Drill")


def _try(drill: Drill, found: Found) -> None:
    """Restore and look; where that breaks off, what it was about to look at has failed, and the rest was not done."""
    from muniment.assurance.continuity.types import Trouble

    try:
        _hold(drill, found)
    except (Failed, DatabaseRefused, StartRefused, psycopg.Error) as error:
        log.error("a drill broke off", error=type(error).__name__, said=str(error)[-SAID:])  # noqa: TRY400 - no values
        missing = [name for name in ORDER if name not in found.checks]
        found.checks |= {name: ("failed" if name == missing[0] else "skipped", 0) for name in missing}
        found.facts["trouble"] = error.trouble.value if isinstance(error, Failed) else Trouble.BROKEN.value


def _needed_bytes(backup: contents.Found, *, whole: bool) -> int:
    store = backup.store_bytes if whole else min(backup.store_bytes, SAMPLE_BYTES)
    return backup.database_bytes + backup.wal_bytes + store


def _hold(drill: Drill, found: Found) -> None:
    """Restore, sign in, and look."""
    from muniment.operations.continuity.restoring import restore_database

    drill.report("database", 0, 0)
    with found.timed("database"):
        restored = restore_database(drill.repository, drill.backup.base, drill.place, told=drill.report)
    drill.report("replay", 0, 0)
    try:
        with found.timed("replay"):
            last = restored.recover()
        found.moment = last or drill.backup.base.at
        with psycopg.connect(restored.database.dsn("super"), autocommit=True) as server:
            _look(drill, found, server)
    finally:
        restored.database.stop()


def _look(drill: Drill, found: Found, server: "psycopg.Connection[tuple[object, ...]]") -> None:
    (size,) = server.execute("select pg_database_size(current_database())").fetchone() or (0,)
    found.add("replay", right=True, amount=1)
    drill.report("sign-in", 0, 0)
    with found.timed("sign-in"):
        entered = json.loads(programs.run(f"{PACKAGE}.entering", drill.inside))
    found.checks["sign-in"] = (entered["outcome"], 1)
    _fetch_documents(drill, found, server, int(str(size)))
    drill.report("rows", 0, 0)
    with found.timed("looking"):
        for one in json.loads(programs.run(f"{PACKAGE}.inspecting", drill.inside, _list_of(drill), role="job")):
            _note(found, one)
    drill.report("structure", 0, 0)
    with found.timed("structure"):
        looked = structure.look(server)
    found.add("structure", right=not looked.damaged, amount=looked.relations)


def _list_of(drill: Drill) -> str:
    return str(drill.place / "documents.json")


def _fetch_documents(
    drill: Drill, found: Found, server: "psycopg.Connection[tuple[object, ...]]", database_bytes: int
) -> None:
    """Bring documents back, and reckon how long all of them would take: as fast as the database came."""
    drill.report("documents", 0, 0)
    count, total_bytes = documents.total(server)
    chosen = documents.choose(server, whole=drill.whole)
    Path(_list_of(drill)).write_text(json.dumps([[one.client_id, one.id, one.sha256] for one in chosen]))
    with found.timed("documents"):
        if drill.backup.store is not None:
            documents.fetch(drill.repository, drill.backup.store, chosen, drill.place, whole=drill.whole)
    rate = database_bytes / max(found.seconds["database"], 0.001)
    rest_bytes = max(0, total_bytes - sum(one.size_bytes for one in chosen))
    reckoned = 0.0 if drill.whole else rest_bytes / rate
    found.recovery_seconds = round(
        sum(found.seconds[step] for step in ("database", "replay", "sign-in", "documents")) + reckoned, 3
    )
    found.facts["documents"] = {"there": count, "bytes": total_bytes, "reckoned_seconds": round(reckoned, 3)}
    found.facts["database_bytes"] = database_bytes


def _note(found: Found, one: dict[str, Any]) -> None:
    """Take in what was found inside, held against what the running portal knows."""
    from muniment.assurance.continuity import queries

    right = one["outcome"] != "failed"
    if one["name"] == "rows" and found.moment is not None:
        known = queries.newest_census(found.moment - AHEAD)
        right = right and (known is None or (one["at"] is not None and one["at"] >= known.at.isoformat()))
        found.facts["census_at"] = one["at"]
    if one["name"] == "logs":
        right = right and _is_ours(one["register"])
        found.facts["register"] = one["register"]
    outcome = one["outcome"] if right else "failed"
    found.checks[one["name"]] = (outcome, one["amount"])


def _is_ours(register: list[Any] | None) -> bool:
    """Tell whether the running portal's register had this root when it was as long."""
    from muniment.trust.audit import queries as audit
    from muniment_verify.notes import parse_checkpoint, parse_note

    if register is None:
        return True
    size, root = register
    note = audit.register_checkpoint(size)
    return note is not None and parse_checkpoint(parse_note(note).text).root.hex() == root


def _measure(present: Config, found: Found, failed_at: datetime) -> float | None:
    """Hold loss and recovery against what was promised; return the loss in seconds, None where nobody can tell."""
    rpo, rto = present.rpo_minutes * 60.0, present.rto_minutes * 60.0
    loss = None
    if found.moment is not None:
        if found.moment - failed_at > AHEAD:  # the clock was moved: how much was lost, it does not tell
            found.add("loss", right=False, amount=0)
        else:
            loss = max(0.0, round((failed_at - found.moment).total_seconds(), 3))
            found.add("loss", right=loss <= rpo, amount=loss)
    if found.recovery_seconds is not None:
        found.add("recovery", right=found.recovery_seconds <= rto, amount=found.recovery_seconds)
    found.facts |= {"rpo_seconds": rpo, "rto_seconds": rto, "seconds": found.seconds}
    return loss


def main() -> None:
    """Hold a drill with the present settings and print its signed report; the exit code is 1 if it could not begin."""
    django.setup()
    present, given = config.current(), sys.argv[1:]
    moments = [datetime.fromisoformat(one) for one in given if not one.startswith("--")]
    logs.configure("drill", present)
    try:
        host.write_down("drill")
        held = hold(
            present,
            Repository.of(present),
            whole=True if "--every-document" in given else None,
            failed_at=moments[0] if moments else None,
        )
    except Failed as error:
        sys.exit(str(error))
    from muniment.assurance.continuity import queries

    print(queries.drill_note(held), end="")  # noqa: T201 - read by the command, which sees whether it passed


if __name__ == "__main__":
    main()
