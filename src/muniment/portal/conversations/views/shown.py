"""What several pages about conversations show alike: addresses, names, one message, one line of a list."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.conversations import markdown
from muniment.portal.conversations.forms import write_place
from muniment.portal.conversations.types import MessageFacts, NoteFacts, ThreadFacts, ThreadPage
from muniment.trust.identity import queries as identity

Names = dict[UUID | None, str]


def url_of(client_id: UUID, name: str, **more: Any) -> str:
    """Return the address of a page about conversations of a client."""
    return reverse(f"conversations:{name}", kwargs={"client_id": client_id, **more})


def names_of(person_ids: Iterable[UUID | None]) -> Names:
    """Return the names of people."""
    return {person.id: person.name for person in identity.people(person_ids).values()}


def crumbs(client_id: UUID, *more: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way from the list of conversations to this page: words and address of each step."""
    return [
        {"label": _("Messages"), "url": url_of(client_id, "list")},
        *({"label": label, "url": url} for label, url in more),
    ]


def line(thread: ThreadFacts, names: Names, client: str = "") -> dict[str, Any]:
    """Return what a list tells of a thread."""
    return {
        "url": url_of(thread.client_id, "thread", thread_id=thread.id),
        "title": thread.title,
        "at": thread.last_at,
        "by": names.get(thread.last_by, ""),
        "is_unread": thread.is_unread,
        "is_solved": thread.solved_at is not None,
        "waits_since": thread.waits_since,
        "assigned": names.get(thread.assigned_to, ""),
        "about": f"{thread.about_word}: {thread.about_name}" if thread.about_name else "",
        "client": client,
    }


def people_in(page: ThreadPage) -> set[UUID | None]:
    """Return everyone whose name a page about a thread shows."""
    thread = page.thread
    found: set[UUID | None] = {thread.created_by, thread.assigned_to, thread.solved_by}
    for message in page.messages:
        found |= {message.written_by, message.removed_by, *message.mentioned}
    for note in page.notes:
        found |= {note.written_by, note.removed_by}
    return found


def written(actor: Actor, page: ThreadPage, names: Names) -> list[dict[str, Any]]:
    """Return the messages and notes of a page, in the order in which they were written."""
    thread_id = page.thread.id
    found = [_message(actor, page, message, names) for message in page.messages]
    found += [_note(actor, thread_id, note, names) for note in page.notes]
    return sorted(found, key=lambda item: (item["at"], item["number"]))


def live(actor: Actor, page: ThreadPage) -> str:
    """Return where a page asks what is new."""
    return url_of(actor.client, "since", thread_id=page.thread.id, cursor=write_place(page.place))


def _message(actor: Actor, page: ThreadPage, message: MessageFacts, names: Names) -> dict[str, Any]:
    where = {"thread_id": page.thread.id, "message_id": message.id}
    is_own = message.written_by is not None and message.written_by == actor.person_id
    may_change = is_own and "message:send" in page.may and message.removed_at is None
    return {
        "key": f"message-{ids.public(message.id)}",
        "kind": "message",
        "look": "bg-tint/50 border-line" if is_own else "bg-panel border-line",
        "number": message.number,
        "is_own": is_own,
        "is_firms": message.is_firms,
        "by": names.get(message.written_by) or _("The portal"),
        "at": message.written_at,
        "html": markdown.shown(message.body),
        "edited_at": message.edited_at,
        "is_removed": message.removed_at is not None,
        "is_new": bool(page.new_from) and message.number == page.new_from,
        "attached": [_attached(actor.client, one.document_id, one.name) for one in message.attached],
        "called": [name for name in (names.get(person) for person in message.mentioned) if name],
        "calls_me": actor.person_id in message.mentioned,
        "history_url": url_of(actor.client, "history", **where) if message.version > 1 else "",
        "edit_url": url_of(actor.client, "edit", **where) if may_change else "",
        "remove_url": url_of(actor.client, "remove", **where) if may_change else "",
    }


def _note(actor: Actor, thread_id: UUID, note: NoteFacts, names: Names) -> dict[str, Any]:
    is_own = note.written_by == actor.person_id and note.removed_at is None
    where = {"thread_id": thread_id, "thread_note_id": note.id}
    return {
        "key": f"note-{ids.public(note.id)}",
        "kind": "note",
        "look": "bg-brasstint border-brass/40",
        "number": note.number,
        "by": names.get(note.written_by) or _("The portal"),
        "at": note.written_at,
        "html": markdown.shown(note.body),
        "is_removed": note.removed_at is not None,
        "remove_url": url_of(actor.client, "remove_note", **where) if is_own and actor.looking_as is None else "",
    }


def _attached(client_id: UUID, document_id: UUID, name: str) -> dict[str, str]:
    if not name:
        return {"name": "", "url": ""}
    return {
        "name": name,
        "url": reverse("documents:document", kwargs={"client_id": client_id, "document_id": document_id}),
    }
