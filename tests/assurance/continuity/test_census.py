"""Rows of all tables are counted across clients, and signed, without a look at any row."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from muniment.assurance.continuity import actions, queries
from muniment.assurance.continuity.models import Census
from muniment.assurance.continuity.queries.counting import COUNTER
from muniment.core import clock, ids
from muniment.core.unit import bound
from muniment.portal.documents import actions as documents
from muniment.trust.audit.sequencing.numbering import number_entries
from tests.cast import Portal
from tests.guarantees.opened import superuser
from tests.guarantees.rows import client_tables
from tests.worker import as_worker

pytestmark = pytest.mark.control("recovery-tested")


def test_the_rows_of_every_clients_table_are_counted(portal: Portal):
    for who in ("cleo", "mallory"):
        documents.create_folder(portal.actor(who), name="Year end")
    tables = client_tables()
    with as_worker():
        found = queries.row_counts()
    with psycopg.connect(superuser()) as server:
        really = {name: server.execute(f"select count(*) from app.{name}").fetchone() for name in tables}

    assert found["folder"] == 2
    assert {name: (found[name],) for name in tables if name in found} == {
        name: count for name, count in really.items() if name in found
    }
    assert set(tables) - set(found) == set()
    assert found["installation_key"] >= 3


def test_a_census_is_signed_with_the_register_and_a_changed_one_is_noticed(portal: Portal):
    with as_worker():
        number_entries()
        taken = actions.take_census()

    assert taken.is_signed
    assert taken.register_size > 0
    assert queries.newest_census() == taken
    with psycopg.connect(superuser()) as server:
        server.execute("update app.census set counts = jsonb_set(counts, '{entry}', '1')")
    changed = queries.newest_census()
    assert changed is not None
    assert not changed.is_signed


def test_censuses_are_forgotten_after_ninety_days(portal: Portal):
    with as_worker():
        Census.objects.create(id=ids.new(), at=clock.now() - timedelta(days=91))
        actions.take_census()

    assert Census.objects.count() == 1


def test_who_counts_sees_nothing_but_whose_a_row_is(portal: Portal):
    documents.create_folder(portal.actor("cleo"), name="Year end")

    with as_worker(), bound(COUNTER), connection.cursor() as cursor:
        cursor.execute("select count(*), count(distinct client_id) from folder")
        assert cursor.fetchone() == (1, 1)
        for look in ("select name from folder", "select * from folder", "update folder set client_id = client_id"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(look)


def test_the_web_may_not_count_across_clients(portal: Portal):
    with pytest.raises(ProgrammingError, match="permission denied"):
        queries.row_counts()
