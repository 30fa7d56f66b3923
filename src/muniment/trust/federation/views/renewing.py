"""Renew what proves a service, or proves the portal to it: a secret, or the metadata with its certificates."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.trust.access.types import permission
from muniment.trust.federation import actions, fetching, forms, queries, saml
from muniment.trust.federation.errors import MetadataUnusable
from muniment.trust.federation.types import ProviderFacts


@permission("provider:set")
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, client_id: UUID, provider_id: UUID) -> HttpResponse:
    """Take a new secret, or new metadata."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # set by web.middleware.actors
    row = queries.provider(actor, provider_id)
    posted = request.method == "POST"
    kind = forms.Metadata if row.kind == "saml" else forms.NewSecret
    form = kind(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid():
        try:
            actions.change_provider(actor, provider_id=provider_id, **_changes(actor, row, form.cleaned_data))
        except PortalError as refusal:
            if row.kind != "saml":
                raise
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Renewed."))
            return redirect("federation:provider", client_id=client_id, provider_id=provider_id)
    shown = {
        "form": form,
        "title": _("New metadata") if row.kind == "saml" else _("New secret"),
        "hint": row.name,
        "back_url": reverse("federation:provider", kwargs={"client_id": client_id, "provider_id": provider_id}),
        "has_file": row.kind == "saml",
    }
    return render(request, "federation/new.html", shown, status=422 if form.errors else 200)


renew.file_bytes = forms.METADATA_BYTES  # type: ignore[attr-defined] # read by web.middleware.limits


def _changes(actor: Actor, row: ProviderFacts, typed: dict[str, Any]) -> dict[str, Any]:
    """Return what changes; new certificates alone of the same service need not be tried again.

    Raises:
        MetadataUnusable: it is that of another service, or none.
        AddressForbidden, ProviderUnreachable: as `fetching.fetch`.
    """
    if row.kind != "saml":
        return {"secret": typed["secret"]}
    address, file = typed["metadata_url"].strip(), typed["metadata_file"]
    found = saml.read_metadata(fetching.fetch_document(address) if address else file.read())
    if found["issuer"] != row.issuer:
        raise MetadataUnusable
    known = queries.testable_provider(actor, row.id).settings
    changed = {name: found[name] for name in ("certificates", "sso_url") if found[name] != known.get(name)}
    return {"settings": changed, "expires_at": saml.ends_at(found)}
