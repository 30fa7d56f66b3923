"""The walls between clients, asked of the database itself."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.vault import actions as vault

pytestmark = pytest.mark.usefixtures("database")


def _client():
    client_id = clients.open_client()
    with bound(Binding(client_id)):
        vault.make_client_key(client_id)
    return client_id


@pytest.mark.control("tenant-isolation")
def test_an_unbound_transaction_sees_no_row():
    client_id = _client()
    with bound(Binding(client_id)):
        audit.record(Actor.system(client_id), Event.CLIENT_OPENED)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select count(*) from client_key")
        (seen,) = cursor.fetchone()

    assert seen == 0


@pytest.mark.control("tenant-isolation")
def test_a_row_cannot_be_written_for_another_client():
    ours, theirs = _client(), _client()

    with pytest.raises(ProgrammingError, match="row-level security"), bound(Binding(ours)):
        vault.make_client_key(theirs)


def test_a_nested_binding_gives_the_outer_one_back():
    ours, theirs = _client(), _client()

    with bound(Binding(ours)):
        with bound(Binding(theirs)):
            pass
        with connection.cursor() as cursor:
            cursor.execute("select app.cid()")
            (now,) = cursor.fetchone()

    assert now == ours


def test_an_entry_is_read_back_as_it_was_written():
    client_id = _client()
    actor = Actor(kind="contact", client_id=client_id, ip="192.0.2.7", device="Firefox", purpose="year end")

    with bound(Binding(client_id)):
        audit.record(actor, Event.DOCUMENT_VIEWED, pages=3)
    (entry,) = log.entries(actor)

    assert (entry.event, entry.purpose, entry.facts, entry.ip) == (
        "document.viewed",
        "year end",
        {"pages": 3},
        "192.0.2.7",
    )


@pytest.mark.control("db-hardening")
@pytest.mark.parametrize(
    "sql", ["update entry set allowed = false", "delete from entry", "truncate entry", "select * from entry"]
)
def test_the_web_role_can_only_add_to_the_log(sql):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
