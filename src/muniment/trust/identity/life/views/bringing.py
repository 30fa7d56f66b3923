"""Bring a list of clients and their people in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access.types import personal
from muniment.trust.clients import queries as clients
from muniment.trust.identity.life import forms, sheets
from muniment.trust.identity.life.actions.bringing import import_clients
from muniment.trust.identity.life.errors import ListRefused
from muniment.trust.identity.life.queries.bringing import read_clients
from muniment.trust.identity.roles import label


@personal("the action itself asks for client:open in the firm")
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """Ask for a list, show what was read with every problem, and bring all of it in once that was confirmed."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    if "client:open" not in actor.firm_verbs:
        raise NotFound
    actor = actor.within(clients.firm_id())
    shown = {"back_url": reverse("clients:list")}
    is_sent = request.method == "POST"
    form = forms.PeopleList(request.POST if is_sent else None, request.FILES if is_sent else None)
    if not form.is_valid():
        return render(request, "clients/import.html", {**shown, "form": form}, status=422 if is_sent else 200)
    content = form.content()
    if "confirm" in request.POST and isinstance(content, str):
        try:
            done = import_clients(actor, text=content)
        except ListRefused:
            pass  # something changed since it was looked at: it is shown again, with what is wrong now
        else:
            opened, invited = len(done.clients), done.people
            words = ngettext("%s client is there now.", "%s clients are there now.", opened) % opened
            more = ngettext("%s person is invited.", "%s people are invited.", invited) % invited
            messages.success(request, f"{words} {more}" if invited else words)
            return redirect("clients:list")
    sheet = read_clients(actor, content)
    text = content if isinstance(content, str) or sheet.problem else sheets.decode(content)
    context = {
        **shown,
        "form": form,
        "sheet": sheet,
        "lines": [{**vars(line), "role": label(line.role) if line.role else ""} for line in sheet.lines],
        "text": text,
        "wrong": sum(bool(line.problems) for line in sheet.lines),
    }
    return render(request, "clients/import.html", context, status=200 if sheet.is_good else 422)


import_list.file_bytes = forms.LIST_BYTES  # type: ignore[attr-defined] # read by the middleware that bounds bodies
