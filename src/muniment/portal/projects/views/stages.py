"""Add stages, rename them, put them in order, remove them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.errors import Invalid
from muniment.portal.projects import actions, queries
from muniment.portal.projects.forms import NameForm, OrderForm
from muniment.portal.projects.requests import ActorRequest
from muniment.portal.projects.views.shown import project_url
from muniment.trust.access.types import permission


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActorRequest, client_id: UUID, project_id: UUID) -> HttpResponse:
    """Ask what a new stage is called, and add it."""
    found = queries.project(request.actor, project_id)
    form = NameForm(request.POST or None)
    back = project_url(client_id, project_id)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "project": found, "back_url": back}
        return render(request, "projects/stage.html", context, status=422 if form.is_bound else 200)
    actions.add_stage(request.actor, project_id=project_id, name=form.cleaned_data["name"])
    return redirect(back)


@permission("project:set")
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ActorRequest, client_id: UUID, stage_id: UUID) -> HttpResponse:
    """Ask for another name of a stage, and give it."""
    stage = queries.stage(request.actor, stage_id)
    form = NameForm(request.POST or None, initial={"name": stage.name, "version": stage.version})
    back = project_url(client_id, stage.project_id)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "stage": stage, "back_url": back}
        return render(request, "projects/stage.html", context, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    actions.rename_stage(request.actor, stage_id=stage_id, version=said["version"] or 0, name=said["name"])
    return redirect(back)


@permission("project:set")
@require_POST
def place(request: ActorRequest, client_id: UUID, stage_id: UUID) -> HttpResponse:
    """Put a stage to another place."""
    stage = queries.stage(request.actor, stage_id)
    form = OrderForm(request.POST)
    if not form.is_valid():
        raise Invalid
    actions.place_stage(request.actor, stage_id=stage_id, place=form.cleaned_data["place"])
    return redirect(project_url(client_id, stage.project_id))


@permission("project:set")
@require_POST
def remove(request: ActorRequest, client_id: UUID, stage_id: UUID) -> HttpResponse:
    """Remove a stage in which nothing is."""
    stage = queries.stage(request.actor, stage_id)
    actions.remove_stage(request.actor, stage_id=stage_id)
    messages.success(request, _("The stage is removed."))
    return redirect(project_url(client_id, stage.project_id))
