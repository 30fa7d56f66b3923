"""A backup that is missing alarms before more is lost than may be, and stops when it is there again."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from muniment.assurance.continuity import actions, health, queries
from muniment.assurance.continuity.models import Backup, Order
from muniment.core import clock, config
from muniment.core.actor import Actor
from tests.cast import Portal
from tests.worker import as_worker

pytestmark = [
    pytest.mark.control("backup-encrypted"),
    pytest.mark.skipif(shutil.which("restic") is None, reason="restic is not installed"),
]


@pytest.fixture
def agent(portal: Portal) -> Iterator[Portal]:
    with as_worker():
        yield portal


def states() -> dict[str, str]:
    return {line.name: line.state for line in health.backups()}


def lay(kind: str, minutes: float, **more: object) -> Backup:
    at = clock.now() - timedelta(minutes=minutes)
    state = "running" if kind == "wal" else "done"
    return Backup.objects.create(kind=kind, **{"state": state, "started_at": at, "moment": at, **more})


def test_a_log_that_is_not_saved_alarms_within_what_may_be_lost(agent: Portal):
    rpo = config.current().rpo_minutes
    lay("base", 10)
    log = lay("wal", 1)
    assert states()[health.LOG] == "good"

    Backup.objects.filter(id=log.id).update(moment=clock.now() - timedelta(minutes=rpo * 0.6))
    late = states()
    Backup.objects.filter(id=log.id).update(moment=clock.now())

    assert late[health.LOG] == "bad"
    assert states()[health.LOG] == "good"


@pytest.mark.parametrize(("age_seconds", "state"), [(40, "good"), (50, "bad")])
def test_where_a_minute_may_be_lost_an_agent_that_works_is_no_alarm(
    agent: Portal, monkeypatch, age_seconds: int, state: str
):
    present = replace(config.current(), rpo_minutes=1)
    monkeypatch.setattr(config, "current", lambda: present)
    lay("base", 10)
    lay("wal", age_seconds / 60)

    assert states()[health.LOG] == state


def test_a_whole_backup_that_is_two_hours_late_alarms(agent: Portal):
    backup = lay("base", 60)
    assert states()[health.BACKUP] == "good"

    Backup.objects.filter(id=backup.id).update(started_at=clock.now() - timedelta(hours=26, minutes=1))

    assert states()[health.BACKUP] == "bad"


def test_a_first_backup_that_does_not_come_alarms_and_says_why(agent: Portal):
    assert states()[health.BACKUP] == "notice"
    asked = Order.objects.create(what="backup")
    assert states()[health.BACKUP] == "notice"

    Order.objects.filter(id=asked.id).update(asked_at=clock.now() - timedelta(minutes=3))
    silent = states()[health.BACKUP]
    lay("base", 0, state="failed", moment=None, trouble="full")
    sentence = next(line.sentence for line in health.backups() if line.name == health.BACKUP)

    assert silent == "bad"
    assert "no room" in sentence


def test_a_check_that_found_damage_alarms_until_one_finds_none(agent: Portal):
    check = Order.objects.create(what="check", state="failed", ended_at=clock.now(), trouble="damaged")
    damaged = states()["Repository check"]
    Order.objects.filter(id=check.id).update(state="done", trouble="")

    assert damaged == "bad"
    assert states()["Repository check"] == "good"


def test_backups_on_the_same_machine_are_a_notice(agent: Portal):
    assert states()["Same machine"] == "notice"


def test_an_order_that_has_ended_says_how_much_of_it_was_done(agent: Portal):
    asked = actions.order(
        Actor.system(agent.firm_id, purpose="Tests"), what="restore_client", target_client=agent.okoye
    )
    actions.take_order()
    actions.report_progress(asked.id, step="documents", done=2, total=3)

    actions.end_order(asked.id)

    ended = queries.last_order("restore_client")
    assert ended is not None
    assert (ended.state, ended.done, ended.total) == ("done", 2, 3)
