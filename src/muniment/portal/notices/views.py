"""The bell, the list of notices, what comes by mail, and the link in a mail that stops it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.portal.notices import actions, queries
from muniment.portal.notices.errors import StopLinkOver
from muniment.portal.notices.forms import ChoicesForm, ListForm
from muniment.portal.notices.sources import KINDS, OF_ADMINISTRATORS, SOURCES
from muniment.portal.notices.types import NoticeFacts
from muniment.portal.notices.words import sentence
from muniment.trust.access.types import personal, public
from muniment.trust.identity import queries as identity

IN_PANEL = 8
ICONS = {
    "documents": "file-text",
    "conversations": "message-square",
    "checklists": "circle-check",
    "projects": "folder",
    "tickets": "circle-question-mark",
    "portal": "mail",
}


@personal("one's own notices")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the person's notices over all their clients, newest first."""
    form = ListForm(request.GET)
    if not form.is_valid():
        raise Invalid
    unread_only, before = form.cleaned_data["unread"], form.cleaned_data["older"]
    found = queries.own_notices(_actor(request), unread_only=unread_only, before=before, limit=queries.PAGE + 1)
    shown = found[: queries.PAGE]
    older = (
        f"?older={ids.public(shown[-1].id)}" + ("&unread=on" if unread_only else "") if len(found) > len(shown) else ""
    )
    context = {
        "notices": _rows(request, shown),
        "unread_only": unread_only,
        "any_unread": any(notice.read_at is None for notice in shown) or bool(queries.unread(_actor(request))),
        "older": older,
        "is_first": before is None,
    }
    return render(request, "notices/list.html", context)


@personal("one's own notices")
@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """Show the newest notices as a part of any page, under the bell."""
    found = queries.own_notices(_actor(request), limit=IN_PANEL)
    return render(request, "notices/_panel.html", {"notices": _rows(request, found)})


@personal("one's own notice")
@require_GET
def open_notice(request: HttpRequest, client_id: UUID, notice_id: UUID) -> HttpResponse:  # noqa: ARG001 - the actor is bound to it
    """Mark a notice as read and go where it leads."""
    return redirect(actions.read_notice(_actor(request), notice_id=notice_id))


@personal("one's own notice")
@require_POST
def mark_read(request: HttpRequest, client_id: UUID, notice_id: UUID) -> HttpResponse:  # noqa: ARG001 - the actor is bound to it
    """Mark a notice as read and stay."""
    actions.read_notice(_actor(request), notice_id=notice_id)
    return redirect("notices:list")


@personal("one's own notices")
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices of the person as read, in each of their clients."""
    for client_id in queries.unread_places(_actor(request)):
        actions.read_notices(identity.actor_for(request, client_id))
    return redirect("notices:list")


@personal("which notices come by one's own mail")
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Show, or take, how notices come by mail, and when."""
    actor = _actor(request)
    if actor.person_id is None:
        raise NotFound
    kinds = tuple(kind for kind in KINDS if kind not in OF_ADMINISTRATORS or "mail:queue" in actor.firm_verbs)
    chosen = queries.choices_of({actor.person_id})[actor.person_id]
    form = ChoicesForm(request.POST if request.method == "POST" else None, chosen=chosen, kinds=kinds)
    if form.is_valid():
        actions.choose_notices(actor, how=form.how(), habits=form.habits())
        messages.success(request, _("Saved. It holds for what happens from now on."))
        return redirect("notices:choices")
    _language, zone = identity.reading_of(actor.person_id)
    context = {"form": form, "zone": zone.replace("_", " "), "back_url": reverse("account:index")}
    return render(request, "notices/choices.html", context, status=422 if form.is_bound else 200)


@csrf_exempt  # RFC 8058: a mail program posts there by itself, without cookies; the secret is the right to
@login_not_required
@public("by the link in a mail, which only stops mails like it")
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask, because programs that read mails open links too; posted, stop mails like the one with this link."""
    found = queries.stop_of(secret)
    if request.method == "POST":
        actions.stop_mails(identity.visitor(request), secret=secret)
    elif found is None:
        raise StopLinkOver
    kind = next((source.title for source in SOURCES if found and source.kind == found.kind), "")
    return render(request, "notices/stop.html", {"is_done": request.method == "POST", "kind": kind})


def _rows(request: HttpRequest, found: list[NoticeFacts]) -> list[dict[str, Any]]:
    """Return notices as templates print them, and let the page stand in the log of each client it shows."""
    request.shown_clients = tuple({notice.client_id for notice in found})  # type: ignore[attr-defined] # read by PagesInLog
    who = identity.people(notice.by_id for notice in found)
    where = identity.companies({notice.client_id for notice in found})
    return [
        {
            "text": sentence(notice.event, who[notice.by_id].name if notice.by_id in who else identity.firm_name()),
            "place": where[notice.client_id].name if notice.client_id in where else "",
            "icon": ICONS.get(notice.kind, "bell"),
            "at": notice.at,
            "is_unread": notice.read_at is None,
            "url": _url("open", notice),
            "read_url": _url("mark_read", notice),
        }
        for notice in found
    ]


def _url(name: str, notice: NoticeFacts) -> str:
    return reverse(f"notices:{name}", kwargs={"client_id": notice.client_id, "notice_id": notice.id})


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    return actor
