"""The worker: runs the background jobs, in the database's job role, and numbers the entries of the log."""

import asyncio
import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING

import django
import structlog

from muniment.core import config
from muniment.operations import logs, processes

CONCURRENCY = 4
POLLING_SECONDS = 5.0
STOP_SECONDS = 20.0
AWAY_SECONDS = 1.0

if TYPE_CHECKING:
    from procrastinate import App, PsycopgConnector

log = structlog.get_logger(__name__)


def connector() -> "PsycopgConnector":
    """Return how the worker fetches jobs: over connections of its own, at most six.

    What a job itself puts into the queue goes over the job's connection, into its transaction, as it does in the web's:
    otherwise a mail would be fetched before it is there, and what was undone would be done all the same.
    """
    from procrastinate import PsycopgConnector
    from procrastinate.connector import BaseConnector
    from procrastinate.contrib.django.django_connector import DjangoConnector
    from procrastinate.contrib.django.utils import connector_params

    class _Connector(PsycopgConnector):
        def get_sync_connector(self) -> BaseConnector:
            return DjangoConnector()

    # the one that Django's integration would make keeps four connections open for nothing
    return _Connector(kwargs=connector_params(), min_size=1, max_size=CONCURRENCY + 2)


async def work() -> None:
    """Run jobs as they come, until SIGINT or SIGTERM; those that run may finish within 20 seconds.

    Whoever runs the worker need not know that the database was away for a while: it goes on when it is back.

    Raises:
        ConnectorException: the database was not there from the start.
    """
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    told = asyncio.Event()
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, told.set)
    began = time.monotonic()
    with app.replace_connector(connector()) as worker_app:
        async with worker_app.open_async():
            while not told.is_set():
                try:
                    await _run(worker_app, told)
                except ConnectorException:
                    if time.monotonic() - began < AWAY_SECONDS:
                        raise
                if not told.is_set():
                    log.warning("the database is away, and work goes on when it is back")
                    await asyncio.sleep(AWAY_SECONDS)


async def _run(worker_app: "App", told: asyncio.Event) -> None:
    """Run jobs until told to stop, or until the library gives up because the database is away."""
    running = asyncio.create_task(
        worker_app.run_worker_async(
            name="worker",
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=POLLING_SECONDS,
            shutdown_graceful_timeout=STOP_SECONDS,
            delete_jobs="successful",
            install_signal_handlers=False,
        )
    )
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if told.is_set():
        running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def work_and_number() -> None:
    """Work, and number the log's entries beside it in a thread of its own: no job can keep it waiting."""
    from muniment.trust.audit import actions as audit

    stop = threading.Event()
    sequencer = threading.Thread(target=audit.run_sequencer, args=(stop,), name="sequencer")
    sequencer.start()
    try:
        await work()
    finally:
        stop.set()
        sequencer.join(STOP_SECONDS)


def main() -> None:
    """Work with the present settings; the supervisor calls this as a program."""
    processes.keep_memory_private()
    logs.configure("worker", config.current())
    django.setup()
    asyncio.run(work_and_number())


if __name__ == "__main__":
    main()
