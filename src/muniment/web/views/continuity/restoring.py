"""Bring one version of a document, or a whole client, back from a backup: choose, confirm, watch.

Who may restore need not be allowed to read: documents are told apart by kind, size, time, who added them and their
reference; a name is shown to those alone who may open the document anyway.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from muniment.assurance.continuity import actions, queries
from muniment.assurance.continuity.queries import pages
from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.portal.documents import queries as documents
from muniment.portal.documents.types import DocumentChoice, VersionChoice
from muniment.trust.access.types import personal, unlogged
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.web.forms import PublicIdField
from muniment.web.templatetags.display import kind as kind_of
from muniment.web.templatetags.display import size, when
from muniment.web.views.choosing import Choice, Choices, ChoosingForm, document_choices, page_of
from muniment.web.views.continuity import shown
from muniment.web.views.continuity.forms import BringBackForm
from muniment.web.views.continuity.overview import holding, tabs
from muniment.web.views.keys import staff

KINDS = (("document", lazy("One document")), ("client", lazy("A whole client")))


class WhatForm(ChoosingForm):
    """What is to come back, as far as it was chosen."""

    kind = forms.ChoiceField(choices=KINDS, required=False)
    client = PublicIdField(required=False)
    document = PublicIdField(required=False)


@personal("the query itself asks for backup:read in the firm")
@require_safe
def restorations(request: HttpRequest) -> HttpResponse:
    """List what was brought back, newest first, and the ways to bring something back."""
    rows = pages.restorations(staff(request))
    companies = identity.companies({row.target_client for row in rows if row.target_client})
    named = [
        {**line, "client": companies[row.target_client].name if row.target_client in companies else ""}
        for row, line in zip(rows, shown.orders(rows), strict=True)
    ]
    here = reverse("continuity:bring_back")
    context = {
        "rows": named,
        "kinds": [{"words": words, "url": f"{here}?kind={kind}"} for kind, words in KINDS],
        "tabs_shown": tabs(request),
    }
    return render(request, "continuity/restorations.html", context)


@personal("query and action ask for backup:restore in the firm")
@require_http_methods(["GET", "POST"])
def bring_back(request: HttpRequest) -> HttpResponse:
    """Choose a client, a document of it, one of its versions and a backup; and ask for it to be brought back."""
    actor, asked = holding(request, "backup:restore"), WhatForm(request.GET)
    if not asked.is_valid():
        raise Invalid
    given = asked.cleaned_data
    kind = given["kind"] or KINDS[0][0]
    if given["client"] is not None and given["client"] not in clients.client_ids():
        raise NotFound
    if given["client"] is None or (kind == "document" and given["document"] is None):
        return _choose(request, actor, kind, asked)
    return _confirm(request, actor, kind, given["client"], given["document"])


@personal("the query itself asks for backup:read in the firm")
@require_safe
def restoration(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show how far something is that is brought back."""
    return render(request, "continuity/restoration.html", _watched(request, order_id))


@personal("the query itself asks for backup:read in the firm")
@unlogged("the page around it looks again every other second; that page is in the log")
@require_safe
def progress(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Show the part that changes; once it has ended, the page around it is loaded anew."""
    context = _watched(request, order_id)
    response = render(request, "continuity/_order.html", context)
    if not context["order"]["is_open"] and request.headers.get("HX-Request") == "true":
        response["HX-Refresh"] = "true"
    return response


def _watched(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    actor = staff(request)
    row = queries.find_order(actor, order_id=order_id)
    if row.target_client is None:
        raise NotFound
    (line,) = shown.orders([row])
    company = identity.companies({row.target_client}).get(row.target_client)
    return {
        "order": line,
        "of_client": company,
        "reference": row.target_id,
        "progress_url": reverse("continuity:restoration_progress", kwargs={"order_id": order_id}),
        "back_url": reverse("continuity:restorations"),
    }


def _choose(request: HttpRequest, actor: Actor, kind: str, asked: WhatForm) -> HttpResponse:
    """Show the list of clients, or of one client's documents; each leads on."""
    here, client_id = reverse("continuity:bring_back"), asked.cleaned_data["client"]
    kept = {"kind": kind, **({"client": client_id} if client_id else {})}
    if client_id is None:
        found = pages.restorable_clients(actor, asked.cleaned_data["find"])
        rows = [Choice(one.id, one.name, one.line) for one in found]
        choices = page_of(rows, asked.cleaned_data["find"], asked.wanted_page, kept, leads_to="client")
    else:
        choices = _leading_on(document_choices(actor.within(client_id), "backup:restore", asked, kept))
    context = {
        "kinds": [{"words": words, "url": f"{here}?kind={name}", "is_here": name == kind} for name, words in KINDS],
        "kind": kind,
        "choices": choices,
        "client_name": identity.company(client_id).name if client_id else "",
        "back_url": reverse("continuity:restorations"),
    }
    return render(request, "continuity/choose.html", context)


def _leading_on(choices: Choices) -> Choices:
    rows = [
        replace(row, url="?" + urlencode({**choices.kept, "document": row.value}), note=f"{row.note} · {row.value}")
        for row in choices.rows
    ]
    return replace(choices, rows=rows)


def _confirm(request: HttpRequest, actor: Actor, kind: str, client_id: UUID, document_id: UUID | None) -> HttpResponse:
    """Show what would come back and from which backups it can, and ask the agent for it."""
    document: DocumentChoice | None = None
    versions: list[VersionChoice] = []
    if document_id is not None and kind == "document":
        document, versions = documents.version_choices(actor.within(client_id), "backup:restore", document_id)
    backups = pages.moments(actor, since=versions[-1].added_at if versions else None)
    form = BringBackForm(request.POST or None, backups=backups, versions=versions, is_client=kind == "client")
    if request.method == "POST" and form.is_valid():
        asked = actions.order(
            actor,
            what="restore_client" if kind == "client" else "restore_document",
            target_client=client_id,
            target_id=form.cleaned_data["version"] if kind == "document" else None,
            moment=form.cleaned_data["moment"],
        )
        messages.success(request, _("Asked for. It begins within seconds; this page shows how far it is."))
        return redirect("continuity:restoration", order_id=asked.id)
    context = {
        "form": form,
        "kind": kind,
        "client_name": identity.company(client_id).name,
        "document": _document(document) if document else None,
        "versions": _versions(versions, form),
        "has_backups": bool(backups),
        "back_url": f"{reverse('continuity:bring_back')}?{urlencode(_way(kind, client_id))}",
    }
    return render(request, "continuity/confirm.html", context, status=422 if form.is_bound else 200)


def _way(kind: str, client_id: UUID) -> dict[str, str]:
    return {"kind": kind} if kind == "client" else {"kind": kind, "client": ids.public(client_id)}


def _document(found: DocumentChoice) -> dict[str, Any]:
    word = str(kind_of(found.media_type).word)
    return {"name": found.name or word, "media_type": found.media_type, "id": found.id, "is_trashed": found.is_trashed}


def _versions(rows: list[VersionChoice], form: BringBackForm) -> list[dict[str, Any]]:
    people = identity.people({row.added_by for row in rows if row.added_by})
    chosen = form["version"].value() or (ids.public(rows[0].id) if rows else "")
    return [
        {
            "value": ids.public(row.id),
            "name": _("Version %(number)s") % {"number": row.number},
            "note": " · ".join(
                filter(
                    None,
                    [
                        size(row.size_bytes),
                        when(row.added_at),
                        people[row.added_by].name if row.added_by in people else "",
                    ],
                )
            ),
            "is_chosen": ids.public(row.id) == chosen,
        }
        for row in rows
    ]
