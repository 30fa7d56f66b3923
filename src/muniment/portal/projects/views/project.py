"""One project: its board, its list, its timeline; started, changed, closed."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import ids
from muniment.core.errors import Invalid, NotFound
from muniment.portal.projects import actions, queries
from muniment.portal.projects.errors import MovedOn
from muniment.portal.projects.forms import NameForm, ProjectForm, StageForm, VersionForm
from muniment.portal.projects.requests import ActorRequest
from muniment.portal.projects.types import ProjectFacts
from muniment.portal.projects.views.shown import cards, crumbs, is_firms, names_of, project_url, waiting
from muniment.portal.projects.views.theirs import theirs
from muniment.portal.projects.views.timeline import timeline
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission

VIEWS = ("board", "list", "timeline")


@permission("project:view")
@require_safe
def project(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Show one project as a board, a list or a timeline."""
    board = queries.board(request.actor, project_id)
    wanted = request.GET.get("view", "board")
    view = wanted if wanted in VIEWS and not (board.project.is_template and wanted == "timeline") else "board"
    shown = cards(board)
    columns = [{"stage": stage, "cards": shown.get(stage.id, [])} for stage in board.stages]
    for number, column in enumerate(columns):
        column["before"] = board.stages[number - 1] if number else None
        column["after"] = board.stages[number + 1] if number + 1 < len(columns) else None
    context = {
        "board": board,
        "project": board.project,
        "columns": columns,
        "view": view,
        "crumbs": crumbs(client_id, board.project),
        "lead": names_of([board.project.lead_id]).get(board.project.lead_id, ""),
        "waiting": waiting(board) if not board.project.is_template else [],
        "timeline": timeline(board) if view == "timeline" else None,
        "is_open": board.project.closed_at is None,
        "may_talk": access.may_somewhere(request.actor, "thread:view"),
    }
    return render(request, "projects/project.html", context)


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask what a new project is called and what it begins with, and start it."""
    form = _form(request, client_id)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "is_template": is_firms(client_id), "back_url": crumbs(client_id)[0]["url"]}
        return render(request, "projects/new.html", context, status=422 if form.is_bound else 200)
    template_id = form.cleaned_data.get("template")
    made = actions.start_project(request.actor, values=form.values(), template_id=template_id)
    messages.success(request, _("The template is made.") if made.is_template else _("The project is started."))
    return redirect(project_url(client_id, made.id))


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Ask what to change about a project, and change it; where somebody else did so, show both."""
    found = queries.project(request.actor, project_id)
    form = _form(request, client_id, found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_project(
                request.actor,
                project_id=project_id,
                version=form.cleaned_data["version"] or 0,
                values=form.values(),
            )
        except MovedOn:
            return _both(request, client_id, project_id)
        messages.success(request, _("Changed."))
        return redirect(project_url(client_id, project_id))
    return _edit_page(request, client_id, found, form, status=422 if form.is_bound else 200)


def _both(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Show what somebody else wrote beside what was typed, which is kept."""
    found = queries.project(request.actor, project_id)
    typed = request.POST.copy()
    typed["version"] = str(found.version)
    form = _form(request, client_id, found, typed)
    form.is_valid()
    return _edit_page(request, client_id, found, form, theirs(form, _told(found), typed), status=409)


def _told(found: ProjectFacts) -> dict[str, Any]:
    """Return what a project says of itself, by the names of the form's fields."""
    said = {name: asdict(found)[name] for name in ("name", "about", "started_on", "due_on")}
    return {**said, "lead": ids.public(found.lead_id) if found.lead_id else ""}


def _edit_page(
    request: ActorRequest,
    client_id: UUID,
    found: ProjectFacts,
    form: ProjectForm,
    other: list[dict[str, Any]] | None = None,
    *,
    status: int,
) -> HttpResponse:
    context = {"form": form, "theirs": other, "project": found, "back_url": project_url(client_id, found.id)}
    return render(request, "projects/edit.html", context, status=status)


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Ask once, and close a project."""
    found = queries.project(request.actor, project_id)
    back = project_url(client_id, project_id)
    if request.method != "POST":
        return render(request, "projects/close.html", {"project": found, "back_url": back})
    actions.close_project(request.actor, project_id=project_id, version=_version(request))
    messages.success(request, _("It is closed. It can be opened again."))
    return redirect(crumbs(client_id)[0]["url"])


@permission("project:set")
@require_POST
def reopen(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Open a closed project again."""
    queries.project(request.actor, project_id)
    actions.reopen_project(request.actor, project_id=project_id, version=_version(request))
    messages.success(request, _("It is open again."))
    return redirect(project_url(client_id, project_id))


@permission("project:set")
@require_POST
def reach(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Bring a project to one of its stages."""
    queries.project(request.actor, project_id)
    form = StageForm(request.POST)
    if not form.is_valid():
        raise Invalid
    said = form.cleaned_data
    actions.reach_stage(request.actor, project_id=project_id, version=said["version"], stage_id=said["stage"])
    return redirect(project_url(client_id, project_id))


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def keep_as_template(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Ask what a template made from a project is called, and make it."""
    found = queries.project(request.actor, project_id)
    if found.is_template:
        raise NotFound
    form = NameForm(request.POST or None, initial={"name": found.name})
    back = project_url(client_id, project_id)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "project": found, "back_url": back}
        return render(request, "projects/keep.html", context, status=422 if form.is_bound else 200)
    actions.keep_as_template(request.actor, project_id=project_id, name=form.cleaned_data["name"])
    messages.success(request, _("The template is made: new projects can begin with it."))
    return redirect(back)


def _version(request: ActorRequest) -> int:
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid
    version: int = form.cleaned_data["version"]
    return version


def _form(
    request: ActorRequest, client_id: UUID, found: ProjectFacts | None = None, typed: QueryDict | None = None
) -> ProjectForm:
    """Return the form of a project: for a new one with the templates it can begin with."""
    people = queries.people_to_assign(request.actor)["firm"]
    named = sorted(((ids.public(who), name) for who, name in names_of(people).items() if who), key=lambda p: p[1])
    templates = [] if found else [(ids.public(row.id), row.name) for row in queries.templates(request.actor)]
    initial: dict[str, Any] = {"lead": _lead(request, people)}
    if found:
        initial = {**_told(found), "version": found.version}
    return ProjectForm(
        typed or (request.POST if request.method == "POST" else None),
        templates=templates,
        people=named,
        is_template=is_firms(client_id),
        initial=initial,
    )


def _lead(request: ActorRequest, people: frozenset[UUID]) -> str:
    """Return who leads a new project unless somebody else is chosen: who starts it."""
    person_id = request.actor.person_id
    return ids.public(person_id) if person_id is not None and person_id in people else ""
