"""What the agent does once the firm is there: a thread that pushes the log, and turns of everything else."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, close_old_connections, connection

from muniment.assurance.continuity import actions, queries
from muniment.assurance.continuity.errors import AskedAlready
from muniment.assurance.continuity.types import Kind, OrderFacts, Trouble, What
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.config import Config
from muniment.core.errors import PortalError
from muniment.operations.continuity import base, schedule, stretch, wal
from muniment.operations.continuity.bundling import Bundler
from muniment.operations.continuity.drills import scratch
from muniment.operations.continuity.making import PURPOSE, Maker, Report
from muniment.operations.continuity.orders import runner
from muniment.operations.continuity.restic import Repository
from muniment.operations.continuity.troubles import Failed
from muniment.trust.clients import queries as clients

log = structlog.get_logger(__name__)


class Worker:
    """What the agent does once the firm is there: a thread that pushes the log, and turns of the rest."""

    def __init__(self, present: Config, maker: Maker | Bundler, stop: threading.Event) -> None:
        self._present = present
        self._maker = maker
        self._stop = stop
        self._is_unsure = False  # whether something may have ended without its row: the database was away, perhaps
        self._pusher = threading.Thread(target=self._push, name="pusher")
        if isinstance(maker, Maker):
            self._pusher.start()

    def turn(self) -> None:
        """Ask for what is due, and carry out one order."""
        if self._is_unsure:
            _end_interrupted(self._maker.actor)  # nothing is under way between two turns
        self._is_unsure = True
        self._ask()
        order = actions.take_order()
        self._is_unsure = order is not None and not self._carry_out(order)

    def end(self) -> None:
        """Wait for the thread; `stop` is set."""
        if self._pusher.is_alive():
            self._pusher.join(60.0)

    def _ask(self) -> None:

        for what in self._due():
            with suppress(AskedAlready):
                actions.order(self._maker.actor, what=what)

    def _due(self) -> list[What]:

        now = clock.now()
        kind: Kind = "base" if isinstance(self._maker, Maker) else "bundle"
        last = queries.last_tried(kind)
        if kind == "base" and self._present.database_url is None:
            found = stretch.load(self._present)
            begun_at = found.begun_at if found else None
        else:
            done = queries.last_backup(kind)
            begun_at = done.started_at if done else None
        failed_at = last.ended_at if last is not None and last.state == "failed" else None
        if last is not None and last.trouble == Trouble.INTERRUPTED:
            failed_at = last.started_at  # it ended in the row only when this agent began
        grown = wal.size_bytes(stretch.folder(self._present))
        due: list[What] = []
        if schedule.base_due(self._present, now=now, begun_at=begun_at, tried_at=failed_at, log_bytes=grown):
            due.append("backup")
        checked = queries.last_order("check")
        if schedule.check_due(now=now, checked_at=checked.asked_at if checked else None, first_at=begun_at):
            due.append("check")
        if self._drill_due(now):
            due.append("drill")
        return due

    def _drill_due(self, now: datetime) -> bool:
        if not isinstance(self._maker, Maker) or self._present.database_url is not None:
            return False
        held, tried = queries.last_drill(), queries.last_order("drill")
        return schedule.drill_due(
            now=now,
            held_at=held.started_at if held else None,
            tried_at=tried.asked_at if tried else None,
            first_at=queries.first_backup_at(),
        )

    def _carry_out(self, order: OrderFacts) -> bool:
        """Do what is ordered, write down what came of it, and return whether it went well."""

        def report(step: str, done: int, total: int) -> None:
            actions.report_progress(order.id, step=step, done=done, total=total)

        trouble: Trouble | None = None
        try:
            self._do(order, report)
        except Failed as failed:
            trouble = failed.trouble
            log.warning("order failed", what=order.what, trouble=trouble.value, error=type(failed).__name__)
        except PortalError as refusal:
            trouble = Trouble.REFUSED
            log.warning("order refused", what=order.what, rule=refusal.code)
        except DatabaseError:
            connection.close()
            trouble = Trouble.NO_DATABASE
        except Exception:
            log.exception("order broke", what=order.what)
            trouble = Trouble.BROKEN
        actions.end_order(order.id, trouble=trouble)
        return trouble is None

    def _do(self, order: OrderFacts, report: Report) -> None:

        if order.what == "backup":
            self._maker.make(report)
        elif order.what == "check":
            report("check", 0, 0)
            asked = order.asked_by is not None  # somebody wants to know: then all of it is read
            part = None if asked else schedule.part_of_day(clock.now())
            if isinstance(self._maker, Maker):
                self._maker.repository.check(part=part, everything=asked)
            else:
                self._maker.check()
        elif isinstance(self._maker, Maker):
            runner(order.what)(self._maker.repository, order, report)
        else:
            raise Failed("Without restic this is done by hand, from a bundle.", Trouble.REFUSED)

    def _push(self) -> None:
        """Push the log until told to stop; what fails is tried again, and what is missing begins anew."""
        if not isinstance(self._maker, Maker):
            return
        while not self._stop.wait(wal.push_seconds(self._present)):
            try:
                close_old_connections()
                self._maker.relieve()
                self._end_segment()
                self._maker.push()
            except Failed as failed:
                log.warning("log not saved", trouble=failed.trouble.value)
                self._note(failed.trouble)
            except DatabaseError as error:
                log.warning("log not saved", error=type(error).__name__)
                connection.close()
            except Exception:
                log.exception("log not saved")
        connection.close()

    def _end_segment(self) -> None:
        """Let the server end a segment that is overdue: for minutes after a start it does not look at the time itself.

        Its checkpointer, which does, went to sleep while the server was recovering. Where nothing was written, nothing
        happens.
        """
        if stretch.load(self._present) is None:
            return
        newest = wal.newest(stretch.folder(self._present))
        overdue = timedelta(seconds=1.5 * wal.segment_seconds(self._present))
        if newest is None or clock.now() - newest > overdue:
            base.end_segment(self._present)

    def _note(self, trouble: Trouble) -> None:

        with suppress(DatabaseError):
            found = queries.running_backup("wal")
            if found is not None:
                actions.note_trouble(found.id, trouble)


def begin(present: Config, stop: threading.Event) -> Worker | None:
    """Return somebody to work, once the firm is there to work for; None before, and where backups are off."""
    firm_id = clients.find_firm_id()
    if firm_id is None or present.repository is None:
        return None
    with suppress(Failed):  # somebody holds one just now, with the command
        scratch.clean(present)
    _end_interrupted(Actor.system(firm_id, purpose=PURPOSE))
    return Worker(present, maker(present, firm_id, stop.is_set), stop)


def _end_interrupted(actor: Actor) -> None:
    actions.fail_interrupted(actor)
    actions.end_abandoned()


def maker(present: Config, firm_id: UUID, stopping: Callable[[], bool]) -> Maker | Bundler:
    """Return who makes backups here: into a repository where restic is installed, as bundles where it is not.

    Raises:
        Failed: backups are switched off.
    """
    if not wal.can_archive():
        return Bundler(present, firm_id, stopping)
    return Maker(present, Repository.of(present), firm_id, stopping)
