"""The firm's own notes: contacts never see them, whatever code asks, because the database shows them none."""

import psycopg
import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from muniment.core import ids
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound
from muniment.portal.conversations import actions, queries
from muniment.portal.conversations.errors import NotYours, Removed
from muniment.portal.conversations.models import ThreadNote
from tests.cast import Portal


@pytest.fixture
def noted(portal: Portal):
    """Cleo asked, and Ben wrote a note beside it: (thread, note)."""
    thread = actions.start_thread(portal.actor("cleo"), title="Year end", body="When?")
    return thread.id, actions.write_note(portal.actor("ben"), thread_id=thread.id, body="She pays late.").id


def test_the_firm_sees_its_notes_and_the_client_none(portal: Portal, noted):
    thread_id, _note_id = noted

    assert [note.body for note in queries.thread_page(portal.actor("ben"), thread_id).notes] == ["She pays late."]
    page = queries.thread_page(portal.actor("cleo"), thread_id)
    assert page.notes == []
    assert page.place.notes == 0


@pytest.mark.control("comm-collab")
@pytest.mark.parametrize("who", ["cleo", "dan", "mallory", None])
def test_the_database_shows_a_contact_no_note_and_takes_none_from_them(portal: Portal, noted, who):
    thread_id, note_id = noted
    person = portal.people[who] if who else None

    with bound(Binding(portal.okoye, person)), connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("muniment_app",)
        cursor.execute("select count(*) from thread_note")
        assert cursor.fetchone() == (0,)
        cursor.execute("update thread_note set changed = 9 where id = %s", [note_id])
        assert cursor.rowcount == 0
    with pytest.raises(ProgrammingError, match="row-level security"), bound(Binding(portal.okoye, person)):
        ThreadNote.objects.create(client_id=portal.okoye, thread_id=thread_id, number=2, body="Mine", changed=2)


def test_the_database_shows_them_to_the_firm(portal: Portal, noted):
    with bound(Binding(portal.okoye, portal.people["ben"])):
        assert ThreadNote.objects.count() == 1
    with bound(Binding(None, portal.people["ben"], "muniment_desk")):
        assert ThreadNote.objects.count() == 1
    for contact in ("cleo", "mallory"):
        with bound(Binding(None, portal.people[contact], "muniment_desk")):
            assert ThreadNote.objects.count() == 0


def test_a_note_is_sealed(portal: Portal, noted):
    settings = connection.settings_dict
    with psycopg.connect(f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}") as server:
        (sealed,) = server.execute("select body from app.thread_note").fetchone() or (b"",)

    assert len(sealed) > 20
    assert b"pays" not in bytes(sealed)


def test_no_contact_writes_a_note(portal: Portal, noted):
    thread_id, note_id = noted

    for act in (
        lambda: actions.write_note(portal.actor("cleo"), thread_id=thread_id, body="Mine"),
        lambda: actions.remove_note(portal.actor("cleo"), thread_id=thread_id, note_id=note_id),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_note_moves_nothing_that_the_client_sees(portal: Portal, noted):
    thread_id, _note_id = noted
    cleo, ben = portal.actor("cleo"), portal.actor("ben")
    before, place = queries.thread_page(cleo, thread_id), queries.thread_page(ben, thread_id).place

    actions.write_note(ben, thread_id=thread_id, body="And again.")

    assert queries.thread_page(cleo, thread_id) == before
    assert queries.news(cleo, thread_id, before.place) is None
    assert queries.threads(cleo, "unread").rows == []
    seen_by_ben = queries.news(portal.actor("ben"), thread_id, place)
    assert seen_by_ben is not None
    assert [note.body for note in seen_by_ben.notes] == ["And again."]


def test_a_note_that_is_struck_out_is_still_there_for_the_firm(portal: Portal, noted):
    thread_id, note_id = noted
    ben = portal.actor("ben")

    actions.remove_note(ben, thread_id=thread_id, note_id=note_id)

    (note,) = queries.thread_page(ben, thread_id).notes
    assert note.removed_at is not None
    with pytest.raises(Removed):
        actions.remove_note(ben, thread_id=thread_id, note_id=note_id)
    with pytest.raises(NotFound):
        actions.remove_note(ben, thread_id=thread_id, note_id=ids.new())


def test_only_who_wrote_a_note_strikes_it_out(portal: Portal, noted):
    from dataclasses import replace

    thread_id, note_id = noted
    somebody = replace(portal.actor("ben"), person_id=portal.people["ada"])

    with pytest.raises((NotYours, NotFound)):
        actions.remove_note(somebody, thread_id=thread_id, note_id=note_id)
