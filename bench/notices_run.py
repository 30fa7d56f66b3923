"""Follows a log of acts that concern many people, and inserts the same rows with plain SQL; Django must be set up."""

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection

from bench import filling
from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.documents.models import Document
from muniment.portal.notices import following
from muniment.portal.notices.models import Notice, NoticeCursor
from muniment.trust.access import actions as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Person

ROUNDS = 3
NOTICES = 1_000  # in a round, however many people an entry concerns
NUMBERED_SECONDS = 60
_COLUMNS = "id, client_id, person_id, entry_id, kind, event, by_id, url, at, made_at, mail_at"
_INSERT = (
    f"insert into notice ({_COLUMNS}) select * from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], "  # noqa: S608 - names of columns
    "%s::text[], %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])"
)


def main() -> None:
    """Measure for each number of people given, and print the rates."""
    reader = people.find_person(sys.argv[1])
    if reader is None:
        raise LookupError(f"nobody has the address {sys.argv[1]}")
    print(json.dumps({count: rates(reader.id, count, wait) for count in map(int, sys.argv[2:])}))


def rates(reader_id: UUID, count: int, wait: Callable[[UUID, int], object], notices: int = NOTICES) -> dict[str, float]:
    """Return how many notices a second are made of a log in which each entry concerns `count` people."""
    client_id = filling.open_client(reader_id, f"News for {count}")
    document_id = _shared_with(client_id, count)
    followed, inserted, entries = [], [], max(1, notices // count)
    for _ in range(ROUNDS):
        begin = _act(client_id, document_id, reader_id, entries)
        wait(client_id, begin + entries)
        made, seconds = _follow(client_id, begin)
        rows = _rows(client_id)
        if made != entries * count:  # the portal's own worker was quicker
            continue
        followed.append(made / seconds)
        inserted.append(_insert(client_id, rows))
    return {"followed": median(followed), "inserted": median(inserted)}


def wait(client_id: UUID, size: int) -> None:
    """Wait until the portal's sequencer has numbered what was written."""
    until = time.monotonic() + NUMBERED_SECONDS
    while log.size(client_id) < size and time.monotonic() < until:
        time.sleep(0.05)


def _shared_with(client_id: UUID, count: int) -> UUID:
    """Return a document that everybody among `count` contacts may open."""
    system, now = Actor.system(client_id, purpose="Measure"), clock.now()
    contacts = [
        Person.objects.create(email=f"{ids.new().hex}@news.example", name="Reader", kind="contact")
        for _ in range(count)
    ]
    with bound(Binding(client_id)):
        for contact in contacts:
            clients.join(client_id, contact.id, "contact")
        document = Document.objects.create(
            client_id=client_id,
            name="News.pdf",
            kind="pdf",
            media_type="application/pdf",
            size_bytes=1,
            version_count=1,
            created_at=now,
            changed_at=now,
        )
    access.give_grant(
        system, person_id=None, role="viewer", purpose="Measure", scope=("document", document.id), inside=None
    )
    return document.id


def _act(client_id: UUID, document_id: UUID, by: UUID, entries: int) -> int:
    """Write entries into a log whose cursor is far ahead, so that nobody else follows it; return where they begin."""
    begin = log.size(client_id)
    with bound(Binding(client_id)):
        NoticeCursor.objects.update_or_create(client_id=client_id, defaults={"position": 2**60})
        actor = Actor(kind="staff", person_id=by, client_id=client_id)
        document = Document.objects.get(client_id=client_id, id=document_id)
        for _ in range(entries):
            audit.record(actor, Event.DOCUMENT_ADDED, document)
    return begin


def _follow(client_id: UUID, begin: int) -> tuple[int, float]:
    """Return how many notices are made of a log from a position on, and in how many seconds."""
    with bound(Binding(client_id)):
        NoticeCursor.objects.filter(client_id=client_id).update(position=begin)
    made, begun, is_at_end = 0, time.monotonic(), False
    while not is_at_end:
        done = following.follow_log(client_id)
        made, is_at_end = made + done.notices, done.is_at_end
    return made, time.monotonic() - begun


def _rows(client_id: UUID) -> list[tuple[Any, ...]]:
    """Take all notices of a client away, and return them."""
    with bound(Binding(client_id)):
        rows = list(Notice.objects.filter(client_id=client_id).order_by("id").values_list(*_COLUMNS.split(", ")))
        Notice.objects.filter(client_id=client_id).delete()
    return rows


def _insert(client_id: UUID, rows: list[tuple[Any, ...]]) -> float:
    """Return how many of the rows a second go in, in transactions as large as those of a worker that follows."""
    people_of_entry = max(1, len(rows) // max(1, len({row[3] for row in rows})))
    step = following.ENTRIES * people_of_entry
    begun = time.monotonic()
    for first in range(0, len(rows), step):
        part = [list(column) for column in zip(*rows[first : first + step], strict=True)]
        with bound(Binding(client_id)), connection.cursor() as cursor:
            cursor.execute(_INSERT, part)
    rate = len(rows) / (time.monotonic() - begun)
    with bound(Binding(client_id)):
        Notice.objects.filter(client_id=client_id).delete()
    return rate


if __name__ == "__main__":
    main()
