"""Words of messages, titles and notes are found by who may read them, and lie nowhere as they were typed."""

import psycopg
import pytest
from django.db import connection

from muniment.core.actor import Actor
from muniment.portal.conversations import actions, queries
from muniment.portal.documents import actions as documents
from tests.cast import Portal
from tests.guarantees.things import CONTENT, add_document


def found(actor, text):
    return [row.thread.title for row in queries.found_threads(actor, text).rows]


@pytest.fixture
def talk(portal: Portal):
    return actions.start_thread(portal.actor("cleo"), title="Year end 2026", body="The roof in Calder Street leaks.")


def test_a_thread_is_found_by_its_title_and_by_words_in_it(portal: Portal, talk):
    for who in ("cleo", "ben"):
        for text in ("year", "END 2026", "ear en", "roof leaks", "CALDER"):
            assert found(portal.actor(who), text) == ["Year end 2026"], (who, text)
        for text in ("cellar", "roof cellar", "year roof"):
            assert found(portal.actor(who), text) == [], (who, text)


def test_the_one_search_box_is_told_the_same(portal: Portal, talk):
    (told,) = queries.search.search(portal.actor("ben"), "roof", 10)

    assert (told.kind, told.id, told.title, told.client_id) == ("thread", talk.id, "Year end 2026", portal.okoye)
    assert queries.search.search(portal.actor("ben"), "roof", 0) == []
    for who in ("dan", "mallory"):
        assert queries.search.search(portal.actor(who), "roof", 10) == []


def test_what_was_changed_is_found_as_it_is_now_and_what_was_removed_no_more(portal: Portal, talk):
    cleo = portal.actor("cleo")
    sent = actions.send_message(cleo, thread_id=talk.id, body="The gutter too")
    actions.edit_message(cleo, thread_id=talk.id, message_id=sent.id, body="The chimney too", version=1)
    assert (found(cleo, "gutter"), found(cleo, "chimney")) == ([], ["Year end 2026"])

    actions.remove_message(cleo, thread_id=talk.id, message_id=sent.id, version=2)

    assert found(cleo, "chimney") == []


def test_a_note_is_found_by_the_firm_alone(portal: Portal, talk):
    actions.write_note(portal.actor("ben"), thread_id=talk.id, body="Insolvent, perhaps")

    assert found(portal.actor("ben"), "insolvent") == ["Year end 2026"]
    assert found(portal.actor("cleo"), "insolvent") == []


def test_what_is_about_a_thing_is_found_by_who_may_see_the_thing(portal: Portal):
    ben = portal.actor("ben")
    fees = add_document(ben, "Fees.pdf", CONTENT)
    actions.start_thread(ben, title="Fees", body="Extortionate", about="document", about_id=fees.document_id)
    assert found(portal.actor("cleo"), "extortionate") == ["Fees"]

    documents.set_label(ben, target="document", target_id=fees.document_id, label="internal")

    assert found(portal.actor("cleo"), "extortionate") == found(portal.actor("cleo"), "fees") == []
    assert found(ben, "extortionate") == ["Fees"]


def test_switched_off_nothing_is_found_and_switched_on_all_of_it_again(portal: Portal, talk):
    cleo, system = portal.actor("cleo"), Actor.system(portal.okoye, purpose="Tests")
    documents.switch_search(cleo, is_on=False)
    actions.send_message(cleo, thread_id=talk.id, body="The gutter too")
    assert queries.found_threads(cleo, "gutter").is_off
    assert actions.index_client(system) == 0

    documents.switch_search(cleo, is_on=True)
    assert found(cleo, "gutter") == []
    assert actions.index_client(system) == 3

    assert found(cleo, "gutter") == found(cleo, "roof") == found(cleo, "year") == ["Year end 2026"]
    assert actions.index_client(system) == 0


@pytest.mark.control("rest-messages")
def test_what_is_written_lies_nowhere_in_the_database_as_it_was_typed(portal: Portal):
    cleo, ben = portal.actor("cleo"), portal.actor("ben")
    talk = actions.start_thread(cleo, title="Quetzaltitle", body="Quetzalbody")
    sent = actions.send_message(cleo, thread_id=talk.id, body="Quetzalsent")
    actions.edit_message(cleo, thread_id=talk.id, message_id=sent.id, body="Quetzaledit", version=1)
    actions.write_note(ben, thread_id=talk.id, body="Quetzalnote")
    actions.set_template(portal.actor("ada"), title="Quetzalname", body="Quetzaltemplate")
    settings = connection.settings_dict

    with psycopg.connect(f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}") as server:
        tables = [name for (name,) in server.execute("select tablename from pg_tables where schemaname = 'app'")]
        dump = b"".join(
            bytes(piece)
            for name in tables
            for piece in _copied(server, f'copy (select t::text from app."{name}" t) to stdout')
        )

    assert len(dump) > 10_000
    shapes = (b"quetzal", b"quetzal".hex().encode())
    assert not any(shape in dump.lower() for shape in shapes)
    assert found(cleo, "quetzaledit") == ["Quetzaltitle"]


def _copied(server, statement):
    with server.cursor().copy(statement) as rows:
        yield from rows
