"""Somebody smuggles SQL into a statement of the portal: still, no other client's row is there for them.

The view below is open on purpose: what it is given becomes the statement, in the web's own role and in the transaction
of a client's contact. Row policies, and what they take for the bound client, are all that is left.
"""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from muniment.core import config
from muniment.core.actor import Actor
from muniment.core.config.database import binding_key
from muniment.core.db import catalogue
from muniment.core.db.binding import Binding, proof
from muniment.core.unit import acting_as, bound
from muniment.portal.documents import actions as documents
from tests.cast import Portal

pytestmark = pytest.mark.control("tenant-isolation", "no-sqli", "db-hardening")


def open_view(request: HttpRequest) -> HttpResponse:
    """Answer as nobody should: run what is sent, as it is sent, and show everything that comes back."""
    with acting_as(request.actor), connection.cursor() as cursor:  # type: ignore[attr-defined] # set by the tests
        cursor.execute(request.POST["sql"])
        told: list[Any] = []
        while True:
            told += cursor.fetchall() if cursor.description else []
            if not cursor.nextset():
                return HttpResponse("\n".join(str(row) for row in told))


def smuggled(actor: Actor, sql: str) -> str:
    """Return what somebody learns by sending `sql`: the answer, or what the database said instead."""
    request: Any = RequestFactory().post("/", {"sql": sql})
    request.actor = actor
    try:
        return open_view(request).content.decode()
    except (DatabaseError, psycopg.Error) as refused:
        connection.close()
        return str(refused)


@pytest.fixture
def laid(portal: Portal) -> Portal:
    """Give both clients a folder and a membership to find."""
    for who in ("cleo", "mallory"):
        documents.create_folder(portal.actor(who), name="Year end")
    return portal


def claims(client: UUID, person: UUID) -> list[str]:
    """Return ways to claim a binding by settings alone, each a statement that ends open for another one."""
    body = f"{client.hex}{person.hex}"
    return [
        "",
        f"set app.client_id = '{client}'; set app.person_id = '{person}'; ",
        f"select set_config('app.client_id', '{client}', false); ",
        f"set app.binding = '{body}'; ",
        f"set app.binding = '{body}{'0' * 64}'; ",
        f"select set_config('app.binding', '{body}' || substr(current_setting('app.binding'), 65), true); ",
        f"select set_config('app.binding', '{body}' || encode(sha256('{body}'), 'hex'), true); ",
        "set app.binding = ''; ",
        "set app.binding = 'it''s not hexadecimal'; ",
        "reset app.binding; ",
        "reset all; ",
        "commit; begin; ",
        f"commit; set app.binding = '{body}{'f' * 64}'; begin; ",
        f"rollback; begin; set local app.binding = '{body}{'f' * 64}'; ",
        f"select app.bind('{client}', '{person}', '', '\\x{'00' * 32}'); ",
        f"select app.bind('{client}', null, '', null); ",
        f"select app.bind('{client}', '{person}', '', sha256('{body}')); ",
        f"do $$ begin perform app.bind('{client}', null, '', '\\x00'); exception when others then null; end $$; ",
        "select * from binding_key; ",
        "update membership set client_id = client_id; ",
        f"update membership set client_id = '{client}'; ",
        f"insert into membership (id, client_id, person_id, kind, started_at) "
        f"values (gen_random_uuid(), '{client}', '{person}', 'contact', now()); ",
        "create or replace function app.cid() returns uuid language sql return gen_random_uuid(); ",
        f"create function pg_temp.cid() returns uuid language sql return '{client}'::uuid; ",
        "create temp table binding_key as select true; ",
        "alter table document disable row level security; ",
        "grant muniment_definer to muniment_app; ",
        "savepoint s; set local role none; ",
    ]


ROLES = ["", "set role none; ", "set local role muniment_desk; ", "set role muniment_auditor; ", "reset role; "]
FORBIDDEN = [
    f"set role {role}; " for role in ("muniment_sequencer", "muniment_definer", "muniment_owner", "muniment_job")
]


