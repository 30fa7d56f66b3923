"""Try a provider before anybody depends on it: go through it, and see what it said; nobody is signed in by that."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.trust.access.types import permission
from muniment.trust.audit import actions as audit
from muniment.trust.federation import actions, oidc, queries, speaking
from muniment.trust.federation.pending import Pending
from muniment.trust.identity import queries as people


@permission("provider:set")
@require_GET
def begin(request: HttpRequest, client_id: UUID, provider_id: UUID) -> HttpResponse:
    """Lead to the provider, to come back to its page here."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    row = queries.testable_provider(actor, provider_id)
    oidc.forget()
    try:
        address = speaking.ask(request.session, row, why="try")
    except PortalError as refusal:
        audit.record_refusal(actor, "try a provider", refusal)
        messages.error(request, refusal.sentence)
        return redirect("federation:provider", client_id=client_id, provider_id=provider_id)
    return redirect(address)


def answered(request: HttpRequest, asked: Pending, given: Mapping[str, str]) -> HttpResponse:
    """Show what the provider said, or what was wrong with it, to whoever tries it."""
    actor = people.actor_for(request, asked.client_id)
    row = queries.testable_provider(actor, asked.provider_id)
    back: dict[str, Any] = {"client_id": asked.client_id, "provider_id": asked.provider_id}
    try:
        said = speaking.hear(row, asked, given)
        actions.note_tried(actor, provider_id=row.id, said=said)
    except PortalError as refusal:
        audit.record_refusal(actor, "try a provider", refusal)
        sentence = _("%(sentence)s (What was wrong: %(code)s.)")
        messages.error(request, sentence % {"sentence": refusal.sentence, "code": refusal.code})
        return redirect("federation:provider", client_id=asked.client_id, provider_id=asked.provider_id)
    return render(request, "federation/tried.html", {"said": said, "name": row.name, "back": back})
