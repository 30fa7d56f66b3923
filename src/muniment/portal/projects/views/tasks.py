"""One task: shown, added, changed, moved, placed, and what comes first."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import ids
from muniment.core.errors import Invalid
from muniment.portal.projects import actions, queries
from muniment.portal.projects.errors import MovedOn
from muniment.portal.projects.forms import FirstForm, MoveForm, PlaceForm, TaskForm
from muniment.portal.projects.requests import ActorRequest
from muniment.portal.projects.types import Board, TaskFacts
from muniment.portal.projects.views.shown import (
    card,
    crumbs,
    moves_of,
    names_of,
    project_url,
    stage_choices,
    task_url,
    thing_choices,
    who_choices,
)
from muniment.portal.projects.views.theirs import theirs
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission


@permission("project:view")
@require_safe
def task(request: ActorRequest, client_id: UUID, task_id: UUID) -> HttpResponse:
    """Show one task with what it waits for, and what waits for it."""
    found = queries.task_page(request.actor, task_id)
    here = found.task
    around = [here, *found.first, *found.after, *found.others]
    names = names_of({one.assignee_id for one in around} | {here.changed_by})
    titles = {one.id: one.title for one in around}
    moves = moves_of(here, may_move=found.may_move, is_firm=queries.sees_firm(request.actor))
    context = {
        "found": found,
        "project": found.project,
        "card": card(here, names, titles, moves),
        "stage": next((stage.name for stage in found.stages if stage.id == here.stage_id), ""),
        "first": [card(one, names, titles, []) for one in found.first],
        "after": [card(one, names, titles, []) for one in found.after],
        "others": [(ids.public(one.id), one.title) for one in found.others],
        "changed_by": names.get(here.changed_by, ""),
        "thing_name": queries.thing_name(request.actor, here.thing_kind, here.thing_id) if here.thing_id else "",
        "thing_url": queries.thing_url(client_id, here.thing_kind, here.thing_id) if here.thing_id else "",
        "crumbs": crumbs(client_id, found.project, here.title),
        "may_talk": access.may_somewhere(request.actor, "thread:view"),
        "is_open": found.project.closed_at is None,
    }
    return render(request, "projects/task.html", context)


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Ask what is to be done, and add it to a project."""
    board = queries.board(request.actor, project_id)
    form = _form(request, board)
    back = project_url(client_id, project_id)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "project": board.project, "back_url": back}
        return render(request, "projects/task_form.html", context, status=422 if form.is_bound else 200)
    said = {"project_id": project_id, "stage_id": form.cleaned_data["stage"], "values": form.values()}
    actions.add_task(request.actor, **said)
    messages.success(request, _("The task is added."))
    return redirect(back)


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, client_id: UUID, task_id: UUID) -> HttpResponse:
    """Ask what to change about a task, and change it; where somebody else did so, show both."""
    found = queries.task(request.actor, task_id)
    board = queries.board(request.actor, found.project_id)
    form = _form(request, board, found)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        said = {"version": version, "values": form.values(), "stage_id": form.cleaned_data["stage"]}
        try:
            actions.change_task(request.actor, task_id=task_id, **said)
        except MovedOn:
            return _both(request, client_id, task_id)
        messages.success(request, _("Changed."))
        return redirect(task_url(client_id, task_id))
    return _edit_page(request, client_id, found, form, status=422 if form.is_bound else 200)


