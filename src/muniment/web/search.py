"""The one search: over everything that somebody may see, in one client or in all of theirs.

The index proposes in which clients something is found; each app then says, within that client, what the person may see.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from muniment.core.actor import Actor
from muniment.core.finding import Found, FoundKind
from muniment.core.unit import desk
from muniment.portal.checklists.queries.search import search as checklists
from muniment.portal.conversations.queries.search import search as threads
from muniment.portal.documents import queries as documents
from muniment.portal.projects.queries.search import search as projects
from muniment.portal.tickets.queries.search import search as tickets
from muniment.trust.vault import actions as vault

MOST = 60
MOST_OF_ONE = 20
FEW = 2
"""In so many clients everything is asked at once; in more, the index is asked first where there is something."""


@dataclass(frozen=True)
class Source:
    """An app whose things are found: what its things are called in the index, and who finds them in one client."""

    kind: FoundKind
    sorts: tuple[str, ...]
    search: Callable[[Actor, str, int], list[Found]]


def _documents(actor: Actor, words: str, limit: int) -> list[Found]:
    rows = documents.search(actor, words).rows[:limit]
    return [
        Found(
            "document",
            row.client_id,
            row.document.id,
            row.document.name,
            reverse("documents:document", kwargs={"client_id": row.client_id, "document_id": row.document.id}),
            row.document.changed_at,
            row.place,
        )
        for row in rows
    ]


SOURCES = (
    Source("document", ("document",), _documents),
    Source("thread", ("thread", "message", "note"), threads),
    Source("checklist", ("checklist", "item"), checklists),
    Source("ticket", ("ticket",), tickets),
    Source("project", ("project", "task"), projects),
)


def search(
    actor: Actor, words: str, places: Collection[UUID], *, kind: str = "", since: datetime | None = None
) -> list[Found]:
    """Return what of all apps holds the words in these clients, newest first, at most 60 things.

    `places` are clients that the actor belongs to; `kind` is one of `FoundKind`, or everything; `since` is the oldest.
    """
    found: list[Found] = []
    for source in SOURCES:
        if kind in {"", source.kind}:
            for client_id in places if len(places) <= FEW else _places_with(actor, source, words, places):
                found += source.search(actor.within(client_id), words, MOST_OF_ONE)
    recent = (one for one in found if since is None or one.at >= since)
    return sorted(recent, key=lambda one: (one.at, one.id), reverse=True)[:MOST]


def _places_with(actor: Actor, source: Source, words: str, places: Collection[UUID]) -> list[UUID]:
    """Return in which clients the index has something, where the newest is first."""
    with desk(actor):
        questions = vault.index.ask_across(set(places), words)
        if not any(question.is_answerable for question in questions.values()):
            return []
        hits = [hit for sort in source.sorts for hit in vault.index.find_across(questions, sort=sort, most=MOST)]
    newest = sorted(hits, key=lambda hit: hit.ranked_at, reverse=True)
    return list(dict.fromkeys(hit.client_id for hit in newest))[:MOST_OF_ONE]
