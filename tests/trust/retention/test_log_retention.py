"""How long a client's log says who did what: set within the law, kept by the database, and the leaves stay."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import bound
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.custody import actions as custody
from muniment.trust.retention import actions, queries
from muniment.trust.retention.errors import BelowMinimum, PartsOutOfOrder
from muniment.trust.retention.jobs import shorten, shorten_logs
from muniment.trust.retention.types import USUAL, Periods
from tests.cast import Portal
from tests.worker import as_worker


def server() -> "psycopg.Connection[tuple[object, ...]]":
    """Connect past every policy, as only a superuser can."""
    settings = connection.settings_dict
    made = psycopg.connect(f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}", autocommit=True)
    made.execute("set search_path = app, public")
    return made


def grow_older(client_id: UUID, days: int) -> None:
    """Let every entry of a client have happened so many days earlier."""
    with server() as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("update entry set at = at - %s where client_id = %s", [timedelta(days=days), client_id])


def rows(client_id: UUID) -> list[tuple[bytes, bool, bool, bool]]:
    """Return leaf, and whether core, private and person are there, of every entry, oldest first."""
    with server() as superuser:
        return superuser.execute(  # type: ignore[return-value] # as the statement says
            "select leaf, core is not null, private is not null, person_id is not null from entry "
            "where client_id = %s order by id",
            [client_id],
        ).fetchall()


def last_facts(client_id: UUID, event: Event) -> dict[str, object]:
    found = log.entries(Actor.system(client_id), log.LogFilter(events=(event,)), limit=1)
    return found[0].facts if found else {}


@pytest.mark.control("audit-retention")
def test_without_a_word_the_usual_periods_hold(portal: Portal):
    kept = queries.log_retention(portal.actor("ada", portal.okoye))

    assert (kept.periods, kept.rules, kept.minimum) == (USUAL, (), Periods(12, 12))
    assert (USUAL.private_months, USUAL.core_months) == (13, 120)


@pytest.mark.control("audit-retention")
@pytest.mark.parametrize(
    ("rules", "given", "kept"),
    [
        ((), (None, None), (13, 120)),
        (("pci",), (None, None), (13, 120)),
        (("hipaa",), (None, None), (72, 120)),
        (("hipaa", "pci"), (None, 84), (72, 84)),
        (("pci",), (12, 12), (12, 12)),
        ((), (60, 130), (60, 130)),
    ],
)
def test_the_longest_applicable_period_wins(portal: Portal, rules, given, kept):
    ada = portal.actor("ada", portal.okoye)

    made = actions.set_log_retention(ada, rules=rules, private_months=given[0], core_months=given[1])

    assert made.periods == Periods(*kept) == queries.log_retention(ada).periods
    assert last_facts(portal.okoye, Event.LOG_RETENTION_SET)["private_months"] == kept[0]


@pytest.mark.control("audit-retention")
@pytest.mark.parametrize(
    ("rules", "given", "refusal"),
    [
        ((), (11, None), BelowMinimum),
        ((), (None, 11), BelowMinimum),
        (("hipaa",), (71, None), BelowMinimum),
        (("hipaa",), (None, 71), BelowMinimum),
        (("pci",), (6, 120), BelowMinimum),
        ((), (60, 59), PartsOutOfOrder),
        (("sox",), (None, None), Invalid),
        ((), (None, 1201), Invalid),
    ],
)
def test_a_period_below_the_law_is_refused(portal: Portal, rules, given, refusal):
    ada = portal.actor("ada", portal.okoye)

    with pytest.raises(refusal):
        actions.set_log_retention(ada, rules=rules, private_months=given[0], core_months=given[1])

    assert queries.log_retention(ada).periods == USUAL
    assert last_facts(portal.okoye, Event.REFUSED)["rule"] == refusal.code


@pytest.mark.control("audit-retention")
def test_the_minimum_of_the_portal_holds_for_clients_set_before(portal: Portal, monkeypatch):
    from dataclasses import replace

    ada = portal.actor("ada", portal.okoye)
    actions.set_log_retention(ada, rules=(), private_months=12, core_months=12)
    raised = replace(config.current(), log_minimum_months=36)
    monkeypatch.setattr(config, "current", lambda: raised)

    assert queries.log_retention(ada).periods == Periods(36, 36)
    with pytest.raises(BelowMinimum):
        actions.set_log_retention(ada, private_months=35, core_months=40)


@pytest.mark.parametrize("name", ["ben", "cleo", "mallory"])
def test_nobody_else_sets_it(portal: Portal, name: str):
    with pytest.raises(NotFound):
        actions.set_log_retention(portal.actor(name, portal.okoye), rules=("pci",))


@pytest.mark.control("audit-retention", "gdpr-minimisation")
def test_what_is_over_its_period_is_dropped_and_the_leaves_stay(portal: Portal):
    before = rows(portal.okoye)
    grow_older(portal.okoye, 14 * 31)
    other = rows(portal.brandt)

    with as_worker():
        shorten_logs(0)

    after = rows(portal.okoye)
    assert [leaf for leaf, *_parts in after[: len(before)]] == [leaf for leaf, *_parts in before]
    assert {(core, private, who) for _leaf, core, private, who in after[: len(before)]} == {(True, False, False)}
    assert rows(portal.brandt) == other
    assert last_facts(portal.okoye, Event.LOG_SHORTENED) == {
        "private_dropped": len(before),
        "core_dropped": 0,
        "private_months": 13,
        "core_months": 120,
    }
    oldest = log.entries(Actor.system(portal.okoye), limit=100)[-1]
    assert oldest.event == Event.CLIENT_OPENED
    assert (oldest.person_id, oldest.ip, oldest.device) == (None, None, None)


@pytest.mark.control("audit-retention")
def test_what_was_done_is_dropped_after_its_own_period(portal: Portal):
    before = rows(portal.okoye)
    grow_older(portal.okoye, 121 * 31)

    with as_worker():
        shorten(Actor.system(portal.okoye))

    after = rows(portal.okoye)[: len(before)]
    assert {tuple(parts) for _leaf, *parts in after} == {(False, False, False)}
    assert [leaf for leaf, *_parts in after] == [leaf for leaf, *_parts in before]


@pytest.mark.control("audit-retention")
def test_nothing_is_dropped_before_its_time_nor_twice(portal: Portal):
    ada = portal.actor("ada", portal.okoye)
    grow_older(portal.okoye, 12 * 31)
    system = Actor.system(portal.okoye)

    with as_worker():
        assert not queries.is_anything_over(system)
        grow_older(portal.okoye, 60)
        assert queries.is_anything_over(system)
        shorten(system)
        assert not queries.is_anything_over(system)

    kept = queries.log_retention(ada)
    assert kept.private_dropped_before is not None
    assert kept.private_dropped_before < clock.now() - timedelta(days=13 * 30)


@pytest.mark.control("audit-retention")
def test_a_batch_after_the_other_drops_everything(portal: Portal, monkeypatch):
    count = len(rows(portal.okoye))
    grow_older(portal.okoye, 14 * 31)
    monkeypatch.setattr(actions, "BATCH", 2)

    with as_worker():
        shorten(Actor.system(portal.okoye))

    assert not any(private for _leaf, _core, private, _person in rows(portal.okoye)[:count])
    shortened = log.entries(Actor.system(portal.okoye), log.LogFilter(events=(Event.LOG_SHORTENED,)), limit=100)
    assert sum(entry.facts["private_dropped"] for entry in shortened) == count
    assert max(entry.facts["private_dropped"] for entry in shortened) == 2


@pytest.mark.control("audit-retention")
def test_a_rule_of_six_years_keeps_what_the_usual_period_would_drop(portal: Portal):
    actions.set_log_retention(portal.actor("ada", portal.okoye), rules=("hipaa",))
    grow_older(portal.okoye, 71 * 30)

    with as_worker():
        shorten(Actor.system(portal.okoye))

    assert all(private for _leaf, _core, private, _person in rows(portal.okoye))


@pytest.mark.control("audit-retention")
def test_a_hold_keeps_the_whole_log_until_it_is_lifted(portal: Portal):
    ada, system = portal.actor("ada", portal.okoye), Actor.system(portal.okoye)
    hold = custody.place_hold(ada, kind="client", object_id=portal.okoye, reason="A court asked for it")
    grow_older(portal.okoye, 14 * 31)

    with as_worker():
        shorten(system)
        told = actions.drop_parts(system)
    assert (told.private, told.core) == (0, 0)
    assert queries.log_retention(ada).is_held
    assert queries.log_retention(ada).private_dropped_before is None

    custody.lift_hold(ada, hold_id=hold.id)
    with as_worker():
        shorten(system)
    assert not any(private for _leaf, _core, private, _person in rows(portal.okoye)[:3])


@pytest.mark.control("audit-retention", "audit-immutable")
def test_the_database_drops_nothing_younger_whatever_it_is_told(portal: Portal):
    grow_older(portal.okoye, 12 * 31)
    before = rows(portal.okoye)

    with as_worker(), bound(Binding(portal.okoye)), connection.cursor() as cursor:
        cursor.execute("select * from app.drop_entry_parts(0, 0, 1000)")
        assert cursor.fetchone() == (0, 0)

    assert rows(portal.okoye) == before


@pytest.mark.control("audit-immutable")
@pytest.mark.parametrize("role", ["muniment_app", "muniment_job"])
def test_no_role_of_the_portal_drops_a_part_by_itself(portal: Portal, role: str):
    settings = connection.settings_dict
    statements = [
        "update entry set private = null",
        "update entry set core = null, person_id = null",
        "delete from entry",
        "truncate entry",
    ]
    if role == "muniment_app":
        statements.append("select app.drop_entry_parts(13, 120, 10)")

    for statement in statements:
        with (
            psycopg.connect(f"host={settings['HOST']} user={role} dbname={settings['NAME']}") as plain,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            plain.execute("set search_path = app, public")
            plain.execute("select set_config('app.client_id', %s, false)", [str(portal.okoye)])
            plain.execute(statement)


def test_the_periods_of_a_client_never_go_below_a_year_even_for_the_web_role(portal: Portal):
    from muniment.trust.retention.models import LogPeriods

    with pytest.raises(Exception, match="log_periods_in_order"), bound(Binding(portal.okoye)):
        LogPeriods.objects.create(client_id=portal.okoye, private_months=11, core_months=120)


def test_only_the_worker_may_call_what_drops(portal: Portal):
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.proname, p.proowner::regrole::text, has_function_privilege('public', p.oid, 'execute'), "
            "has_function_privilege('muniment_app', p.oid, 'execute'), "
            "has_function_privilege('muniment_job', p.oid, 'execute') from pg_proc p "
            "where p.proname in ('entry_parts_over', 'entry_parts_due', 'drop_entry_parts') order by 1"
        )
        assert cursor.fetchall() == [
            ("drop_entry_parts", "muniment_definer", False, False, True),
            ("entry_parts_due", "muniment_definer", False, False, True),
            ("entry_parts_over", "muniment_definer", False, False, False),
        ]
