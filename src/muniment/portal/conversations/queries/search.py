"""Find threads by their titles and by words of their messages, and for the firm of its notes.

The index proposes; who may read which thread is decided anew over exactly those.
"""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core.actor import Actor
from muniment.core.finding import Found
from muniment.core.unit import query
from muniment.portal.conversations.models import Message, Thread, ThreadNote
from muniment.portal.conversations.queries import seeing
from muniment.portal.conversations.queries.threads import facts_of
from muniment.portal.conversations.types import FoundThread, FoundThreads, ThreadFacts
from muniment.trust.access import queries as access
from muniment.trust.vault import actions as vault

MOST = 50
_HITS_MOST = 200


@query
def search(actor: Actor, words: str, limit: int) -> list[Found]:
    """Return at most `limit` threads of the client that hold the words, newest first, for the one search box.

    Who may read none finds nothing.
    """
    if not access.reach(actor, "thread:view").whole:
        return []
    return [_told(row.thread) for row in found_threads(actor, words).rows[:limit]]


@query
def found_threads(actor: Actor, text: str) -> FoundThreads:
    """Return at most 50 threads of the client that the actor may read and that fit `text`, the newest first.

    All words must be in one message or note, or all terms in the title.

    Raises:
        NotFound: the actor may read none.
    """
    access.require(actor, "thread:view")
    question = vault.index.ask(actor.client, text)
    if question is None:
        return FoundThreads([], is_off=not vault.index.is_on(actor.client))
    if not question.is_answerable:
        return FoundThreads([], is_too_short=True)
    said = _messages(actor, question)
    if access.reach(actor, "note:read").whole:
        said = _notes(actor, question) | said
    titled = _hits(actor, question, "thread")
    rows = Thread.objects.filter(client_id=actor.client, id__in=set(titled) | set(said)).order_by("-last_at", "-id")
    fitting = [row for row in rows if row.id in said or _is_titled(question, row.title)]
    seen = seeing.seen_of(actor, fitting)[:MOST]
    return FoundThreads([FoundThread(facts, said.get(facts.id, 0)) for facts in facts_of(actor, seen)])


def _messages(actor: Actor, question: vault.index.Question) -> dict[UUID, int]:
    """Return the threads in which a message fits, each with the number of the newest one."""
    ids = _hits(actor, question, "message")
    rows = Message.objects.filter(client_id=actor.client, id__in=ids, removed_at=None).order_by("number")
    return dict(rows.values_list("thread_id", "number"))


def _notes(actor: Actor, question: vault.index.Question) -> dict[UUID, int]:
    ids = _hits(actor, question, "note")
    rows = ThreadNote.objects.filter(client_id=actor.client, id__in=ids, removed_at=None)
    return dict.fromkeys(rows.values_list("thread_id", flat=True), 0)


def _hits(actor: Actor, question: vault.index.Question, sort: str) -> list[UUID]:
    found = vault.index.find(actor.client, question, sort=sort, most=_HITS_MOST)
    return [hit.id for hit in found if sort == "thread" or hit.has_words]


def _is_titled(question: vault.index.Question, title: str) -> bool:
    return all(vault.index.is_in_name(term, title) for term in question.terms)


def _told(thread: ThreadFacts) -> Found:
    return Found(
        kind="thread",
        client_id=thread.client_id,
        id=thread.id,
        title=thread.title,
        url=reverse("conversations:thread", kwargs={"client_id": thread.client_id, "thread_id": thread.id}),
        at=thread.last_at,
        about=thread.about_name or (_("Solved") if thread.solved_at else ""),
    )
