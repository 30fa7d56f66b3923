"""The worker: runs the background jobs, in the database's job role, and numbers the entries of the log."""

import asyncio
import threading

import django

from muniment.core import config
from muniment.operations import logs, processes

CONCURRENCY = 4
POLLING_SECONDS = 5.0
STOP_SECONDS = 20.0


async def work() -> None:
    """Run jobs as they come, until SIGINT or SIGTERM; those that run may finish within 20 seconds."""
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    # the connector that Django's integration would make keeps four connections open for nothing
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=CONCURRENCY + 2)
    with app.replace_connector(connector) as worker_app:
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                name="worker",
                concurrency=CONCURRENCY,
                fetch_job_polling_interval=POLLING_SECONDS,
                shutdown_graceful_timeout=STOP_SECONDS,
                delete_jobs="successful",
            )


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
