"""Queries that are put into words once: they answer as their querysets do, for whatever values, below the same wall."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet

from muniment.core import clock, ids
from muniment.core.db.prepared import Prepared, among, run
from muniment.core.unit import acting_as
from muniment.trust.clients.models import Membership
from tests.cast import Portal


def _since(client_id: UUID, kind: str, moment: datetime) -> QuerySet[Membership]:
    return Membership.objects.filter(client_id=client_id, kind=kind, started_at__lte=moment).order_by("id")


def _people(client_id: UUID, person_ids: list[UUID]) -> QuerySet[Membership, UUID]:
    rows = Membership.objects.filter(among("person_id", person_ids), client_id=client_id).order_by("person_id")
    return rows.values_list("person_id", flat=True)


def _forgetful(client_id: UUID, person_id: UUID) -> QuerySet[Membership]:
    return Membership.objects.filter(client_id=client_id)


def test_it_answers_as_its_queryset_does_for_one_value_after_the_other(portal: Portal) -> None:
    asked = Prepared(_since)

    for name in ("cleo", "mallory", "cleo"):
        actor = portal.actor(name)
        for kind in ("contact", "staff", "nobody"):
            values: dict[str, Any] = {"client_id": actor.client, "kind": kind, "moment": clock.now()}
            with acting_as(actor):
                assert asked(**values) == list(_since(**values))


def test_however_many_values_there_are_it_is_one_statement(portal: Portal) -> None:
    asked, cleo = Prepared(_people), portal.actor("cleo")
    everybody = sorted(portal.people.values())

    with acting_as(cleo):
        for wanted in ([], [portal.people["dan"]], [ids.new(), *everybody]):
            assert asked(client_id=cleo.client, person_ids=wanted) == list(_people(cleo.client, wanted))


def test_the_wall_stands_below_it(portal: Portal) -> None:
    asked = Prepared(_since)

    with acting_as(portal.actor("mallory")):
        assert asked(client_id=portal.okoye, kind="contact", moment=clock.now()) == []
    assert asked(client_id=portal.okoye, kind="contact", moment=clock.now()) == [], "nothing is bound here"


def test_one_that_leaves_out_a_value_it_is_given_is_refused(portal: Portal) -> None:
    cleo = portal.actor("cleo")

    with acting_as(cleo), pytest.raises(LookupError, match="_forgetful"):
        Prepared(_forgetful)(client_id=cleo.client, person_id=ids.new())


def test_plans_are_kept_only_where_a_connection_was_seen_to_be_the_databases_own(portal: Portal) -> None:
    connection.close()
    connection.ensure_connection()
    before = connection.connection.prepare_threshold

    with acting_as(portal.actor("cleo")):
        assert connection.connection.prepare_threshold is not None

    assert before is None


@pytest.mark.parametrize(
    "sent", [[ids.new() for _ in range(3)], [], [ids.new(), None], ["a", '{"'], [1, 2**40], [None]]
)
def test_lists_reach_the_database_as_they_are(portal: Portal, sent: list[object]):
    kind = {UUID: "uuid", int: "int8"}.get(type(sent[0]) if sent else UUID, "text")
    with connection.cursor() as cursor:
        cursor.execute(f"select %s::{kind}[]", [sent])
        assert cursor.fetchone() == (sent,)

    assert run(f"select %s::{kind}[]", [sent]) == [(sent,)]
