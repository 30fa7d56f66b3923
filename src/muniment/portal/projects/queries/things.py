"""What tasks point to: whether it is done, what it is called, where it is."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.checklists import queries as checklists
from muniment.portal.documents import queries as documents
from muniment.portal.projects.models import Need, Task
from muniment.portal.projects.queries.projects import today
from muniment.portal.projects.queries.tasks import people_on
from muniment.portal.projects.types import OVER, UNDER_WAY, Side, ThingKind
from muniment.trust.access import queries as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event

SOON = timedelta(days=2)
OPENED = (Event.DOCUMENT_VIEWED, Event.DOCUMENT_DOWNLOADED)


def is_done(actor: Actor, row: Task) -> bool:
    """Return whether what a task points to is done.

    A document is when its reader opened it since the task was made: who the task is given to, or anybody of its side.
    A checklist is when all of it is accepted.
    """
    if row.thing_id is None:
        return False
    if row.thing_kind == "document":
        side: Side = "client" if row.side == "client" else "firm"
        readers = frozenset({row.assignee_id}) if row.assignee_id else people_on(actor, side)
        return any(_opened(actor, reader, row.thing_id, row.created_at) for reader in readers)
    if row.thing_kind == "checklist":
        return checklists.is_complete(actor, [row.thing_id]).get(row.thing_id, False)
    return False


def _opened(actor: Actor, person_id: UUID, document_id: UUID, since: datetime) -> bool:
    return document_id in log.last_acts(actor, person_id, OPENED, since)


def thing_name(actor: Actor, kind: ThingKind, thing_id: UUID) -> str:
    """Return what a thing is called, or nothing where the actor may not open it."""
    if kind == "document":
        return documents.names(actor, [thing_id]).get(thing_id, "")
    if kind == "checklist":
        return checklists.checklist_names(actor, [thing_id]).get(thing_id, "")
    return checklist_templates(actor).get(thing_id, "")


def thing_url(client_id: UUID, kind: ThingKind, thing_id: UUID) -> str:
    """Return the address of a thing; empty where it has none."""
    if kind == "document":
        return reverse("documents:document", kwargs={"client_id": client_id, "document_id": thing_id})
    if kind == "checklist":
        return reverse("checklists:checklist", kwargs={"client_id": client_id, "checklist_id": thing_id})
    return ""


def things_to_choose(actor: Actor, chosen: Iterable[str] = ()) -> list[tuple[ThingKind, str, str]]:
    """Return what a task can point to here, each with its public id and name.

    Checklists, those that can be sent, the documents that changed last, and those of `chosen` (public ids).
    """
    found: list[tuple[ThingKind, str, str]] = []
    if access.may(actor, "checklist:view"):
        sent = [row for row in checklists.checklists(actor) if row.closed_at is None]
        found += [("checklist", ids.public(row.id), row.title) for row in sent]
    found += [("checklist-template", ids.public(one), name) for one, name in checklist_templates(actor).items()]
    return found + [("document", one, name) for one, name in documents.offered_documents(actor, 50, chosen)]


def checklist_templates(actor: Actor) -> dict[UUID, str]:
    """Return the firm's checklists that the actor may send here, by id; none to who may not."""
    if not access.may(actor, "checklist:send"):
        return {}
    return {row.id: row.plan.title for row in checklists.templates_to_send(actor)}


def is_there(actor: Actor, kind: ThingKind, thing_id: UUID | None) -> bool:
    """Return whether a thing is there for the actor, so that a task may point to it."""
    return thing_id is not None and bool(thing_name(actor, kind, thing_id))


@query
def is_followed(actor: Actor, task_id: UUID) -> bool:
    """Return whether a task can be done now because what it points to is; for the portal itself."""
    row = Task.objects.filter(client_id=actor.client, id=task_id, state__in=UNDER_WAY, project__closed_at=None).first()
    if row is None or actor.kind != "system":
        return False
    waits = Need.objects.filter(client_id=actor.client, task_id=row.id).exclude(first__state__in=OVER).exists()
    return not waits and is_done(actor, row)


@query
def due_soon(actor: Actor) -> list[UUID]:
    """Return the tasks of the client that are due in two days or less and of which nobody was told; for the portal."""
    if actor.kind != "system":
        return []
    rows = Task.objects.filter(client_id=actor.client, state__in=UNDER_WAY, told_at=None, project__closed_at=None)
    return list(rows.filter(due_on__lte=today() + SOON).order_by("due_on").values_list("id", flat=True)[:500])
