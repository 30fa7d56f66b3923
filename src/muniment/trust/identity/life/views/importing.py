"""Invite a list of people, and take the list of people along."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from muniment.core.actor import Actor
from muniment.trust.access.types import permission
from muniment.trust.identity.life import forms, sheets
from muniment.trust.identity.life.actions import importing
from muniment.trust.identity.life.errors import ListRefused
from muniment.trust.identity.life.queries.importing import read_people
from muniment.trust.identity.queries.people import roles_to_give
from muniment.trust.identity.roles import label


@permission("person:invite")
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Ask for a list, show what was read with every problem, and invite everybody once that was confirmed."""
    actor = _actor(request)
    back = reverse("people:list", kwargs={"client_id": client_id})
    roles = [label(role) for role in roles_to_give(actor)]
    shown = {"back_url": back, "roles": roles, "most": sheets.MOST_LINES}
    is_sent = request.method == "POST"
    form = forms.PeopleList(request.POST if is_sent else None, request.FILES if is_sent else None)
    if not form.is_valid():
        return render(request, "people/import.html", {**shown, "form": form}, status=422 if is_sent else 200)
    content = form.content()
    if "confirm" in request.POST and isinstance(content, str):
        try:
            number = importing.import_people(actor, text=content)
        except ListRefused:
            pass  # something changed since it was looked at: it is shown again, with what is wrong now
        else:
            words = ngettext("%s person is invited.", "%s people are invited.", number)
            messages.success(request, words % number)
            return redirect(back)
    sheet = read_people(actor, content)
    text = content if isinstance(content, str) or sheet.problem else sheets.decode(content)
    wrong = sum(bool(line.problems) for line in sheet.lines)
    lines = [{**vars(line), "role": label(line.role)} for line in sheet.lines]
    preview = {"sheet": sheet, "lines": lines, "text": text, "wrong": wrong, "form": form}
    status = 200 if sheet.is_good and "confirm" not in request.POST else 422
    return render(request, "people/import.html", {**shown, **preview}, status=status)


@permission("person:list", exports=True)
@require_POST
def export_list(request: HttpRequest, client_id: UUID) -> HttpResponse:  # noqa: ARG001 - the actor is within it
    """Hand over the list of people as CSV; in a spreadsheet nothing of it runs."""
    text = importing.export_people(_actor(request))
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="people.csv"'
    return answer


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor


import_list.file_bytes = forms.LIST_BYTES  # type: ignore[attr-defined] # read by the middleware that bounds bodies
