"""The log key: made like the others, turned like the others, and what old versions signed stays checkable."""

import base64
import json

import pytest
from django.db import connection

from muniment.core.errors import NotFound
from muniment.portal.documents import actions as documents
from muniment.trust.audit import queries
from muniment.trust.audit.types import Event
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as keys
from muniment.trust.vault.keys import inventory
from muniment_verify.errors import NotValid
from muniment_verify.logs import check_log
from muniment_verify.notes import parse_note, parse_vkey, verify_note
from muniment_verify.promises import check_promise
from muniment_verify.receipts import check_receipt
from muniment_verify.trust import Trust
from tests.cast import Portal
from tests.trust.audit.numbered import number
from tests.trust.audit.test_numbering import entries_of, superuser
from tests.trust.vault.turned import turn

pytestmark = pytest.mark.control("audit-immutable")


def trust(portal: Portal, which: slice = slice(None)) -> Trust:
    return Trust(
        log_keys=tuple(map(parse_vkey, queries.log_keys(portal.okoye)[which])),
        register_keys=tuple(map(parse_vkey, queries.log_keys()[which])),
    )


def test_after_a_turn_old_receipts_and_whole_logs_are_checked_with_both_keys(portal: Portal):
    number()
    old = queries.receipt(portal.actor("cleo"), entries_of(portal.okoye)[0].id)

    turn("log")
    documents.create_folder(portal.actor("cleo"), name="Papers")
    number()

    assert old is not None
    assert len(queries.log_keys(portal.okoye)) == 2
    check_receipt(json.dumps(old).encode(), trust(portal, slice(1, 2)))  # with the old key
    with pytest.raises(NotValid):
        check_receipt(json.dumps(old).encode(), trust(portal, slice(0, 1)))  # with the new one
    new = queries.receipt(portal.actor("cleo"), entries_of(portal.okoye)[-1].id)
    check_receipt(json.dumps(new).encode(), trust(portal, slice(0, 1)))
    check_log(list(queries.export_lines(portal.actor("cleo"))), trust(portal))


def test_of_an_old_log_key_only_the_public_part_stays(portal: Portal):
    before = vault.log_public_keys()

    turn("log")

    assert vault.log_public_keys()[1:] == before
    with superuser() as server:
        rows = server.execute("select version, wrapped from installation_key where purpose = 'log' order by 1")
        assert [(version, bytes(wrapped) == b"") for version, wrapped in rows] == [(1, True), (2, False)]


def test_an_installation_from_before_gets_its_log_key_at_the_next_start(portal: Portal):
    with superuser() as server:
        server.execute("delete from installation_key where purpose = 'log'")
    connection.close()
    keys.forget_keys()
    assert vault.log_public_keys() == []

    assert vault.make_installation_keys() == 1

    number()
    note = queries.checkpoint(portal.okoye)
    assert note is not None
    verify_note(parse_note(note), [parse_vkey(queries.log_keys(portal.okoye)[0])])


def test_the_inventory_knows_the_log_key(portal: Portal):
    found = {fact.what: fact for fact in inventory.key_facts()}

    assert (found["log"].algorithm, found["log"].version, found["log"].period_days) == ("Ed25519", 1, 1095)


def test_a_promise_is_signed_and_kept_by_a_receipt(portal: Portal):
    documents.create_folder(portal.actor("cleo"), name="Papers")
    entry = entries_of(portal.okoye)[-1]
    assert entry.event == Event.FOLDER_CREATED

    header = queries.promise_header(portal.actor("cleo"), entry.id)

    raw = base64.b64decode(header, validate=True)
    check_promise(raw, trust(portal))
    promised = json.loads(raw)
    assert base64.b64decode(promised["leaf"]) == bytes(entry.leaf)
    assert promised["within_seconds"] == 600
    number()
    assert queries.receipt(portal.actor("cleo"), entry.id) is not None
    note = queries.checkpoint(portal.okoye)
    assert note is not None
    assert note.startswith(promised["origin"] + "\n")


def test_nobody_gets_a_promise_for_an_entry_of_another_client(portal: Portal):
    with pytest.raises(NotFound):
        queries.promise(portal.actor("mallory"), entries_of(portal.okoye)[0].id)
