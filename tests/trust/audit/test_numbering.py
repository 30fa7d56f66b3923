"""The sequencer: every entry gets its place once, in one transaction, whatever happens meanwhile."""

import json

import psycopg
import pytest
from django.db import connection

from muniment.core import ids
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound
from muniment.portal.documents import actions as documents
from muniment.trust.audit import queries
from muniment.trust.audit.canonical import commitment, leaf_hash
from muniment.trust.audit.models import ClientHead, Entry
from muniment.trust.audit.sequencing import numbering
from muniment_verify.encoding import from_base64
from muniment_verify.entries import head_leaf
from muniment_verify.merkle import verify_consistency, verify_inclusion
from muniment_verify.notes import parse_checkpoint, parse_note, parse_vkey, verify_note
from muniment_verify.proofs import parse_proof
from tests.cast import Portal
from tests.trust.audit.numbered import number, number_once
from tests.worker import as_worker

pytestmark = pytest.mark.control("audit-immutable")


def entries_of(client_id) -> list[Entry]:
    with bound(Binding(client_id, None, "muniment_auditor")):
        return list(Entry.objects.filter(client_id=client_id).order_by("id"))


def superuser() -> "psycopg.Connection":
    settings = connection.settings_dict
    server = psycopg.connect(f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}", autocommit=True)
    server.execute("set search_path = app, public")
    return server


def act(portal: Portal, name: str = "Papers") -> None:
    documents.create_folder(portal.actor("cleo"), name=name)


def test_every_entry_gets_its_place_and_a_receipt_that_proves_it(portal: Portal):
    batch = number()

    assert (batch.clients, batch.is_full) == (3, False)
    rows = entries_of(portal.okoye)
    assert [row.position for row in rows] == list(range(len(rows)))
    for row in rows:
        check(portal, row)


def check(portal: Portal, row: Entry) -> None:
    """Check the receipt of an entry from its text to the register, with the public keys alone."""
    receipt = queries.receipt(portal.actor("cleo"), row.id)
    assert receipt is not None
    assert json.loads(receipt["entry"]["core"]["text"])["id"] in {str(row.id), ids.public(row.id)}
    parts = [
        commitment(from_base64(part["salt"], "salt"), part["text"].encode())
        for part in (receipt["entry"]["core"], receipt["entry"]["private"])
    ]
    proof, register = parse_proof(receipt["proof"]), parse_proof(receipt["register"])
    head, top = parse_checkpoint(parse_note(proof.note).text), parse_checkpoint(parse_note(register.note).text)
    verify_note(parse_note(proof.note), [parse_vkey(queries.log_keys(portal.okoye)[0])])
    verify_note(parse_note(register.note), [parse_vkey(queries.log_keys()[0])])
    assert verify_inclusion(leaf_hash(*parts), proof.index, head.size, proof.hashes, head.root)
    leaf = head_leaf(head.origin, head.size, head.root)
    assert verify_inclusion(leaf, register.index, top.size, register.hashes, top.root)
    assert proof.index == row.position


def test_an_entry_that_waits_has_no_receipt_yet_and_an_unknown_one_none_ever(portal: Portal):
    number()
    act(portal)
    row = entries_of(portal.okoye)[-1]

    assert row.position is None
    assert queries.receipt(portal.actor("cleo"), row.id) is None
    with pytest.raises(NotFound):
        queries.receipt(portal.actor("mallory"), row.id)
    with pytest.raises(NotFound):
        queries.receipt(portal.actor("cleo"), ids.new())


def test_later_batches_go_on_where_the_last_one_ended(portal: Portal):
    number()
    first = queries.heads(portal.okoye)[-1]
    for nth in range(3):
        act(portal, f"Folder {nth}")
        number()

    heads = queries.heads(portal.okoye)

    assert [head.size for head in heads[-3:]] == [first.size + 1, first.size + 2, first.size + 3]
    proof = queries.consistency(portal.okoye, first.size, heads[-1].size)
    assert verify_consistency(first.size, heads[-1].size, first.root, heads[-1].root, proof)
    register = queries.register_heads()
    assert [head.size for head in register] == [3, 4, 5, 6]
    assert verify_consistency(3, 6, register[0].root, register[-1].root, queries.register_consistency(3, 6))
    assert number() == numbering.Batch()


def test_the_logs_of_two_clients_have_unlike_random_names(portal: Portal):
    number()

    names = {queries.origin_of(client_id) for client_id in (portal.firm_id, portal.okoye, portal.brandt)}

    assert len(names) == 3
    assert all(name.startswith("muniment/") and len(name) == 35 for name in names)
    assert queries.register_origin().startswith("muniment-register/")


def test_a_transaction_still_open_holds_back_what_could_come_after_it(portal: Portal):
    number()
    with superuser() as other, other.transaction():
        other.execute("select pg_current_xact_id()")
        act(portal)

        assert number_once().entries == 0

    assert number().entries == 1


