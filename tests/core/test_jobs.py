"""The ground's background work, and that the web's role can hand work over and nothing more."""

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
