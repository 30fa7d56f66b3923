"""What is held back: the list of it, letting it go as two people, destroying it; and the rules that hold it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.forms import RULED_WORDS, ReasonForm, RulesForm
from muniment.portal.documents.queries import HeldVersion
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.views import vetting
from muniment.portal.documents.views.shown import people_of, receipt_url
from muniment.trust.access import actions as approvals
from muniment.trust.access.types import permission
from muniment.trust.vault.types import RULED

_OUTCOMES = (
    ("allow", "green", lazy("Let in"), lazy("Once it was checked, it can be opened.")),
    ("hold", "brass", lazy("Held"), lazy("Nobody can open it until two people of the firm let it go.")),
    ("refuse", "red", lazy("Refused"), lazy("Nobody will be able to open it.")),
)


@permission("quarantine:read")
@require_safe
def listing(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show what nobody can open: what it is, why, and what was asked about it."""
    found = queries.quarantine(request.actor)
    names = people_of({row.added_by for row in found} | {row.asked.asked_by for row in found if row.asked})
    verbs = request.actor.verbs | request.actor.firm_verbs
    context = {
        "rows": [_row(client_id, row, names, request.actor.person_id) for row in found],
        "may": {"release": "version:release" in verbs, "destroy": "version:destroy" in verbs},
        "rules_url": reverse("documents:upload_rules", kwargs={"client_id": client_id})
        if "upload-rules:set" in verbs
        else reverse("documents:let_in", kwargs={"client_id": client_id})
        if "document:upload" in verbs
        else "",
    }
    return render(request, "documents/quarantine.html", context)


@permission("version:release")
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: ActorRequest, client_id: UUID, version_id: UUID) -> HttpResponse:
    """Ask a second person to let a version go, or be that person."""
    row = _find(request, version_id)
    form = ReasonForm(request.POST or None, is_needed=row.asked is None)
    back = reverse("documents:quarantine", kwargs={"client_id": client_id})
    if request.method != "POST" or not form.is_valid():
        return _asked(request, client_id, "release", row, form)
    reason = form.cleaned_data["reason"]
    if row.asked is None:
        actions.ask_release(request.actor, version_id=version_id, reason=reason)
        messages.success(request, _("A second person is asked. Until they agree, nobody can open it."))
    elif "decline" in request.POST:
        approvals.decline(request.actor, approval_id=row.asked.id, reason=reason)
        messages.success(request, _("It stays held."))
    else:
        actions.release_version(request.actor, version_id=version_id, approval_id=row.asked.id, reason=reason)
        messages.success(request, _("It can be opened from now on."))
    return redirect(back)


@permission("version:destroy")
@require_http_methods(["GET", "HEAD", "POST"])
def destroy(request: ActorRequest, client_id: UUID, version_id: UUID) -> HttpResponse:
    """Ask once, with a reason, and destroy a version."""
    row = _find(request, version_id)
    form = ReasonForm(request.POST or None, is_needed=True)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, client_id, "destroy", row, form)
    actions.destroy_version(request.actor, version_id=version_id, reason=form.cleaned_data["reason"])
    messages.success(request, _("It is destroyed."), extra_tags=receipt_url(client_id))
    return redirect("documents:quarantine", client_id=client_id)


@permission("upload-rules:set")
@require_http_methods(["GET", "HEAD", "POST"])
def upload_rules(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show what is let into this client, and change it."""
    form = RulesForm(request.POST or None, initial=queries.upload_rules(request.actor))
    back = reverse("documents:quarantine", kwargs={"client_id": client_id})
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "documents/upload_rules.html", {"form": form, "back_url": back}, status=status)
    actions.set_upload_rules(request.actor, rules=form.cleaned_data)
    messages.success(request, _("The new rules hold for what is uploaded from now on."))
    return redirect(back)


@permission("document:upload")
@require_safe
def let_in(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show those who send files what is let in, what is held, and what is refused."""
    rules = queries.upload_rules(request.actor)
    groups = [
        {
            "tone": tone,
            "title": title,
            "meaning": meaning,
            "words": words,
        }
        for outcome, tone, title, meaning in _OUTCOMES
        if (words := [RULED_WORDS[n] for n in RULED if rules[n] == outcome])
    ]
    context = {
        "groups": groups,
        "back_url": reverse("documents:list", kwargs={"client_id": client_id}),
    }
    return render(request, "documents/let_in.html", context)


def _find(request: ActorRequest, version_id: UUID) -> HeldVersion:
    for row in queries.quarantine(request.actor):
        if row.id == version_id:
            return row
    raise NotFound


def _asked(request: ActorRequest, client_id: UUID, page: str, row: HeldVersion, form: ReasonForm) -> HttpResponse:
    names = people_of({row.added_by, row.asked.asked_by if row.asked else None})
    context = {
        "row": _row(client_id, row, names, request.actor.person_id),
        "form": form,
        "back_url": reverse("documents:quarantine", kwargs={"client_id": client_id}),
    }
    return render(request, f"documents/{page}.html", context, status=422 if form.is_bound else 200)


def _row(client_id: UUID, row: HeldVersion, names: dict[UUID | None, str], reader_id: UUID | None) -> dict[str, Any]:
    where = {"client_id": client_id, "version_id": row.id}
    shown = vetting.shown(row.vetting)
    asked = row.asked
    return {
        "id": row.id,
        "name": row.name or _("A document"),
        "document_url": reverse("documents:document", kwargs={"client_id": client_id, "document_id": row.document_id})
        if row.name
        else "",
        "number": row.number,
        "size_bytes": row.size_bytes,
        "added_at": row.added_at,
        "added_by": names.get(row.added_by, ""),
        "vetting": shown,
        "can_release": shown["is_final"] and not shown["is_refused"] and (asked is None or asked.asked_by != reader_id),
        "asked": {"by": names.get(asked.asked_by, ""), "at": asked.asked_at, "reason": asked.reason} if asked else None,
        "is_own": asked is not None and asked.asked_by == reader_id,
        "release_url": reverse("documents:release", kwargs=where),
        "destroy_url": reverse("documents:destroy", kwargs=where),
    }
