"""The ground's background work, and that the web's role can hand work over and nothing more."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from procrastinate.contrib.django import app

from muniment.core import jobs
from muniment.core.clock import now
from muniment.operations import worker
from tests.worker import as_worker


def _as(role):
    run = Path(os.environ["MUNIMENT_DATA"]) / "run"
    name = connection.settings_dict["NAME"]
    return psycopg.connect(
        f"host={run} user=muniment_{role} dbname={name} options='-c search_path=app,public'", autocommit=True
    )


def _count(role, sql):
    with _as(role) as server:
        row = server.execute(sql).fetchone()
        assert row is not None
        return row[0]


def test_values_that_are_over_are_deleted(database):
    cache.set("over", 1, timeout=-1)
    cache.set("running", 1, timeout=60)

    jobs.sweep_cache(0)

    assert _count("job", "select count(*) from cache_entry") == 1
    assert cache.get("running") == 1


def test_the_worker_makes_room_for_the_months_to_come(database):
    assert _count("job", "select app.make_entry_months(12)") >= 0
    ahead = (now() + timedelta(days=300)).strftime("%Y")
    assert _count("job", f"select count(*) from pg_class where relname like 'entry%{ahead}%'") > 0


@pytest.mark.control("least-privilege", "db-hardening")
def test_the_web_hands_work_over_with_its_act_and_cannot_look_at_it(database):
    with transaction.atomic():
        app.configure_task("core.sweep_cache").defer(timestamp=1)
    with pytest.raises(RuntimeError, match="undone"), transaction.atomic():
        app.configure_task("core.sweep_cache").defer(timestamp=2)
        raise RuntimeError("undone")

    assert _count("job", "select array_agg(args->>'timestamp') from procrastinate_jobs") == ["1"]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _count("app", "select count(*) from procrastinate_jobs")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _count("app", "select app.make_entry_months(12)")


def _die_with_a_job():
    """Begin the next job as a worker that is killed then, and was last heard of two minutes ago."""
    with _as("job") as server:
        row = server.execute("select worker_id from procrastinate_register_worker_v1()").fetchone()
        assert row is not None
        server.execute("select procrastinate_fetch_job_v2(null, %s)", row)
        server.execute("update procrastinate_workers set last_heartbeat = now() - interval '2 minutes'")


def _take_up_again():
    async def run():
        with app.replace_connector(worker.connector()) as working:
            async with working.open_async():
                await working.configure_task("core.take_up_again").defer_async(timestamp=1)
                await working.run_worker_async(wait=False, install_signal_handlers=False, queues=["default"])

    with as_worker():
        asyncio.run(run())


def _states():
    ours = "from procrastinate_jobs where task_name = 'core.sweep_cache' and args->>'timestamp' in ('1', '2')"
    return _count("job", f"select array_agg((args->>'timestamp') || ' ' || status::text order by id) {ours}")


def test_what_a_killed_worker_had_begun_is_done_by_another(database):
    app.configure_task("core.sweep_cache", lock="one by one").defer(timestamp=1)
    app.configure_task("core.sweep_cache", lock="one by one").defer(timestamp=2)
    _die_with_a_job()
    assert _states() == ["1 doing", "2 todo"]

    _take_up_again()
    _take_up_again()  # the first time found them, the second has done what was given back

    assert _states() == ["1 succeeded", "2 succeeded"]


def test_of_what_waits_once_more_one_is_enough(database):
    app.configure_task("core.sweep_cache", queueing_lock="one").defer(timestamp=1)
    _die_with_a_job()
    app.configure_task("core.sweep_cache", queueing_lock="one", schedule_in={"hours": 1}).defer(timestamp=2)

    _take_up_again()

    assert _states() == ["2 todo"]


def test_a_job_that_kills_every_worker_is_given_up(database):
    app.configure_task("core.sweep_cache").defer(timestamp=1)
    _die_with_a_job()
    with _as("job") as server:
        server.execute("update procrastinate_jobs set attempts = %s", [jobs.MOST_BEGINNINGS])

    _take_up_again()

    assert _states() == ["1 failed"]
