"""What jobs put into the queue stands in their transaction, as what requests put there does."""

import asyncio

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from muniment.operations.worker import connector
from tests.guarantees.opened import superuser

TASK = "identity.send_letter"


def _defer(letter_id):
    app.configure_task(TASK, allow_unknown=True).defer(letter_id=letter_id)


def _waits(letter_id):
    """Return whether somebody else sees a job in the queue."""
    with psycopg.connect(superuser()) as server:
        asked = "select count(*) from app.procrastinate_jobs where task_name = %s and args->>'letter_id' = %s"
        (count,) = server.execute(asked, [TASK, letter_id]).fetchone()  # type: ignore[misc] # a count has a row
    return bool(count)


async def _beside_the_worker(run):
    """Run something in a thread, as jobs are, while the worker is at work."""
    with app.replace_connector(connector()) as worker_app:
        async with worker_app.open_async():
            await asyncio.to_thread(run)


def test_a_job_that_another_one_puts_into_the_queue_waits_for_its_transaction(portal):
    seen: list[bool] = []

    def job():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            _defer("undone")
            raise ZeroDivisionError
        with transaction.atomic():
            _defer("done")
            seen.append(_waits("done"))
        connection.close()

    asyncio.run(_beside_the_worker(job))

    assert seen == [False]
    assert _waits("done")
    assert not _waits("undone")
