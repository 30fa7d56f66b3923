"""Lists of conversations: of a client, about a thing, and for the firm over all clients."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core.errors import Invalid
from muniment.portal.conversations import queries
from muniment.portal.conversations.forms import WHICH_WORDS, ListForm, write_cursor
from muniment.portal.conversations.requests import ActorRequest
from muniment.portal.conversations.types import ThreadFacts, ThreadList
from muniment.portal.conversations.views.shown import crumbs, line, names_of, url_of
from muniment.trust.access.types import permission, personal
from muniment.trust.identity import queries as identity


@permission("thread:view")
@require_safe
def listing(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show the conversations of a client: a list of them, or what was looked for."""
    wanted = _wanted(request)
    context: dict[str, Any] = {"filters": wanted, "tabs_shown": _tabs(request, wanted["which"])}
    if wanted["text"]:
        found = queries.found_threads(request.actor, wanted["text"])
        rows = [row.thread for row in found.rows]
        context |= {"is_off": found.is_off, "is_too_short": found.is_too_short, "older_url": ""}
    else:
        page = queries.threads(request.actor, wanted["which"], after=wanted["older"])
        rows, context["older_url"] = page.rows, _older(request, page)
    may_write = "message:send" in request.actor.verbs and request.actor.looking_as is None
    context |= {"rows": _lines(rows), "new_url": url_of(client_id, "new") if may_write else ""}
    return render(request, "conversations/list.html", context)


@permission("thread:view")
@require_safe
def about(request: ActorRequest, client_id: UUID, about: str, thing_id: UUID) -> HttpResponse:
    """Show the conversations about a thing, and the way to begin one."""
    page = queries.threads_about(request.actor, about, thing_id)
    subject = queries.subject_of(about)
    name = subject.name_of(request.actor, [thing_id]).get(thing_id, "")
    may_write = "message:send" in request.actor.verbs and request.actor.looking_as is None
    context = {
        "crumbs": crumbs(client_id, (name, "")),
        "word": subject.word,
        "name": name,
        "thing_url": subject.url_of(client_id, thing_id),
        "rows": _lines(page.rows),
        "new_url": url_of(client_id, "new_about", about=about, thing_id=thing_id) if may_write else "",
    }
    return render(request, "conversations/about.html", context)


@personal("shows the person's own clients, each as far as their grants there go", of_firm=True)
@require_safe
def everywhere(request: ActorRequest) -> HttpResponse:
    """Show the conversations of all clients of somebody of the firm."""
    wanted = _wanted(request)
    page = queries.threads_everywhere(request.actor, wanted["which"], after=wanted["older"])
    request.shown_clients = tuple({row.client_id for row in page.rows})
    context = {
        "filters": wanted,
        "tabs_shown": _tabs(request, wanted["which"]),
        "rows": _lines(page.rows, with_clients=True),
        "older_url": _older(request, page),
    }
    return render(request, "conversations/everywhere.html", context)


def _wanted(request: ActorRequest) -> dict[str, Any]:
    form = ListForm(request.GET)
    if not form.is_valid():
        raise Invalid
    data = form.cleaned_data
    return {"which": data["which"] or "open", "text": data["text"].strip(), "older": data["older"]}


def _tabs(request: ActorRequest, which: str) -> list[dict[str, Any]]:
    return [
        {"label": words, "url": f"{request.path}?which={name}", "current": name == which}
        for name, words in WHICH_WORDS.items()
    ]


def _older(request: ActorRequest, page: ThreadList) -> str:
    query = request.GET.copy()
    query["older"] = write_cursor(page.older)
    return f"{request.path}?{query.urlencode()}" if page.older else ""


def _lines(rows: list[ThreadFacts], *, with_clients: bool = False) -> list[dict[str, Any]]:
    names = names_of({person for row in rows for person in (row.last_by, row.assigned_to)})
    companies = identity.companies(row.client_id for row in rows) if with_clients else {}
    return [
        line(row, names, companies[row.client_id].name if row.client_id in companies else _("A client") * with_clients)
        for row in rows
    ]
