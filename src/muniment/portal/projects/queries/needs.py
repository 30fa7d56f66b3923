"""What of projects needs somebody: for Home and My day."""

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared, among
from muniment.core.needs import Need as Needed
from muniment.core.needs import NeedKind, later
from muniment.core.unit import desk, query
from muniment.portal.projects.models import Need, Project, Task
from muniment.portal.projects.queries.projects import sees_firm, today
from muniment.portal.projects.types import OVER, UNDER_WAY
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients

MOST = 100
SERVED_WITH = "project:view"
"""What somebody may do in a client whose tasks wait for them."""

_KINDS: dict[str, NeedKind] = {"document": "read", "checklist": "answer"}


@query
def needs(actor: Actor) -> list[Needed]:
    """Return the tasks that wait for the actor in their client, by the day they are due.

    Those given to them; to a contact also those given to nobody of the client. What waits for others is left out.
    """
    if actor.person_id is None or actor.client_id == clients.find_firm_id():
        return []
    if not access.reach(actor, "task:move").whole:
        return []
    asks = _OF_FIRM if sees_firm(actor) else _OF_CLIENT
    rows = asks(client_id=actor.client, person_id=_reader(actor) or actor.person_id)
    _with_projects(rows)
    return [_needed(row, _act(row)) for row in rows]


def _of_firm(client_id: UUID, person_id: UUID) -> QuerySet[Task]:
    return _by_due(_can_begin(Task.objects.filter(client_id=client_id)).filter(assignee_id=person_id))


def _of_client(client_id: UUID, person_id: UUID) -> QuerySet[Task]:
    """Return the tasks of the client's side that are for one of its people, or for nobody in particular."""
    rows = _can_begin(Task.objects.filter(client_id=client_id, for_firm=False))
    return _by_due(rows.filter(Q(assignee_id=person_id) | Q(assignee_id=None), side="client"))


def needs_everywhere(actor: Actor, served: frozenset[UUID] | None = None) -> list[Needed]:
    """Return the tasks of all clients that wait for somebody of the firm, and those of clients that are late.

    At most 100 of each, by the day they are due; one statement for each of the two, through the desk role. `served` is
    where they may look at projects, if the caller knows it already.
    """
    if actor.kind != "staff" or actor.person_id is None:
        return []
    places = (access.places_with(actor, SERVED_WITH) if served is None else served) - {clients.find_firm_id()}
    if not places:
        return []
    with desk(actor):
        mine = _MINE(client_ids=list(places), person_id=actor.person_id)
        late = _LATE(client_ids=list(places), today=today())
        _with_projects([*mine, *late])
    return [_needed(row, _act(row)) for row in mine] + [_needed(row, _("Look at it")) for row in late]


def _mine(client_ids: list[UUID], person_id: UUID) -> QuerySet[Task]:
    rows = _can_begin(Task.objects.filter(among("client_id", client_ids))).filter(assignee_id=person_id)
    return _by_due(rows)


def _late(client_ids: list[UUID], today: date) -> QuerySet[Task]:
    rows = _can_begin(Task.objects.filter(among("client_id", client_ids))).filter(side="client", due_on__lt=today)
    return _by_due(rows)


def _with_projects(rows: list[Task]) -> None:
    """Put the projects of tasks in place, found in one statement."""
    if not rows:
        return
    wanted = {
        "client_ids": list({row.client_id for row in rows}),
        "project_ids": list({row.project_id for row in rows}),
    }
    found = {project.id: project for project in _PROJECTS(**wanted)}
    for row in rows:
        row.project = found[row.project_id]


def _projects(client_ids: list[UUID], project_ids: list[UUID]) -> QuerySet[Project]:
    return Project.objects.filter(among("client_id", client_ids), among("id", project_ids))


def _reader(actor: Actor) -> UUID | None:
    return actor.looking_as or actor.person_id


def _can_begin(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Return what is under way in open projects and waits for no other task, nor says that it is blocked."""
    first = Need.objects.filter(client_id=OuterRef("client_id"), task_id=OuterRef("id")).exclude(first__state__in=OVER)
    rows = rows.filter(state__in=UNDER_WAY, project__closed_at=None).exclude(state="blocked")
    return rows.filter(~Exists(first))


def _by_due(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.order_by("due_on", "id")[:MOST]


def _act(row: Task) -> str:
    if row.thing_kind == "document":
        return _("Read")
    return _("Begin") if row.state == "open" else _("Go on")


def _needed(row: Task, act: str) -> Needed:
    return Needed(
        kind=_KINDS.get(row.thing_kind, "do"),
        client_id=row.client_id,
        title=later(lambda: row.title),
        about=later(lambda: row.project.name),
        act=act,
        url=later(lambda: reverse("projects:task", kwargs={"client_id": row.client_id, "task_id": row.id})),
        since=row.created_at,
        due=row.due_on,
        waits_for=frozenset({row.assignee_id}) if row.assignee_id else frozenset(),
        is_theirs=row.side == "client",
    )


_MINE, _LATE, _PROJECTS = Prepared(_mine), Prepared(_late), Prepared(_projects)
_OF_FIRM, _OF_CLIENT = Prepared(_of_firm), Prepared(_of_client)