TABLES = ("folder", "membership", "access_grant", "entry", "company", "client_key", "indexed_thing")


def test_no_payload_shows_a_row_of_another_client(laid: Portal):
    cleo, theirs = laid.actor("cleo"), laid.brandt
    leaks = []

    for claim in claims(theirs, laid.people["mallory"]):
        for role in (*ROLES, *FORBIDDEN):
            for table in TABLES:
                look = f"select 'seen ' || count(*) from {table} where client_id = '{theirs}' having count(*) > 0"
                if "seen " in smuggled(cleo, claim + role + look).partition("LINE ")[0]:
                    leaks.append((claim, role, table))

    assert leaks == []


def test_the_view_is_as_open_as_it_looks(laid: Portal):
    look = f"select 'seen ' || count(*) from folder where client_id = '{laid.okoye}' having count(*) > 0"

    assert smuggled(laid.actor("cleo"), f"select 1; {look}").endswith("('seen 1',)")  # all run; own rows are there


def test_what_a_payload_leaves_behind_binds_nobody_else(laid: Portal):
    cleo, mallory = laid.actor("cleo"), laid.actor("mallory")
    seen = set()

    for claim in claims(laid.okoye, laid.people["cleo"]):
        for role in ROLES:
            smuggled(cleo, claim + role + "select 1")
            smuggled(cleo, claim + role + "commit; begin; select 1")
            seen.add(smuggled(mallory, "select app.cid()::text, app.pid()::text, current_user::text"))

    assert seen == {f"('{laid.brandt}', '{mallory.person_id}', 'muniment_app')"}


def test_row_security_switched_off_is_a_refusal_and_no_sight(laid: Portal):
    told = smuggled(laid.actor("cleo"), "set local row_security = off; select client_id::text from folder")

    assert "would be affected by row-level security" in told


def test_nothing_can_be_made_that_later_requests_would_meet(laid: Portal):
    for made in ("temp table folder (id uuid)", "temp view folder as select 1", "table public.folder (id uuid)"):
        assert "permission denied" in smuggled(laid.actor("cleo"), f"create {made}")


def test_a_role_that_a_smuggled_statement_takes_up_sees_nothing(laid: Portal):
    ben = laid.actor("ben", laid.okoye)

    for role, table in (("muniment_desk", "membership"), ("muniment_auditor", "entry")):
        assert smuggled(ben, f"set local role {role}; select count(*) from {table}") == "(0,)"


def test_a_seal_is_worth_nothing_in_another_transaction(laid: Portal):
    seal = "select current_setting('app.binding')"
    with bound(Binding(laid.brandt)), connection.cursor() as cursor:
        cursor.execute(seal)
        (theirs,) = cursor.fetchone()
        with _another_session() as beside, beside.transaction():  # at the same time
            beside.execute("select set_config('app.binding', %s, true)", [theirs])
            assert beside.execute("select app.cid()").fetchone() == (None,)

    with bound(Binding()), connection.cursor() as cursor:  # afterwards, on the same connection
        cursor.execute("select set_config('app.binding', %s, true), app.cid()", [theirs])
        cursor.execute("select app.cid(), current_setting('app.binding')")
        assert cursor.fetchone() == (None, theirs)


def test_a_seal_does_not_pass_to_another_client_person_or_role(laid: Portal):
    with bound(Binding(laid.brandt, laid.people["mallory"])), connection.cursor() as cursor:
        cursor.execute("select current_setting('app.binding')")
        (true,) = cursor.fetchone()
        for false in (
            laid.okoye.hex + true[32:],
            true[:32] + laid.people["cleo"].hex + true[64:],
            true[:-1] + ("1" if true[-1] == "0" else "0"),
            true + "0",
            true[:-1],
        ):
            cursor.execute("select set_config('app.binding', %s, true)", [false])
            cursor.execute("select app.cid(), app.pid()")
            assert cursor.fetchone() == (None, None)
        cursor.execute("select set_config('app.binding', %s, true)", [true])
        cursor.execute("select app.cid()")
        assert cursor.fetchone() == (laid.brandt,)  # it was the values that made it false


