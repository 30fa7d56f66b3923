"""Background work of the ground."""

from typing import Final

import structlog
from django.core.cache import caches
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from muniment.core.db.cache import SharedCache

SILENT_SECONDS: Final = 60.0
"""For how long a worker says nothing until it counts as dead; a living one speaks every ten seconds."""

MOST_BEGINNINGS: Final = 100
"""How often a job may be begun, usual retries counted, before one that a worker died of is given up."""

log = structlog.get_logger(__name__)


@app.periodic(cron="*/10 * * * *")
@app.task(name="core.sweep_cache")
def sweep_cache(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Delete counters and short-lived values that are over, every ten minutes."""
    cache = caches["default"]
    if isinstance(cache, SharedCache):  # a shared cache elsewhere sweeps by itself
        cache.sweep()


@app.periodic(cron="* * * * *")
@app.task(name="core.take_up_again", pass_context=True)
async def take_up_again(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - as above
    """Give what a killed worker had begun to another one, every minute; until then it holds its lock.

    Every job can be done twice: it ends with the commit that says so.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        await _take_up(manager, job)


async def _take_up(manager: JobManager, job: Job) -> None:
    if job.attempts >= MOST_BEGINNINGS:
        log.error("jobs.given_up", task=job.task_name, attempts=job.attempts)
        await manager.finish_job(job, Status.FAILED, delete_job=False)
        return
    try:
        await manager.retry_job(job)
    except UniqueViolation:  # another one of the kind waits already, and does the same
        await manager.finish_job(job, Status.ABORTED, delete_job=True)
