"""Start, change, close and reopen projects, and bring them to their next stage."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import acting_as, action
from muniment.portal.projects import texts
from muniment.portal.projects.actions.copying import Copy, insert, read
from muniment.portal.projects.actions.finding import insist_firm, insist_unchanged, locked_project
from muniment.portal.projects.actions.following import run_rules_later
from muniment.portal.projects.actions.indexing import put_project
from muniment.portal.projects.errors import NotForPerson, NotInTemplates
from muniment.portal.projects.models import Project, Stage
from muniment.portal.projects.queries.projects import project_facts, today
from muniment.portal.projects.queries.tasks import people_on
from muniment.portal.projects.types import ProjectFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients

FARTHEST = timedelta(days=3660)


@dataclass(frozen=True)
class ProjectValues:
    """What somebody says about a project when they start or change it; `started_on` is today where it is not said."""

    name: str
    about: str = ""
    started_on: date | None = None
    due_on: date | None = None
    lead_id: UUID | None = None


@action
def start_project(actor: Actor, *, values: ProjectValues, template_id: UUID | None = None) -> ProjectFacts:
    """Start a project, empty or as a template has it; in the firm's own space, make a template.

    Dates of a template count from the day on which the project begins.

    Raises:
        NotFound: the actor may not start projects here, or there is no such template.
        TextRefused: the name or the text cannot be used.
        Invalid: it would be over before it begins.
        NotForPerson: who leads it cannot see it.
    """
    insist_firm(actor)
    access.require(actor, "project:set")
    copy = _template(actor, template_id) if template_id else Copy()
    row = Project(client_id=actor.client, is_template=actor.client == clients.firm_id(), created_by=actor.person_id)
    _fill(actor, row, values)
    row.save(force_insert=True)
    put_project(row)
    insert(actor, row, copy)
    audit.record(actor, Event.PROJECT_STARTED, row, template=template_id, tasks=len(copy.tasks))
    run_rules_later(row)
    return project_facts(row)


@action
def keep_as_template(actor: Actor, *, project_id: UUID, name: str) -> UUID:
    """Make a template of the firm from a project, and return its id: stages, tasks, what waits for what, and rules.

    People, what tasks point to, and how far they are stay behind; dates become days from the beginning.

    Raises:
        NotFound: there is no such project, or the actor may not make templates.
        TextRefused: the name cannot be used.
    """
    insist_firm(actor)
    project = access.find(actor, "project:set", Project, project_id)
    copy = read(project)
    made = _start_template(actor.within(clients.firm_id()), name=name, copy=copy)
    audit.record(actor, Event.PROJECT_COPIED, project, template=made)
    return made


@action
def _start_template(actor: Actor, *, name: str, copy: Copy) -> UUID:
    """Put what was read of a project into the firm's own space, as a template."""
    access.require(actor, "project:set")
    row = Project(client_id=actor.client, is_template=True, created_by=actor.person_id)
    _fill(actor, row, ProjectValues(name))
    row.save(force_insert=True)
    put_project(row)
    insert(actor, row, copy)
    audit.record(actor, Event.PROJECT_STARTED, row, tasks=len(copy.tasks))
    return row.id


@action
def change_project(actor: Actor, *, project_id: UUID, version: int, values: ProjectValues) -> ProjectFacts:
    """Give a project another name, text, dates or lead.

    Raises:
        NotFound: there is none, or the actor may not change it.
        MovedOn: somebody changed it since `version` was read.
        ProjectOver: it is closed.
        TextRefused, Invalid, NotForPerson: as `start_project`.
    """
    insist_firm(actor)
    row = locked_project(actor, "project:set", project_id)
    insist_unchanged(row, version)
    _fill(actor, row, values)
    row.save()
    put_project(row)
    audit.record(actor, Event.PROJECT_CHANGED, row, version=row.version)
    run_rules_later(row)
    return project_facts(row)


@action
def reach_stage(actor: Actor, *, project_id: UUID, version: int, stage_id: UUID) -> ProjectFacts:
    """Bring a project to one of its stages, forwards or back; nothing happens with its tasks.

    Raises:
        NotFound: there is no such project or stage, or the actor may not change it.
        MovedOn: somebody changed the project since `version` was read.
        ProjectOver, NotInTemplates: it is closed, or a template.
    """
    insist_firm(actor)
    row = locked_project(actor, "project:set", project_id)
    if row.is_template:
        raise NotInTemplates
    insist_unchanged(row, version)
    come_to(actor, row, stage_id)
    run_rules_later(row)
    return project_facts(row)


@action
def close_project(actor: Actor, *, project_id: UUID, version: int) -> ProjectFacts:
    """Close a project: it can be read, and nothing in it changes. A template that is closed is offered no more.

    Raises:
        NotFound: there is none, or the actor may not change it.
        MovedOn: somebody changed it since `version` was read.
        ProjectOver: it is closed already.
    """
    insist_firm(actor)
    row = locked_project(actor, "project:set", project_id)
    insist_unchanged(row, version)
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at", "version"])
    audit.record(actor, Event.PROJECT_CLOSED, row)
    return project_facts(row)


@action
def reopen_project(actor: Actor, *, project_id: UUID, version: int) -> ProjectFacts:
    """Open a closed project again.

    Raises:
        NotFound: there is none, it is not closed, or the actor may not change it.
        MovedOn: somebody changed it since `version` was read.
    """
    insist_firm(actor)
    row = locked_project(actor, "project:set", project_id, closed=True)
    if row.closed_at is None:
        raise NotFound
    insist_unchanged(row, version)
    row.closed_at = None
    row.save(update_fields=["closed_at", "version"])
    audit.record(actor, Event.PROJECT_REOPENED, row)
    run_rules_later(row)
    return project_facts(row)


def come_to(actor: Actor, row: Project, stage_id: UUID, **facts: UUID) -> None:
    """Write down that a locked project stands in a stage of its own from now on.

    Raises:
        NotFound: it has no such stage.
    """
    stage = Stage.objects.filter(client_id=actor.client, project_id=row.id, id=stage_id).first()
    if stage is None:
        raise NotFound
    before, row.stage_id = row.stage_id, stage.id
    row.save(update_fields=["stage", "version"])
    stage.reached_at = clock.now()
    stage.save(update_fields=["reached_at"])
    audit.record(actor, Event.STAGE_REACHED, row, before=before, after=stage.id, **facts)


def _fill(actor: Actor, row: Project, values: ProjectValues) -> None:
    """Put what somebody said into a project, and refuse what cannot be."""
    row.name, row.about = texts.name(values.name), texts.text(values.about)
    row.started_on = values.started_on or today()
    row.due_on, row.lead_id = values.due_on, values.lead_id
    days = [day for day in (row.started_on, row.due_on) if day]
    if min(days) != row.started_on or any(abs(day - today()) > FARTHEST for day in days):
        raise Invalid
    if row.lead_id is not None and row.lead_id not in people_on(actor, "firm"):
        raise NotForPerson


def _template(actor: Actor, template_id: UUID) -> Copy:
    """Return what a template of the firm holds, for somebody who may follow the projects there."""
    firm = actor.within(clients.firm_id())
    with acting_as(firm):
        found = access.find(firm, "project:view", Project, template_id)
        return read(found)
