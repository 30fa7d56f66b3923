"""One change of a document in a transaction of its own, with its entry and without; Django must be set up."""

import json
import sys
import time
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from bench import filling
from bench.rounds import medians
from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.documents.models import Document
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import queries as people

TRANSACTIONS = 60
TOGETHER = 200
ROUNDS = 7


def main() -> None:
    """Open a client for the reader's address, change its document again and again, and print the rates."""
    reader = people.find_person(sys.argv[1])
    if reader is None:
        raise LookupError(f"nobody has the address {sys.argv[1]}")
    client_id = filling.open_client(reader.id, "Changed again and again")
    with psycopg.connect(make_conninfo(**config.connection(config.current(), "super").parameters())) as server:
        filling.copy(server, client_id, filling.rows(client_id, 1, [reader.id], clock.now()))
    actor = Actor(
        kind="staff",
        person_id=reader.id,
        client_id=client_id,
        ip="192.0.2.10",
        device="Firefox on Linux",
        request_id="b",
    )
    measures = {
        "with": lambda: _changes(actor, client_id, is_logged=True),
        "without": lambda: _changes(actor, client_id, is_logged=False),
        "together": lambda: _entries(actor, client_id),
    }
    print(json.dumps(medians(measures, ROUNDS)))


def _changes(actor: Actor, client_id: UUID, *, is_logged: bool) -> float:
    """Return how many changes a second are made, each in a transaction that is on disk when it ends."""
    begun = time.monotonic()
    for number in range(TRANSACTIONS):
        with bound(Binding(client_id, actor.person_id)):
            document = Document.objects.get()
            document.name, document.changed_at = f"Statement {number}.pdf", clock.now()
            document.save(update_fields=["name", "changed_at"])
            if is_logged:
                audit.record(actor, Event.DOCUMENT_RENAMED, document)
    return TRANSACTIONS / (time.monotonic() - begun)


def _entries(actor: Actor, client_id: UUID) -> float:
    """Return how many entries a second are written into one transaction."""
    begun = time.monotonic()
    with bound(Binding(client_id, actor.person_id)):
        for _ in range(TOGETHER):
            audit.record(actor, Event.DOCUMENT_VIEWED)
    return TOGETHER / (time.monotonic() - begun)
