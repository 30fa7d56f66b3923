"""What is written down of a drill: its report is signed, and what was promised stands beside what was measured."""

from datetime import timedelta

import pytest

from muniment.assurance.continuity import actions, queries, statements
from muniment.assurance.continuity.errors import NotRunning
from muniment.assurance.continuity.models import Drill
from muniment.assurance.continuity.types import Check
from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.audit import queries as log
from muniment_verify.notes import parse_note, parse_vkey, verify_note
from tests.cast import Portal
from tests.worker import as_worker

PASSED = [Check("rows", "passed", 80), Check("documents", "skipped", 0)]


def held(portal: Portal, checks: list[Check], loss: float | None = 30, recovery: float | None = 20.0):
    """Return a drill that ended."""
    firm = Actor.system(portal.firm_id, purpose="Drill")
    drill = actions.begin_drill(firm, backup_id=None)
    return actions.end_drill(
        firm,
        drill_id=drill.id,
        checks=checks,
        moment=clock.now(),
        loss_seconds=loss,
        recovery_seconds=recovery,
        facts={"rpo_seconds": 300.0, "rto_seconds": 3600.0},
    )


@pytest.mark.control("recovery-tested")
def test_the_report_of_a_drill_is_a_signed_note_that_anybody_can_check(portal: Portal):
    with as_worker():
        drill = held(portal, PASSED)

    note = parse_note(queries.drill_note(drill))
    keys = [parse_vkey(key) for key in log.log_keys()]
    assert verify_note(note, keys)
    assert note.text == drill.report
    assert '"loss_seconds": 30' in drill.report
    assert not statements.is_signed(drill.report.replace("passed", "failed"), drill.signature)
    assert drill.state == "passed"


@pytest.mark.parametrize(
    "checks", [[], [Check("rows", "passed"), Check("logs", "failed", 3)]], ids=["nothing looked at", "one failed"]
)
def test_a_drill_passes_only_if_all_it_looked_at_is_right(portal: Portal, checks: list[Check]):
    with as_worker():
        assert held(portal, checks).state == "failed"


@pytest.mark.control("rpo-rto-defined")
def test_what_was_promised_stands_beside_a_year_of_what_was_measured(portal: Portal):
    with as_worker():
        held(portal, PASSED, 30, 20)
        held(portal, PASSED, 40, 25)
        held(portal, [Check("replay", "failed")], None, None)
        older = Drill.objects.order_by("started_at").first()
        assert older is not None
        Drill.objects.filter(id=older.id).update(started_at=clock.now() - timedelta(days=400))

    found = queries.objectives()

    assert (found.rpo_seconds, found.rto_seconds) == (300, 3600)
    assert [(one.loss_seconds, one.recovery_seconds) for one in found.measured] == [(40, 25)]
    assert found.are_met
    assert found.age_seconds is None  # there is no backup


def test_a_drill_that_was_interrupted_has_failed_when_the_next_one_begins(portal: Portal):
    firm = Actor.system(portal.firm_id, purpose="Drill")
    with as_worker():
        first = actions.begin_drill(firm, backup_id=None)
        second = actions.begin_drill(firm, backup_id=None)

        with pytest.raises(NotRunning):
            actions.end_drill(
                firm, drill_id=first.id, checks=[], moment=None, loss_seconds=None, recovery_seconds=None, facts={}
            )

    assert [drill.state for drill in queries.drills(portal.actor("ada"), limit=5)] == ["running", "failed"]
    assert second.state == "running"


def test_who_is_no_administrator_sees_no_drills(portal: Portal):
    for who in ("ben", "cleo"):
        with pytest.raises(NotFound):
            queries.drills(portal.actor(who), limit=5)
