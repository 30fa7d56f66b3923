"""What is personal, content or secret is ciphertext wherever PostgreSQL keeps it: a dump, the log of changes."""

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.data_map import Class, reading
from muniment.core.db.binding import Binding
from muniment.core.unit import acting_as, bound
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients.types import ClientRow
from muniment.trust.vault import actions as vault
from muniment.trust.vault.fields import PeopleEmail, PeopleText, SealedField, SealedText
from tests.guarantees.opened import log_of_changes, pg_dump, sealed_fields, superuser
from tests.guarantees.rows import FITTING, made_up
from tests.guarantees.test_canaries import Search, drawn

pytestmark = pytest.mark.control("rest-personal", "rest-documents")


def test_every_personal_field_is_sealed_or_says_how_it_is_protected():
    bare = [line for line in reading.lines() if line.kind is Class.PERSONAL and line.protection.startswith("none")]

    assert bare == []
    assert len([line for line in reading.lines() if line.kind is Class.PERSONAL]) >= 10


@pytest.mark.usefixtures("database")
def test_no_marked_value_of_a_sealed_field_is_in_a_dump_or_in_the_log_of_changes():
    mark = drawn()
    search = Search(mark)

    client_id = _client()
    for model in {model for model, _ in sealed_fields()}:
        _write(model, mark, client_id)
    _write_entry(client_id, mark)

    dump = pg_dump()
    written = {(model._meta.db_table, field.name) for model, field in sealed_fields()}
    assert written == _sealed_on_the_map() - _sealed_by_hand()
    assert search.hits(dump) == []
    assert {str(path): hits for path in log_of_changes() if (hits := search.hits_in(path))} == {}
    assert all(f"INSERT INTO app.{table} ".encode() in dump for table, _ in written)


@pytest.mark.usefixtures("database")
def test_the_search_would_find_a_value_in_the_clear():
    mark = drawn()
    search = Search(mark)
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute(
            "insert into app.role (id, name, side, title, description, is_built_in, administers, made_at) "
            "values (%s, %s, 'firm', '', '', false, false, now())",
            [ids.new(), f"{mark} name"],
        )
        server.execute(
            "insert into app.lockout (id, key_hash, failures, first_at) values (%s, %s, 1, now())",
            [ids.new(), f"{mark} as bytes".encode()],
        )

    assert {"text", "hex"} <= set(search.hits(pg_dump()))
    assert any("text" in search.hits_in(path) for path in log_of_changes())


def _sealed_on_the_map():
    return {(line.table, line.field) for line in reading.lines() if line.protection.startswith("sealed,")}


def _sealed_by_hand():
    """Return what is sealed before it is saved: the log's entries, which are written here too, and keys."""
    return {
        (model._meta.db_table, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and not isinstance(field, SealedField)
    }


def _write(model, mark, client_id):
    """Write a row whose sealed fields all begin with the mark, past everything but the seal itself."""
    row = model()
    for one in model._meta.concrete_fields:
        setattr(row, one.attname, _marked(model, one, mark, client_id))
    values = {
        one.column: one.get_db_prep_save(one.pre_save(row, add=True), connection) for one in model._meta.concrete_fields
    }
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("set session_replication_role = replica")  # no foreign keys, no triggers
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(["%s"] * len(values))
        server.execute(
            f"insert into app.{model._meta.db_table} ({names}) values ({marks})",
            list(values.values()),
        )


def _marked(model, field, mark, client_id):
    if isinstance(field, PeopleEmail):
        return f"{mark}{ids.new().hex}@x.example"
    if isinstance(field, SealedField):
        return f"{mark} {field.name}" if isinstance(field, SealedText | PeopleText) else {"words": [mark]}
    if field.name == "client" and issubclass(model, ClientRow):
        return client_id
    if field.has_default() or (field.null and field.column != "person_id"):
        return field.get_default()
    return FITTING.get((model._meta.db_table, field.column)) or made_up(field.db_type(connection).partition("(")[0])


def _client():
    """Make a client with a key and nothing else."""
    client_id = ids.new()
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("insert into app.client (id, kind, created_at) values (%s, 'client', now())", [client_id])
    with bound(Binding(client_id)):
        vault.make_client_key(client_id)
    return client_id


def _write_entry(client_id, mark):
    person_id = ids.new()
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("set session_replication_role = replica")  # somebody who belongs there, and no row of theirs
        server.execute(
            "insert into app.membership (id, client_id, person_id, kind, started_at) "
            "values (%s, %s, %s, 'contact', now())",
            [ids.new(), client_id, person_id],
        )
    actor = Actor(kind="contact", client_id=client_id, person_id=person_id, ip=mark, device=mark, purpose=mark)
    with acting_as(actor):
        audit.record(actor, Event.LOG_READ, what=mark)
