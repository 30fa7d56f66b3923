"""Close folders to those around them, and open them again."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from muniment.portal.documents import actions, queries
from muniment.portal.documents.label_forms import StayForm, WidenForm
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.views.shown import folder_url, newly_shown, people_of
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts, permission

_ROLES = {
    "advisor": lazy("Advisor"),
    "analyst": lazy("Analyst"),
    "engineer": lazy("Engineer"),
    "auditor": lazy("Auditor"),
    "manager": lazy("Manager"),
    "user": lazy("User"),
    "viewer": lazy("opens"),
    "downloader": lazy("opens and downloads"),
    "editor": lazy("changes"),
}


@permission("folder:close")
@require_http_methods(["GET", "HEAD", "POST"])
def close_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Ask who stays in, and close the folder to everybody else who came in from around it."""
    ways, back = queries.ways_in(request.actor, folder_id), folder_url(client_id, folder_id)
    form = stay_form(request, request.POST if request.method == "POST" else None, ways)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "name": _name(request, folder_id), "back_url": back}
        return render(request, "documents/close_folder.html", context, status=422 if form.is_bound else 200)
    actions.close_folder(request.actor, folder_id=folder_id, stay=form.cleaned_data["stay"])
    messages.success(request, _("The folder is closed. Only those you chose get in."))
    return redirect(back)


@permission("folder:close")
@require_http_methods(["GET", "HEAD", "POST"])
def open_folder(request: ActorRequest, client_id: UUID, folder_id: UUID) -> HttpResponse:
    """Say who would come in, and open the folder to them."""
    newly, back = queries.newly_by_opening(request.actor, folder_id), folder_url(client_id, folder_id)
    form = WidenForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid() or (newly and not form.cleaned_data["widen"]):
        context = {"form": form, "name": _name(request, folder_id), "newly": newly_shown(newly), "back_url": back}
        return render(request, "documents/open_folder.html", context, status=422 if form.is_bound else 200)
    actions.open_folder(request.actor, folder_id=folder_id, widen=form.cleaned_data["widen"])
    messages.success(request, _("The folder is open to those around it."))
    return redirect(back)


def stay_form(request: ActorRequest, data: Any, ways: Iterable[GrantFacts]) -> StayForm:
    """Return the form that asks who stays in, with the way of the person themselves chosen beforehand."""
    ways = list(ways)
    own = [grant.id for grant in ways if grant.person_id == request.actor.person_id]
    return StayForm(data, ways=ways_shown(ways), initial={"stay": own})


def ways_shown(ways: Iterable[GrantFacts]) -> list[tuple[UUID, str]]:
    """Return grants in words: who, and as what; people by name, then groups, then everyone."""
    ways = list(ways)
    names, titles = people_of(grant.person_id for grant in ways), access.role_titles()
    found = []
    for grant in ways:
        alone = names.get(grant.person_id, "") if grant.person_id else ""
        who = alone or grant.group or _("Everyone of the client")
        role = titles.get(grant.role) or str(_ROLES.get(grant.role, grant.role))
        found.append((not alone, not grant.group, who.casefold(), grant.id, f"{who} · {role}"))
    return [(line[3], line[4]) for line in sorted(found)]


def _name(request: ActorRequest, folder_id: UUID) -> str:
    here = queries.folder_place(request.actor, folder_id).here
    return here.name if here else ""
