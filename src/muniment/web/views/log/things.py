"""What the things of entries are called and where they are, as far as the reader may see them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from muniment.core.actor import Actor
from muniment.portal.checklists import queries as checklists
from muniment.portal.documents import queries as documents
from muniment.portal.projects import queries as projects
from muniment.portal.tickets import queries as tickets

Names = Callable[[Actor, Collection[UUID]], dict[UUID, str]]
_NAMES: Final[dict[str, Names]] = {
    "checklist": checklists.checklist_names,
    "item": checklists.item_names,
    "project": projects.project_names,
    "task": projects.task_names,
    "ticket": tickets.names,
}
_PAGES: Final = {
    "document": ("documents:document", "document_id"),
    "version": ("documents:document", "document_id"),
    "checklist": ("checklists:checklist", "checklist_id"),
    "item": ("checklists:item", "item_id"),
    "project": ("projects:project", "project_id"),
    "task": ("projects:task", "task_id"),
    "ticket": ("tickets:ticket", "ticket_id"),
}


def names(actor: Actor, things: Iterable[tuple[str, UUID]]) -> dict[UUID, str]:
    """Return the names of those of some things, each with its kind in the log, that the actor may see.

    One statement for each kind that is among them; documents and folders stand for every kind without one of its own.
    """
    wanted: dict[Names, set[UUID]] = defaultdict(set)
    for kind, thing_id in things:
        wanted[_NAMES.get(kind, documents.names)].add(thing_id)
    return {thing_id: name for ask, ids in wanted.items() for thing_id, name in ask(actor, ids).items()}


def url(line: dict[str, Any]) -> str | None:
    """Return where the thing of a line is; None where the reader may not see it, or it has no page."""
    if not line["is_seen"] or line["object_kind"] not in _PAGES:
        return None
    page, key = _PAGES[line["object_kind"]]
    return reverse(page, kwargs={"client_id": line["client_id"], key: line["thing_id"]})
