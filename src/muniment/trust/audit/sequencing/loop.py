"""The sequencer as it runs in the worker: batch after batch, until it is told to stop."""

import threading
import time

import structlog
from django.db import DatabaseError, connection

from muniment.core.errors import PortalError
from muniment.trust.audit.proving.health import ALARM_SECONDS, log_health
from muniment.trust.audit.sequencing.numbering import Batch, NumberingFailed, number_entries
from muniment.trust.audit.tree.frontier import TileMissing
from muniment.trust.vault.errors import VaultError

IDLE_SECONDS = 1.0
TROUBLE_SECONDS = 5.0
LOOK_SECONDS = 60.0
logger = structlog.get_logger("muniment.sequencer")


def run_sequencer(stop: threading.Event) -> None:
    """Number entries until `stop` is set; whatever goes wrong is said, and tried again.

    It holds a connection of its own. Heads are signed at most once a second, however many entries come.
    """
    looked, pause = time.monotonic(), 0.0
    try:
        while not stop.wait(pause):
            batch = _batch()
            pause = TROUBLE_SECONDS if batch is None else _pause(batch)
            if time.monotonic() - looked >= LOOK_SECONDS:
                looked = time.monotonic()
                _look()
    finally:
        connection.close()


def _pause(batch: Batch) -> float:
    return 0.0 if batch.is_full else IDLE_SECONDS


def _batch() -> Batch | None:
    """Do one batch; nothing when it failed."""
    try:
        return number_entries()
    except (DatabaseError, VaultError, PortalError, TileMissing, NumberingFailed) as error:
        logger.error("entries wait for their numbers", kind=type(error).__name__)  # noqa: TRY400 - the kind says it
    except Exception:  # the log must go on after an error that nobody thought of
        logger.exception("entries wait for their numbers")
    connection.close()  # it may be a dead one; the next batch connects anew
    return None


def _look() -> None:
    """Write the lag down every minute, as an alarm when entries wait too long."""
    try:
        health = log_health()
    except DatabaseError as error:
        logger.error("the log cannot be looked at", kind=type(error).__name__)  # noqa: TRY400 - as above
        connection.close()
        return
    say = logger.error if health.lag_seconds > ALARM_SECONDS else logger.info
    say("lag of the log", pending=health.pending, seconds=round(health.lag_seconds, 1), entries=health.entries)
