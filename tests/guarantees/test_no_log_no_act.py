"""While the log takes no entry nothing is done and nothing is shown, by whichever way somebody comes."""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from muniment.core import ids
from muniment.core.errors import PortalError
from muniment.core.unit import ACTIONS
from muniment.operations import host, key_tasks
from muniment.portal.documents import jobs
from muniment.trust.audit.errors import LogUnwritable
from muniment.trust.vault.errors import VaultError
from tests.cast import Portal, signed_in
from tests.guarantees.callers import CALLS, Case
from tests.guarantees.laid import laid
from tests.guarantees.opened import superuser
from tests.guarantees.things import CONTENT
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes

pytestmark = pytest.mark.control("audit-actions")

# Not acts: what sign-in counts, which codes were used, since when a session was idle, and what waits in the queue.
BESIDE = {"session", "cache_entry", "lockout", "mfa_authenticator"}


@contextlib.contextmanager
def unwritable() -> Iterator[None]:
    """Take from the portal the right to write entries, as a broken disk or a wrong migration would."""
    with psycopg.connect(superuser(), autocommit=True) as server:
        found = server.execute(
            "select string_agg(distinct quote_ident(column_name), ', ') from information_schema.column_privileges "
            "where table_schema = 'app' and table_name = 'entry' and grantee = 'muniment_app' "
            "and privilege_type = 'INSERT'"
        ).fetchone()
        assert found is not None
        columns = found[0]
        server.execute("revoke insert on app.entry from muniment_app, muniment_job")
        try:
            yield
        finally:
            server.execute(f"grant insert ({columns}) on app.entry to muniment_app, muniment_job")


def kept() -> dict[str, str]:
    """Return a digest of every table there is but those beside."""
    with psycopg.connect(superuser()) as server:
        tables = server.execute(
            "select tablename from pg_tables where schemaname = 'app' and tablename not like 'entry_%' "
            "and tablename not like 'django_%'"
        ).fetchall()
        digest = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from app.{} t"
        return {
            table: value
            for (table,) in tables
            if table not in BESIDE and not table.startswith("procrastinate_")
            for (value,) in server.execute(sql.SQL(digest).format(sql.Identifier(table))).fetchall()
        }


def test_no_action_is_done_whatever_it_is_called(portal: Portal):
    case, calls, done = Case.of(portal), {}, {}
    for name in sorted(CALLS):
        with contextlib.suppress(PortalError, VaultError, LookupError, ValueError):  # one made the next impossible
            calls[name] = CALLS[name](case)
    before = kept()

    with unwritable():
        for name, call in calls.items():
            try:
                done[name] = ACTIONS[name](call.actor, **call.values)
            except LogUnwritable:
                continue

    assert done == {}
    assert kept() == before
    assert len(calls) > 60


def test_no_page_part_or_file_is_shown(portal: Portal):
    things, cleo = laid(portal), signed_in(portal.people["cleo"])
    space = f"/{ids.public(portal.okoye)}"
    document = f"{space}/documents/{ids.public(things.values['document_id'])}/"
    pages = ["/", "/account/", f"{space}/documents/", f"{space}/people/", f"{space}/log/", document]
    pages += [f"{document}{part}" for part in ("content/", "download/", "share/")]
    pages += [f"{space}/documents/pack/", f"{space}/documents/search/?text=lease"]

    with unwritable():
        answers = {page: cleo.get(page, secure=True) for page in pages}
        part = cleo.get(f"{space}/documents/", secure=True, headers={"hx-request": "true"})

    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(pages, 503)
    assert part.status_code == 503
    told = [*(answer.content.decode() for answer in answers.values()), part.content.decode()]
    assert all("the log cannot be written right now" in text for text in told)
    assert not any("Lease" in text or "Contracts" in text for text in told)


def test_no_upload_begins_and_none_goes_on(portal: Portal):
    things, cleo = laid(portal), signed_in(portal.people["cleo"])
    uploads = f"/{ids.public(portal.okoye)}/uploads/"
    one = f"{uploads}{ids.public(things.values['upload_id'])}/"
    tus: dict[str, Any] = {"secure": True, "headers": {"tus-resumable": "1.0.0", "upload-offset": "0"}}
    before = kept()

    with unwritable():
        sent = cleo.patch(one, CONTENT[:5], content_type="application/offset+octet-stream", **tus)
        asked = cleo.head(one, **tus)
        stopped = cleo.delete(one, **tus)

    assert [answer.status_code for answer in (sent, asked, stopped)] == [503, 503, 503]
    assert sent.json()["code"] == "log-unwritable"
    assert kept() == before


def test_nobody_signs_in_or_out(portal: Portal):
    inside, outside = Visitor().sign_in("dan"), Visitor()
    outside.password("cleo@okoye.example")
    forget_used_codes(portal.people["cleo"])

    with unwritable():
        refused = outside.code(app_code("cleo"))
        left = inside.post("/sign-out/")

    assert (refused.status_code, left.status_code) == (503, 503)
    assert not outside.is_signed_in()
    assert inside.is_signed_in()


def test_a_refusal_is_no_answer_either(portal: Portal):
    mallory = signed_in(portal.people["mallory"])

    with unwritable():
        answer = mallory.get(f"/{ids.public(portal.okoye)}/documents/", secure=True)

    assert answer.status_code == 503


def test_no_job_and_no_command_goes_on(portal: Portal):
    things = laid(portal)
    before = kept()

    with unwritable():
        with pytest.raises(LogUnwritable):
            jobs.check_store(str(portal.okoye))
        with pytest.raises(LogUnwritable):
            key_tasks.run({"task": "rotate", "what": "people", "client": "", "reencrypts": False})
        with pytest.raises(LogUnwritable):
            host.write_down("migrate")

    after = kept()
    assert {table for table in before if after[table] != before[table]} <= {"blob"}  # when a blob was last read back
    assert things.values


def test_afterwards_everything_goes_on(portal: Portal):
    cleo, page = signed_in(portal.people["cleo"]), f"/{ids.public(portal.okoye)}/documents/"
    with unwritable():
        assert cleo.get(page, secure=True).status_code == 503

    assert cleo.get(page, secure=True).status_code == 200