@permission("task:move")
@require_POST
def move(request: ActorRequest, client_id: UUID, task_id: UUID) -> HttpResponse:
    """Bring a task to another state, and go back to where that was asked for."""
    found = queries.task(request.actor, task_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        raise Invalid
    actions.move_task(request.actor, task_id=task_id, **form.cleaned_data)
    if request.POST.get("back") == "task":
        return redirect(task_url(client_id, task_id))
    return redirect(_back(request, client_id, found.project_id))


@permission("project:set")
@require_POST
def place(request: ActorRequest, client_id: UUID, task_id: UUID) -> HttpResponse:
    """Put a task into a stage, to a place there."""
    found = queries.task(request.actor, task_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Invalid
    said = form.cleaned_data
    actions.place_task(
        request.actor, task_id=task_id, version=said["version"], stage_id=said["stage"], place=said["place"]
    )
    return redirect(_back(request, client_id, found.project_id))


@permission("project:set")
@require_POST
def need(request: ActorRequest, client_id: UUID, task_id: UUID) -> HttpResponse:
    """Say which task comes first."""
    queries.task(request.actor, task_id)
    actions.need_task(request.actor, task_id=task_id, first_id=_first(request))
    return redirect(task_url(client_id, task_id))


@permission("project:set")
@require_POST
def free(request: ActorRequest, client_id: UUID, task_id: UUID) -> HttpResponse:
    """Say that a task need not come first."""
    queries.task(request.actor, task_id)
    actions.free_task(request.actor, task_id=task_id, first_id=_first(request))
    return redirect(task_url(client_id, task_id))


def _first(request: ActorRequest) -> UUID:
    form = FirstForm(request.POST)
    if not form.is_valid():
        raise Invalid
    first_id: UUID = form.cleaned_data["first"]
    return first_id


def _back(request: ActorRequest, client_id: UUID, project_id: UUID) -> str:
    """Return the page of the project as it was looked at."""
    view = "?view=list" if request.POST.get("back") == "list" else ""
    return project_url(client_id, project_id) + view


def _both(request: ActorRequest, client_id: UUID, task_id: UUID) -> HttpResponse:
    """Show what somebody else wrote beside what was typed, which is kept."""
    found = queries.task(request.actor, task_id)
    typed = request.POST.copy()
    typed["version"] = str(found.version)
    form = _form(request, queries.board(request.actor, found.project_id), found, typed)
    form.is_valid()
    return _edit_page(request, client_id, found, form, theirs(form, _told(found), typed), status=409)


def _edit_page(
    request: ActorRequest,
    client_id: UUID,
    found: TaskFacts,
    form: TaskForm,
    other: list[dict[str, Any]] | None = None,
    *,
    status: int,
) -> HttpResponse:
    context = {"form": form, "task": found, "theirs": other, "back_url": task_url(client_id, found.id)}
    return render(request, "projects/task_form.html", context, status=status)


def _told(found: TaskFacts) -> dict[str, Any]:
    """Return what a task says of itself, by the names of the form's fields."""
    who = found.side + (f":{ids.public(found.assignee_id)}" if found.assignee_id else "")
    return {
        "title": found.title,
        "about": found.about,
        "stage": ids.public(found.stage_id),
        "who": who,
        "start_on": found.start_on,
        "due_on": found.due_on,
        "start_day": found.start_day,
        "due_day": found.due_day,
        "thing": f"{found.thing_kind}:{ids.public(found.thing_id)}" if found.thing_id else "",
        "for_firm": found.for_firm,
    }


def _form(
    request: ActorRequest, board: Board, found: TaskFacts | None = None, typed: QueryDict | None = None
) -> TaskForm:
    """Return the form of a task, with what it can be given to and point to."""
    initial: dict[str, Any] = {"stage": request.GET.get("stage", ""), "who": "firm"}
    if found:
        initial = {**_told(found), "version": found.version}
    chosen = (request.POST.get("thing", ""), initial.get("thing", ""))
    people = who_choices(request.actor)
    things = thing_choices(request.actor, [one.removeprefix("document:") for one in chosen])
    if found:
        people, things = _kept(people, initial["who"]), _kept(things, initial["thing"])
    return TaskForm(
        typed or (request.POST if request.method == "POST" else None),
        stages=stage_choices(board.stages),
        people=people,
        things=things,
        is_template=board.project.is_template,
        initial=initial,
    )


def _kept(choices: list[tuple[str, Any]], value: str) -> list[tuple[str, Any]]:
    """Return choices with the one there is, although it would not be offered any more."""
    if not value or any(value in dict(group) for _name, group in choices):
        return choices
    return [*choices, (_("As it is"), [(value, _("As it is"))])]
