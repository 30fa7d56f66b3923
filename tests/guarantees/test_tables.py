"""Every table, whatever it is called: a client's rows are there for that client alone."""

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from muniment.core import ids
from muniment.core.db import catalogue
from muniment.core.db.binding import Binding, Role
from muniment.core.unit import bound
from tests.guarantees.rows import client_tables, fill

pytestmark = pytest.mark.usefixtures("database")
ROLES: dict[str, Role] = {
    "entry": "muniment_auditor"
}  # the log is read in the auditor's role, which the web role takes up


@pytest.mark.control("tenant-isolation")
def test_every_table_hides_the_rows_of_other_clients():
    ours, theirs = ids.new(), ids.new()
    tables = fill((ours, theirs))
    seen = {}

    for table in tables:
        with bound(Binding(ours, None, ROLES.get(table, ""))), connection.cursor() as cursor:
            cursor.execute(f"select count(*) filter (where client_id = %s), count(*) from {table}", [ours])
            seen[table] = cursor.fetchone()

    assert seen == dict.fromkeys(tables, (1, 1))
    assert len(tables) >= 10


@pytest.mark.control("tenant-isolation")
def test_no_table_shows_a_row_to_nobody():
    tables = fill((ids.new(), ids.new()))
    seen = {}

    for table in tables:
        with bound(Binding(None, None, ROLES.get(table, ""))), connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table}")
            (seen[table],) = cursor.fetchone()

    assert seen == dict.fromkeys(tables, 0)


@pytest.mark.control("tenant-isolation")
def test_no_row_of_another_client_can_be_changed():
    ours, theirs = ids.new(), ids.new()
    changed = {}

    for table in fill((ours, theirs)):
        try:
            with bound(Binding(ours)), connection.cursor() as cursor:
                cursor.execute(f"update {table} set client_id = client_id where client_id = %s", [theirs])
                changed[table] = cursor.rowcount
        except ProgrammingError as refused:
            changed[table] = "permission denied" in str(refused)

    assert all(rows in (0, True) for rows in changed.values()), changed


@pytest.mark.control("tenant-isolation")
def test_the_desk_shows_the_clients_of_its_person_and_no_other():
    ours, theirs, person = ids.new(), ids.new(), ids.new()
    tables = [table for table in fill((ours, theirs)) if table != "entry"]
    with psycopg.connect(_super(), autocommit=True) as server:
        server.execute("set session_replication_role = replica")
        server.execute(
            "insert into app.membership (id, client_id, person_id, kind, started_at) "
            "values (%s, %s, %s, 'staff', now())",
            [ids.new(), ours, person],
        )
    seen = {}

    for table in tables:
        with bound(Binding(None, person, "muniment_desk")), connection.cursor() as cursor:
            cursor.execute(f"select count(*) filter (where client_id <> %s), count(*) from {table}", [ours])
            seen[table] = cursor.fetchone()

    assert {table: found for table, found in seen.items() if found != (0, 1)} == {}


@pytest.mark.control("tenant-isolation")
def test_the_catalogue_has_no_gap():
    assert catalogue.problems() == []


@pytest.mark.control("tenant-isolation")
@pytest.mark.parametrize(
    ("gap", "sentence"),
    [
        ("create table app.leak (id uuid primary key, name text)", "leak: neither"),
        ("alter table app.document no force row level security", "document: row security is not forced"),
        ("create policy all_rows on app.document for select to muniment_app using (true)", "policy all_rows"),
        ("create index loose on app.document (name)", "does not lead with client_id"),
        ("create view app.peek as select * from app.document", "peek: a view"),
        ("grant select on app.entry_rest to muniment_app", "entry_rest: a partition"),
        ("create role muniment_stray bypassrls", "role muniment_stray"),
        (
            "create function app.peep() returns int language sql security definer return 1",
            "an open search_path",
        ),
        (
            "create function app.peep() returns int language sql security definer set search_path = app return 1",
            "that everybody may call",
        ),
        (
            "alter table app.version add constraint loose foreign key (document_id) references app.folder (id)",
            "may point at a row of another client",
        ),
    ],
)
def test_each_gap_in_the_walls_is_found(gap, sentence):
    with psycopg.connect(_super(), autocommit=True) as server:
        if "references app.folder (id)" in gap:
            server.execute("alter table app.folder add constraint folder_id_alone unique (id)")
        server.execute(gap)
    try:
        found = catalogue.problems()
    finally:
        with psycopg.connect(_super(), autocommit=True) as server:
            server.execute("drop role if exists muniment_stray")

    assert any(sentence in problem for problem in found), found


@pytest.mark.control("least-privilege", "db-hardening")
@pytest.mark.parametrize("role", ["muniment_app", "muniment_job"])
def test_the_roles_of_the_running_portal_can_change_no_table(role):
    settings = connection.settings_dict
    dsn = f"host={settings['HOST']} user={role} dbname={settings['NAME']}"
    with psycopg.connect(dsn, autocommit=True) as server:
        for statement in (
            "create table app.mine (id int)",
            "create table public.mine (id int)",
            "drop table app.document",
            "alter table app.document disable row level security",
            "set role muniment_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                server.execute(statement)
        found = server.execute(
            "select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user"
        ).fetchone()

    assert found == (False,)


def test_the_list_of_tables_comes_from_the_database():
    with transaction.atomic():
        assert {"document", "folder", "version", "upload", "entry", "access_grant", "membership"} <= set(
            client_tables()
        )


def _super() -> str:
    settings = connection.settings_dict
    return f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"
