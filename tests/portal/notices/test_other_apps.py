"""What is written in other apps is told of, and carried nowhere: neither into notices nor into mails."""

import psycopg
import pytest

from muniment.portal.conversations import actions as conversations
from muniment.portal.tickets import actions as tickets
from muniment.trust.identity.models import Letter
from tests.cast import Portal, signed_in
from tests.guarantees.opened import superuser
from tests.portal.notices.telling import follow, mail, told

pytestmark = pytest.mark.control("comm-collab", "client-requests")
TITLE, BODY, NOTE = "Canary-title zq94", "Canary-message zq95", "Canary-note zq96"


@pytest.fixture
def talked(portal: Portal) -> Portal:
    """A portal in which Cleo asks, and Ben answers and keeps a note for the firm."""
    follow(portal)
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("delete from app.notice")
    Letter.objects.all().delete()
    thread = conversations.start_thread(portal.actor("cleo"), title=TITLE, body=BODY)
    conversations.write_note(portal.actor("ben"), thread_id=thread.id, body=NOTE)
    conversations.send_message(portal.actor("ben"), thread_id=thread.id, body=f"{BODY} too")
    return portal


def test_a_message_is_told_to_whom_it_concerns_and_a_note_of_the_firm_to_no_contact(talked: Portal):
    follow(talked)

    assert "thread.started" in told(talked, "ben")
    assert "message.sent" in told(talked, "cleo")
    assert not any("note" in event for event in told(talked, "cleo") + told(talked, "dan"))
    assert not any("note" in event for event in told(talked, "mallory"))


def test_what_was_written_stands_in_no_mail_and_on_no_page_of_notices(talked: Portal):
    follow(talked)

    mails = mail(talked)

    assert {message["to"][0] for message in mails} >= {"ben@harcourt.example", "cleo@okoye.example"}
    assert not any("anary" in str(message) for message in mails)
    for who in ("ben", "cleo"):
        assert "anary" not in signed_in(talked.people[who]).get("/notices/", secure=True).content.decode()


def test_nothing_of_it_is_in_a_row_about_notices(talked: Portal):
    follow(talked)
    mail(talked)

    with psycopg.connect(superuser()) as server:
        rows = [str(server.execute(f"select * from app.{table}").fetchall()) for table in ("notice", "notice_stop")]

    assert not any("anary" in row for row in rows)


def test_what_a_client_asks_for_is_told_to_who_works_on_it(talked: Portal):
    tickets.ask_ticket(talked.actor("cleo"), kind="question", title=TITLE, text=BODY)

    follow(talked)

    assert "ticket.asked" in told(talked, "ben")
    assert "ticket.asked" not in told(talked, "cleo") + told(talked, "mallory")
    assert not any("anary" in str(message) for message in mail(talked))
