"""A drill that failed, or that nobody held, is red; one that passed says what it measured."""

import shutil
from datetime import timedelta

import psycopg
import pytest

from muniment.assurance.continuity import actions, drill_health
from muniment.assurance.continuity.types import Check
from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.metrics import METRICS
from tests.cast import Portal
from tests.guarantees.opened import superuser
from tests.worker import as_worker

pytestmark = [
    pytest.mark.control("rpo-rto-defined", "continuous-monitoring"),
    pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed"),
]


def backed_up(*, days_ago: int) -> None:
    """Write a base backup down."""
    at = clock.now() - timedelta(days=days_ago)
    with psycopg.connect(superuser()) as server:
        server.execute(
            "insert into app.backup (id, kind, state, started_at, ended_at, moment, bytes_read, bytes_added, "
            "snapshot_id, version, migrations, trouble) values (%s, 'base', 'done', %s, %s, %s, 1, 1, '', '', '', '')",
            [ids.new(), at, at, at],
        )


def held(portal: Portal, outcome: str, recovery: float = 20.0) -> None:
    """Hold a drill with that outcome."""
    firm = Actor.system(portal.firm_id, purpose="Drill")
    with as_worker():
        drill = actions.begin_drill(firm, backup_id=None)
        actions.end_drill(
            firm,
            drill_id=drill.id,
            checks=[Check("rows", outcome, 1)],  # type: ignore[arg-type] # one of three words
            moment=clock.now(),
            loss_seconds=30.0,
            recovery_seconds=recovery,
            facts={},
        )


def states() -> list[str]:
    return [line.state for line in drill_health.drills()]


def test_without_a_backup_nothing_is_said(portal: Portal):
    assert states() == []


def test_a_new_portal_waits_for_its_first_drill_and_an_old_one_without_any_is_red(portal: Portal):
    backed_up(days_ago=1)
    assert states() == ["good"]

    backed_up(days_ago=20)
    assert states() == ["bad"]


def test_a_drill_that_failed_is_red_until_one_passes(portal: Portal):
    backed_up(days_ago=20)

    held(portal, "failed")
    assert states() == ["bad"]

    held(portal, "passed")
    assert states() == ["good"]
    assert "lost 30 seconds" in next(iter(drill_health.drills())).sentence


def test_what_was_measured_can_be_read_by_programs(portal: Portal):
    held(portal, "passed", recovery=25.0)

    drills = {name: metric for name, metric in METRICS.items() if name.startswith("muniment_drill_")}
    found = {name: metric.look() for name, metric in drills.items() if metric.look is not None}

    assert found["muniment_drill_loss_seconds"] == 30
    assert found["muniment_drill_recovery_seconds"] == 25
    assert found["muniment_drill_rto_seconds"] == 3600
    assert 0 <= float(str(found["muniment_drill_age_seconds"])) < 600