def test_what_was_restored_from_another_server_is_not_held_back_for_ever(portal: Portal):
    number()
    act(portal)
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        server.execute("update entry set xid = '999999999999' where position is null")

    assert number().entries == 1


def test_a_death_before_the_commit_leaves_nothing_half_done(portal: Portal, monkeypatch):
    class Died(BaseException):
        pass

    def dying(heads, first, signer):
        raise Died

    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(numbering, "_save_heads", dying)
        number()

    assert all(row.position is None for row in entries_of(portal.okoye))
    assert queries.heads(portal.okoye) == []
    assert queries.register_heads() == []
    number()
    for row in entries_of(portal.okoye):
        check(portal, row)


def test_a_second_worker_finds_the_lock_taken_and_does_nothing(portal: Portal):
    with superuser() as other, other.transaction():
        other.execute("select pg_advisory_xact_lock(hashtext('muniment/sequencer'))")

        assert number_once() == numbering.Batch()

    assert number().entries > 0


def test_a_flood_in_one_log_leaves_room_for_the_others(portal: Portal, monkeypatch):
    monkeypatch.setattr(numbering, "ENTRIES", 6)

    first = number_once()

    assert (first.entries, first.clients, first.is_full) == (6, 3, True)
    number()
    rows = entries_of(portal.okoye)
    assert [row.position for row in rows] == list(range(len(rows)))
    for row in rows:
        check(portal, row)


def test_entries_from_before_commitments_were_kept_are_numbered_and_proved(portal: Portal):
    with superuser() as server:
        server.execute("set session_replication_role = replica")
        server.execute("update entry set core_commitment = null, private_commitment = null")

    number()

    for row in entries_of(portal.okoye):
        check(portal, row)


def test_the_web_can_neither_number_nor_sign_nor_take_up_the_sequencers_role(portal: Portal):
    number()
    for statement in (
        "update entry set position = 7",
        "update client_tree set size = 7",
        "insert into client_head (client_id, size, root, note, register_index) values (app.cid(), 9, '', '', 9)",
        "update client_tile set hashes = hashes",
        "update register_tile set hashes = hashes",
        "insert into register_head (size, root, note) values (9, '', '')",
        "insert into client_tree (client_id, origin) values (app.cid(), 'chosen')",
        "delete from client_tree",
        "set local role muniment_sequencer",
    ):
        with pytest.raises(Exception, match="permission denied"), bound(Binding(portal.okoye)):
            connection.cursor().execute(statement)


def test_even_the_sequencer_can_neither_renumber_nor_rewrite_a_tree(portal: Portal):
    number()
    with as_worker():
        for statement, said in (
            ("update entry set position = position + 1 where position >= 0", None),
            ("update client_tree set size = size - 1", "only grows"),
            ("update client_tile set hashes = decode(repeat('00', 32), 'hex')", "only grows"),
            ("update register_tree set size = 0", "only grows"),
            ("update client_head set note = ''", "permission denied"),
            ("select event from entry", "permission denied"),
            ("select core from entry", "permission denied"),
            ("select person_id from entry", "permission denied"),
            ("delete from entry", "permission denied"),
        ):
            cursor = connection.cursor()
            if said is None:
                with bound(Binding(None, None, "muniment_sequencer")):
                    cursor.execute(statement)
                    assert cursor.rowcount == 0
                continue
            with pytest.raises(Exception, match=said), bound(Binding(None, None, "muniment_sequencer")):
                cursor.execute(statement)


def test_the_counts_over_all_logs_are_for_the_portals_own_roles_alone(portal: Portal):
    with bound(Binding(portal.okoye)):
        connection.cursor().execute("select * from app.log_facts()")
    for role in ("muniment_auditor", "muniment_desk"):
        with pytest.raises(Exception, match="permission denied"), bound(Binding(portal.okoye)):
            connection.cursor().execute(f"set local role {role}; select * from app.log_facts()")


def test_a_leaf_that_is_not_what_its_commitments_say_is_refused_by_the_database(portal: Portal):
    sql = (
        "insert into entry (client_id, id, event, allowed, leaf, core_commitment, private_commitment) "
        "values (app.cid(), %s, 'x', true, %s, %s, %s)"
    )
    ours, theirs = b"\1" * 32, b"\2" * 32

    with bound(Binding(portal.okoye)):
        connection.cursor().execute(sql, [ids.new(), leaf_hash(ours, theirs), ours, theirs])
    with pytest.raises(Exception, match="entry_leaf_commits"), bound(Binding(portal.okoye)):
        connection.cursor().execute(sql, [ids.new(), leaf_hash(theirs, ours), ours, theirs])
    with pytest.raises(Exception, match="row-level security"), bound(Binding(portal.okoye)):
        connection.cursor().execute(sql, [ids.new(), leaf_hash(ours, theirs), None, None])


def test_heads_say_where_they_stand_in_the_register(portal: Portal):
    number()
    with bound(Binding(portal.okoye)):
        places = set(ClientHead.objects.filter(client_id=portal.okoye).values_list("register_index", flat=True))

    assert places <= {0, 1, 2}
