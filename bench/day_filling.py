"""Fills a portal with many clients and with what waits in them for somebody of the firm; Django must be set up.

Clients are opened as the portal opens them; what waits is copied in past it, its titles sealed as by the portal. Who
asks has a conversation of thirty messages too.
"""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from bench import filling
from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.portal.conversations import actions as conversations
from muniment.portal.tickets.models import Ticket, TicketKind
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as people
from muniment.trust.vault import queries as vault
from muniment.trust.vault.keys import wrapping

COLUMNS = (
    "id, client_id, number, kind_id, title, text, satisfied_word, "
    "state, version, asked_by, asked_at, moved_at, due_on, became"
)
TYPES = ("uuid", "uuid", "int4", "uuid", "bytea", "bytea", "bytea", "text", "int4", "uuid", "timestamptz")
TYPES_ALL = (*TYPES, "timestamptz", "date", "text")
Row = tuple[Any, ...]
MESSAGES = 30
PLAIN, MARKED = "That is fine, thank you.", "Please see **these** of the list:\n\n- the lease\n- the invoices"


def tickets(client_id: UUID, count: int, kind_id: UUID, asker_id: UUID) -> Iterator[Row]:
    """Yield tickets of a client that wait for whoever of the firm takes them, due on many days."""
    key, now, table = vault.client_key(client_id), clock.now(), Ticket._meta.db_table

    def sealed(ticket_id: UUID, column: str, text: str) -> bytes:
        return wrapping.seal(key, text.encode(), client_id.bytes + ticket_id.bytes + f"{table}.{column}".encode())

    for number in range(1, count + 1):
        ticket_id, asked_at = ids.new(), now - number * filling.STEP
        due_on = (now + timedelta(days=number % 60 - 20)).date()
        texts = (
            sealed(ticket_id, "title", f"Question {number} about the year end"),
            sealed(ticket_id, "text", "Please look at it."),
            sealed(ticket_id, "satisfied_word", ""),
        )
        yield ticket_id, client_id, number, kind_id, *texts, "new", 1, asker_id, asked_at, asked_at, due_on, ""


def talk(person_id: UUID) -> None:
    """Write a conversation in each client of a contact, every third message with signs that are read as Markdown."""
    for place in clients.memberships(person_id):
        actor = Actor(kind="contact", person_id=person_id, client_id=place.client_id, membership_id=place.id)
        thread = conversations.start_thread(actor, title="The year end", body=PLAIN)
        for number in range(1, MESSAGES):
            conversations.send_message(actor, thread_id=thread.id, body=PLAIN if number % 3 else MARKED)


def main() -> None:
    """Open so many clients for the reader's address, with so many open items over all; print the new public ids."""
    email, asker_email, count, items = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    reader, asker = people.find_person(email), people.find_person(asker_email)
    kind_id = TicketKind.objects.values_list("id", flat=True).first()
    if reader is None or asker is None or kind_id is None:
        raise LookupError("the demo is not laid")
    each = items // count // 2  # of each client half are questions, half documents that came in
    opened = [filling.open_client(reader.id, f"Client {number:04}") for number in range(count)]
    with psycopg.connect(make_conninfo(**config.connection(config.current(), "super").parameters())) as connection:
        for client_id in opened:
            filling.copy(connection, client_id, filling.rows(client_id, each, [asker.id], clock.now()))
            connection.execute("set session_replication_role = replica")
            with connection.cursor().copy(f"copy ticket ({COLUMNS}) from stdin (format binary)") as stream:
                stream.set_types(TYPES_ALL)
                for row in tickets(client_id, each, kind_id, asker.id):
                    stream.write_row(row)
            connection.commit()
        connection.autocommit = True
        connection.execute("vacuum (analyze)")
    talk(asker.id)
    print(json.dumps([ids.public(client_id) for client_id in opened]))
