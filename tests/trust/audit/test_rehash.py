"""The weekly re-hash finds whatever was changed in the tables, and says where."""

import pytest
from django.db import connection

from muniment.core.actor import Actor
from muniment.portal.documents import actions as documents
from muniment.trust.audit import actions, queries
from muniment.trust.audit.models import Rehash
from muniment.trust.audit.rehashing import logs, register, running
from muniment.trust.audit.types import Event
from muniment.trust.vault import queries as vault
from tests.cast import Portal
from tests.trust.audit.numbered import number
from tests.trust.audit.test_numbering import superuser
from tests.worker import as_worker

pytestmark = pytest.mark.control("audit-immutable")


def rehash() -> Rehash:
    with as_worker():
        return running.rehash_all()


@pytest.fixture
def signed(portal: Portal) -> Portal:
    """Give a portal with a few heads."""
    number()
    for name in ("Papers", "Letters", "Bills"):
        documents.create_folder(portal.actor("cleo"), name=name)
        number()
    return portal


def test_what_nobody_touched_is_as_it_was_signed(signed: Portal, monkeypatch):
    monkeypatch.setattr(logs, "BATCH", 3)

    done = rehash()

    health = queries.log_health()
    assert done.found == []
    assert (done.logs, done.entries, done.heads) == (3, health.entries, health.heads)
    assert health.rehashed_at == done.finished_at


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("update entry set core = set_byte(core, 40, get_byte(core, 40) # 1) where {ours} and position = 2", "body"),
        ("update entry set private = (select private from entry where {ours} and position = 1) where {ours} "
         "and position = 2", "body"),
        ("update entry set leaf = sha256('x'), core_commitment = null, private_commitment = null where {ours} "
         "and position = 2", "leaf"),
        ("delete from entry where {ours} and position = 2", "position"),
        ("update entry set position = position + 1 where {ours} and position >= 2", "position"),
        ("update entry set position = 3 - position where {ours} and position in (1, 2)", "root"),
        ("update entry set position = (select size from client_tree where {ours}) + 5 where {ours} and position = "
         "(select max(position) from entry where {ours})", "position"),
        ("update client_tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where {ours}", "tile"),
        ("update client_head set root = sha256('x') where {ours}", "root"),
        ("update client_head set note = replace(note, 'muniment/', 'muniment/a') where {ours}", "note"),
        ("delete from client_head where {ours} and size = (select size from client_tree where {ours})", "size"),
        ("update client_head set register_index = register_index + 1 where {ours} and register_index = "
         "(select max(register_index) from client_head where {ours})", "register"),
        ("update client_tree set size = size - 1 where {ours}", "size"),
        ("update register_tile set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)", "root"),
        ("update register_head set note = replace(note, 'register/', 'register/a')", "note"),
        ("update register_tree set size = size - 1", "size"),
    ],
)  # fmt: skip
def test_each_change_is_found(signed: Portal, change, what):
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        server.execute("alter table entry drop constraint if exists entry_leaf_commits")
        server.execute(change.replace("{ours}", f"client_id = '{signed.okoye}'"))

    done = rehash()

    assert what in {one["what"] for one in done.found}, done.found
    assert queries.alarms(queries.log_health()) != []


def test_dropped_parts_and_destroyed_keys_are_no_findings(signed: Portal):
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        server.execute("update entry set private = null, person_id = null where client_id = %s", [signed.okoye])
        server.execute("delete from client_key where client_id = %s", [signed.brandt])
    connection.close()
    vault.forget_keys()

    assert rehash().found == []


def test_the_job_leaves_an_entry_and_its_result_stays(signed: Portal):
    with as_worker():
        actions.rehash_logs(Actor.system(signed.firm_id, purpose="re-hash of the logs"))

    newest = queries.entries(signed.actor("ada"), limit=1)[0]
    assert (newest.event, newest.facts["logs"], newest.facts["found"]) == (Event.LOG_REHASHED, 3, 0)
    with as_worker(), pytest.raises(Exception, match="permission denied"):
        Rehash.objects.update(found=[])


def test_entries_that_come_while_it_runs_are_no_findings(signed: Portal, monkeypatch):
    real = register.rehash_register

    def late():
        documents.create_folder(signed.actor("cleo"), name="Late")
        from muniment.trust.audit.sequencing.numbering import number_entries

        number_entries()
        return real()

    monkeypatch.setattr(running, "rehash_register", late)

    assert rehash().found == []
