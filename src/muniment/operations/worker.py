"""The worker: runs the background jobs, in the database's job role."""

import asyncio

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


def main() -> None:
    """Work with the present settings; the supervisor calls this as a program."""
    processes.keep_memory_private()
    logs.configure("worker", config.current())
    django.setup()
    asyncio.run(work())


if __name__ == "__main__":
    main()
