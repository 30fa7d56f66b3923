"""What a client asks for: the list, asking, saying it better, and documents beside it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import ids
from muniment.core.errors import Invalid
from muniment.portal.documents import queries as documents
from muniment.portal.documents.types import FORM_FILE_BYTES
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.errors import TicketMoved
from muniment.portal.tickets.forms import AskForm, AttachForm, ChangeForm, ListForm
from muniment.portal.tickets.requests import ActorRequest
from muniment.portal.tickets.views.shown import (
    arriving,
    facts_shown,
    filters_shown,
    may_upload,
    older_url,
    rows_shown,
    side_of,
)
from muniment.portal.tickets.words import kind_hint
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission

CHOICES_MOST = 30


@permission("ticket:view")
@require_safe
def listing(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """List what a client asked for, the last moved first."""
    form = ListForm(request.GET)
    if not form.is_valid():
        raise Invalid
    wanted, actor = form.wanted(), request.actor
    page = queries.tickets(actor, wanted)
    context = {
        "rows": rows_shown(actor, page),
        "older_url": older_url(request, page),
        "is_staff": side_of(actor) == "staff",
        "may_ask": access.may(actor, "ticket:ask"),
        "new_url": reverse("tickets:new", kwargs={"client_id": client_id}),
        **filters_shown(wanted, side_of(actor)),
    }
    return render(request, "tickets/list.html", context)


@permission("ticket:ask")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Ask what is wanted, and ask the firm for it."""
    actor, kinds, is_sent = request.actor, queries.kinds(), request.method == "POST"
    form = AskForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        kinds=kinds,
        may_upload=may_upload(actor),
        initial={"kind": kinds[0].name if kinds else ""},
    )
    if is_sent and form.is_valid():
        data = form.cleaned_data
        with arriving(actor, data.pop("file", None)) as upload_id:
            made = actions.ask_ticket(actor, **data, upload_id=upload_id)
        messages.success(request, _("It is asked. You see here how it goes on."))
        return redirect(queries.ticket_url(client_id, made.id))
    context = {
        "form": form,
        "hints": [(kind.name, kind_hint(kind)) for kind in kinds],
        "back_url": reverse("tickets:list", kwargs={"client_id": client_id}),
    }
    return render(request, "tickets/new.html", context, status=422 if form.is_bound else 200)


@permission("ticket:ask")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Ask how it is to be said, and say it better."""
    details = queries.ticket(request.actor, ticket_id)
    facts, back = details.ticket, queries.ticket_url(client_id, ticket_id)
    now = {"version": facts.version, "kind": facts.kind.name, "title": facts.title, "text": details.text}
    kinds = [*queries.kinds(), *([facts.kind] if facts.kind.retired_at else [])]
    form = ChangeForm(request.POST if request.method == "POST" else None, kinds=kinds, initial=now)
    context: dict[str, Any] = {"form": form, "ticket": facts_shown(facts, side_of(request.actor)), "back_url": back}
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_ticket(request.actor, ticket_id=ticket_id, **form.cleaned_data)
        except TicketMoved as refusal:
            typed = {**form.cleaned_data, "version": facts.version}
            context |= {"form": ChangeForm(initial=typed, kinds=kinds), "now": now, "refusal": refusal.sentence}
            return render(request, "tickets/change.html", context, status=409)
        messages.success(request, _("Changed."))
        return redirect(back)
    return render(request, "tickets/change.html", context, status=422 if form.is_bound else 200)


@permission("ticket:ask")
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: ActorRequest, client_id: UUID, ticket_id: UUID) -> HttpResponse:
    """Ask which documents or which file, and put them beside a ticket."""
    actor, is_sent = request.actor, request.method == "POST"
    details = queries.ticket(actor, ticket_id)
    there = {ids.public(one.document_id) for one in details.attached}
    known = _to_choose(request, there) if access.may_somewhere(actor, "document:view") else []
    files = request.FILES if is_sent else None
    form = AttachForm(request.POST if is_sent else None, files, known=known, may_upload=may_upload(actor))
    back = queries.ticket_url(client_id, ticket_id)
    if is_sent and form.is_valid():
        chosen, file = form.cleaned_data["documents"], form.cleaned_data.get("file")
        with arriving(actor, file) as upload_id:
            actions.attach_documents(actor, ticket_id=ticket_id, document_ids=chosen, upload_id=upload_id)
        messages.success(request, _("It lies beside it."))
        return redirect(back)
    shown = facts_shown(details.ticket, side_of(actor))
    context = {"form": form, "ticket": shown, "back_url": back}
    return render(request, "tickets/attach.html", context, status=422 if form.is_bound else 200)


@permission("ticket:ask")
@require_POST
def detach(request: ActorRequest, client_id: UUID, ticket_id: UUID, document_id: UUID) -> HttpResponse:
    """Take a document off a ticket."""
    actions.detach_document(request.actor, ticket_id=ticket_id, document_id=document_id)
    messages.success(request, _("It no longer lies beside it. The document itself stays where it is."))
    return redirect(queries.ticket_url(client_id, ticket_id))


def _to_choose(request: ActorRequest, there: Collection[str]) -> list[tuple[str, str]]:
    """Return the newest documents that are not `there`, and those that the form chose, there by now or not."""
    chosen = request.POST.getlist("documents")
    offered = documents.offered_documents(request.actor, CHOICES_MOST, chosen)
    return [(one, name) for one, name in offered if one not in there or one in chosen]


new.file_bytes = FORM_FILE_BYTES  # type: ignore[attr-defined] # read by the middleware that bounds bodies
attach.file_bytes = FORM_FILE_BYTES  # type: ignore[attr-defined] # the same