def test_a_proof_is_worth_nothing_on_another_connection(laid: Portal):
    with _another_session() as own, _another_session() as stolen:
        proved = proof(_key(), own.info.backend_pid, Binding(laid.brandt))
        ask = "select app.bind(%s, null, '', %s)"
        with own.transaction():
            own.execute(ask, [laid.brandt, proved])
            assert own.execute("select app.cid()").fetchone() == (laid.brandt,)
            assert own.execute(ask, [laid.okoye, proved]).fetchone() == (own.info.backend_pid,)  # refused
            assert own.execute("select app.cid()").fetchone() == (None,)  # and bound to nothing any more
        with stolen.transaction():
            assert stolen.execute(ask, [laid.brandt, proved]).fetchone() == (stolen.info.backend_pid,)
            assert stolen.execute("select app.cid()").fetchone() == (None,)


def test_a_process_with_another_key_is_refused(laid: Portal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("muniment.core.db.binding._key", lambda _: bytes(32))

    with pytest.raises(DatabaseError, match="another key than this process"), bound(Binding(laid.brandt)):
        pytest.fail("it was bound")


def test_statements_that_others_may_read_hold_no_proof(laid: Portal):
    watched = []
    with bound(Binding(laid.brandt, laid.people["mallory"])), _another_session() as beside:
        watched += beside.execute("select query from pg_stat_activity where query like '%app.bind%'").fetchall()
        with bound(Binding(laid.okoye)):
            watched += beside.execute("select query from pg_stat_activity where query like '%app.bind%'").fetchall()

    texts = {text for (text,) in watched if "pg_stat_activity" not in text}
    assert texts == {"select app.bind($1, $2, $3, $4), set_config('role', $5, true)"}


@pytest.mark.parametrize(("person", "client"), [("cleo", "brandt"), ("mallory", "okoye"), ("mallory", "firm_id")])
def test_even_a_proved_binding_shows_nothing_to_who_does_not_belong(laid: Portal, person: str, client: str):
    with bound(Binding(getattr(laid, client), laid.people[person])), connection.cursor() as cursor:
        cursor.execute("select app.cid(), app.pid()")
        assert cursor.fetchone() == (None, None)


def test_who_left_is_bound_to_nothing_from_the_next_transaction_on(laid: Portal):
    from muniment.trust.identity import actions as identity

    ada, dan = laid.actor("ada", laid.okoye), laid.people["dan"]
    with bound(Binding(laid.okoye, dan)), connection.cursor() as cursor:
        cursor.execute("select app.cid()")
        assert cursor.fetchone() == (laid.okoye,)

    identity.end_membership(ada, person_id=dan)

    with bound(Binding(laid.okoye, dan)), connection.cursor() as cursor:
        cursor.execute("select app.cid()")
        assert cursor.fetchone() == (None,)


GAPS = {
    "grant select on app.binding_key to muniment_app": "may read the keys of bindings",
    "grant temporary on database {name} to public": "may make tables of its own",
    "grant execute on function app.bind to public": "that everybody may call",
    "create or replace function app.cid() returns uuid language sql return gen_random_uuid()": "asks no seal",
    "alter function app.bound owner to muniment_owner": "does not belong to muniment_definer",
}


@pytest.mark.parametrize(("gap", "sentence"), GAPS.items())
def test_each_gap_in_this_wall_is_found(laid: Portal, gap: str, sentence: str):
    name = connection.settings_dict["NAME"]
    with _another_session("muniment_super") as server:
        server.execute(gap.format(name=name))

    found = catalogue.problems()

    assert any(sentence in problem for problem in found), found


def _another_session(user: str = "muniment_app") -> "psycopg.Connection[Any]":
    settings = connection.settings_dict
    options = "-c search_path=app,public"
    return psycopg.connect(host=settings["HOST"], user=user, dbname=settings["NAME"], options=options, autocommit=True)


def _key() -> bytes:
    return binding_key(config.current().server_key)
