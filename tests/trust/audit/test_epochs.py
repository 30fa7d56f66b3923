"""After a restore every log goes on under a new name, and says itself what it was before."""

import json
from uuid import UUID

import psycopg
import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import actions as documents
from muniment.trust.audit import actions, queries
from muniment.trust.audit.rehashing import running
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment_verify.exports import lines_of  # noqa: F401 - the format that the export is in
from muniment_verify.notes import Checkpoint, parse_checkpoint, parse_note
from tests.cast import Portal
from tests.trust.audit.numbered import number
from tests.trust.audit.test_numbering import superuser
from tests.verify.paper_log import PaperLog
from tests.worker import as_worker

pytestmark = pytest.mark.control("audit-immutable")


@pytest.fixture
def before(portal: Portal) -> Portal:
    """Give a portal whose logs have heads, and one entry that still waits for its number."""
    number()
    documents.create_folder(portal.actor("cleo"), name="Waiting")
    return portal


def begin(portal: Portal, known: actions.Known | None = None) -> list[UUID]:
    """Begin an epoch as a restore does."""
    with as_worker("muniment_owner"):
        actions.begin_epochs()
    with as_worker():
        firsts = [
            actions.enter_epoch(
                Actor.system(one, purpose="restored"), moment=clock.now(), known=known or actions.Known()
            )
            for one in clients.all_ids()
        ]
        actions.number_first(firsts)
    return firsts


def head_of(note: str | None) -> Checkpoint:
    assert note is not None
    return parse_checkpoint(parse_note(note).text)


def test_the_first_entry_of_the_new_log_names_the_former_one_and_comes_before_what_waited(before: Portal):
    origin, register = queries.origin_of(before.okoye), queries.register_origin()
    old = head_of(queries.checkpoint(before.okoye))

    begin(before)
    number()

    told = {one.event: one for one in queries.entries(before.actor("cleo"))}[Event.PORTAL_RESTORED]
    assert (told.facts["former_origin"], told.facts["former_size"]) == (origin, old.size)
    assert told.facts["former_register_origin"] == register
    assert told.facts["register"] == queries.register_origin() != register
    assert queries.origin_of(before.okoye) != origin
    first = queries.heads(before.okoye, since=old.size)[0]
    assert (first.size, head_of(first.note).origin) == (old.size + 1, queries.origin_of(before.okoye))
    assert queries.log_health().pending == 0


def test_a_head_that_somebody_had_seen_says_how_many_entries_were_lost(before: Portal):
    number()
    with as_worker():
        notes = json.loads(queries.newest_heads())
    known = actions.known_heads([*notes, "no note at all"]).heads
    assert len(known) == 4  # three logs and the register

    larger = {origin: type(head)(origin, head.size + 7, head.root) for origin, head in known.items()}
    begin(before, actions.Known(larger))

    told = {one.event: one for one in queries.entries(before.actor("cleo"))}[Event.PORTAL_RESTORED].facts
    assert told["known_size"] == told["former_size"] + 7
    assert told["known_register_size"] == told["former_register_size"] + 7
    assert "unproved_heads" not in told


def test_a_head_that_the_backup_knows_no_key_of_is_counted_and_said(before: Portal):
    number()
    origin = queries.origin_of(before.okoye)
    with as_worker():
        notes = {head_of(one).origin: one for one in json.loads(queries.newest_heads())}
    other = PaperLog(origin=origin)  # another key under the same name, as one that came after the backup
    other.add(1.0)
    register = PaperLog(origin=queries.register_origin())
    register.add(1.0)

    known = actions.known_heads([*notes.values(), other.checkpoint(1), register.checkpoint(1), "no note at all"])
    begin(before, known)

    assert known.unproved == {origin: 1, queries.former_registers()[-1].origin: 1, "": 1}
    told = {one.event: one for one in queries.entries(before.actor("cleo"))}[Event.PORTAL_RESTORED].facts
    assert (told["unproved_heads"], told["unproved_register_heads"]) == (1, 1)
    assert "known_size" not in told
    firm = {one.event: one for one in queries.entries(before.actor("ada"))}[Event.PORTAL_RESTORED].facts
    assert "unproved_heads" not in firm


def test_a_rehash_knows_the_names_of_all_epochs_and_keys_for_all_of_them_are_given_out(before: Portal):
    for _ in range(2):
        begin(before)
        number()
        documents.create_folder(before.actor("cleo"), name=f"Later {_}")
        number()

    with as_worker():
        assert running.rehash_all().found == []
    assert len(queries.former_registers()) == 2
    assert len({vkey.split("+")[0] for vkey in queries.log_keys(before.okoye)}) == 3
    assert len({vkey.split("+")[0] for vkey in queries.log_keys()}) == 3


def test_nobody_but_the_host_can_give_a_log_another_name(before: Portal):
    with pytest.raises(Exception, match="permission denied"), as_worker():
        actions.begin_epochs()
    with superuser() as server, pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
        server.execute("update client_tree set origin = 'muniment/other'")
    with pytest.raises(NotFound):
        actions.enter_epoch(Actor.system(before.okoye), moment=None, known=actions.Known())
