"""Follow the log of one client and tell people: cursor and notices are in one transaction.

A death in the middle leaves neither; a second worker finds the cursor locked and leaves this client to the first.
So everybody is told once, whatever happens.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError, connection, transaction

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound, PortalError
from muniment.core.telling import Concerned, Told
from muniment.core.unit import acting_as
from muniment.portal.notices.models import NoticeCursor
from muniment.portal.notices.queries.choices import choices_of
from muniment.portal.notices.sources import EVENTS
from muniment.portal.notices.timing import mail_at
from muniment.portal.notices.types import Choices
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import EntryFacts, Event
from muniment.trust.identity import queries as identity
from muniment.trust.vault.errors import VaultError

ENTRIES: Final = 500
PURPOSE: Final = "Notices"
_INSERT = """
insert into notice (id, client_id, person_id, entry_id, kind, event, by_id, url, at, made_at, mail_at)
select * from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::text[],
  %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
on conflict (client_id, entry_id, person_id) do nothing
"""
logger = structlog.get_logger("muniment.notices")


@dataclass(frozen=True)
class Followed:
    """How many notices were made, and whether nothing more can be read of the log now."""

    notices: int
    is_at_end: bool


@dataclass(frozen=True)
class _Telling:
    """An entry, its kind, and whom it concerns."""

    entry: EntryFacts
    kind: str
    concerned: Concerned


def logs_to_follow(most: int = 1000) -> list[UUID]:
    """Return the clients whose logs went on since people were last told."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select * from app.logs_to_follow(%s)", [most])
        return [client_id for (client_id,) in cursor.fetchall()]


def follow_log(client_id: UUID, *, most: int = ENTRIES) -> Followed:
    """Tell people of what happened in a client since the last time, of at most `most` entries.

    Nothing where another worker is at it.

    Raises:
        VaultError, PortalError: a key cannot be had right now; nobody is told yet, and the next time tries again.
    """
    actor = Actor.system(client_id, purpose=PURPOSE)
    with acting_as(actor):
        cursor = _cursor(client_id)
        if cursor is None:
            return Followed(0, is_at_end=True)
        entries, position = log.follow(actor, cursor.position, EVENTS, limit=most)
        tellings = [telling for entry in entries if (telling := _telling(client_id, entry)) is not None]
        told = _write(client_id, tellings)
        if position != cursor.position:
            cursor.position = position
            cursor.save(update_fields=["position"])
        return Followed(told, is_at_end=len(entries) < most)


def _cursor(client_id: UUID) -> NoticeCursor | None:
    """Return the client's cursor, locked; None while another worker holds it."""
    rows = NoticeCursor.objects.filter(client_id=client_id)
    if not rows.exists():
        NoticeCursor.objects.bulk_create([NoticeCursor(client_id=client_id)], ignore_conflicts=True)
    return rows.select_for_update(skip_locked=True).first()


def _telling(client_id: UUID, entry: EntryFacts) -> _Telling | None:
    """Return whom an entry concerns, without who did it; None where that is nobody."""
    event = Event(entry.event)
    source = EVENTS[event]
    told = Told(entry.id, client_id, entry.event, entry.object_id, entry.facts, entry.person_id, entry.at)
    try:
        with transaction.atomic():
            found = source.concerned[event](told)
    except NotFound:
        return None  # it is gone, so nobody may see it
    except (DatabaseError, VaultError, PortalError):
        raise
    except Exception:  # a bug about one entry must not keep everybody from hearing of all others
        logger.exception("nobody is told", source=source.kind, notice_event=entry.event, entry=str(entry.id))
        return None
    people = found.people - {entry.person_id}
    return _Telling(entry, source.kind, Concerned(frozenset(people), found.url)) if people else None


def _write(client_id: UUID, tellings: list[_Telling]) -> int:
    people = frozenset[UUID]().union(*(telling.concerned.people for telling in tellings))
    if not people:
        return 0
    now, chosen, mailable = clock.now(), choices_of(people), identity.mailable(people)
    rows = [
        (
            *(ids.new(), client_id, person_id, telling.entry.id, telling.kind, telling.entry.event),
            *(telling.entry.person_id, telling.concerned.url, telling.entry.at, now),
            _mail_at(chosen[person_id], telling.kind, now) if person_id in mailable else None,
        )
        for telling in tellings
        for person_id in sorted(telling.concerned.people)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.rowcount)


def _mail_at(chosen: Choices, kind: str, now: datetime) -> datetime | None:
    return mail_at(chosen.how.get(kind, "at-once"), chosen.habits, now)
