"""Who opened our data: the entries of one client, by day."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.web.views.log import acts, finding
from muniment.web.views.log.filters import Asked, choices
from muniment.web.views.log.lines import by_day
from muniment.web.views.log.picture import picture


@permission("log:read")
@require_safe
def entries(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show a page of entries, newest first; without the whole client's log, only what is about oneself."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    asked = Asked.of(request.GET)
    if not asked.is_filtered and asked.before is None:
        audit.read_log(actor)
    wanted = asked.filter(actor)
    fetch = finding.of_client(actor, wanted)
    found = finding.search(fetch, asked.text, asked.before) if asked.text else finding.page(fetch, asked.before)
    context = {
        **choices(actor, asked),
        "days": by_day(found.lines),
        "search": asked.text and found,
        "picture": None if asked.text or asked.before else picture(actor, asked, wanted, request.path),
        "older_url": asked.address(request.path, before=ids.public(found.last)) if found.last else None,
        "newer_url": asked.address(request.path) if asked.before else None,
        "pages_url": None if asked.act else asked.address(request.path, act=acts.EVERYTHING),
        "verify_url": reverse("log:verify", kwargs={"client_id": client_id}) if access.may(actor, "log:read") else None,
        "export_url": reverse("log:export", kwargs={"client_id": client_id}),
        "receipts_url": reverse("receipts:list", kwargs={"client_id": client_id}),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "log/_rows.html" if part else "log/list.html", context)


@permission("log:read")
@require_safe
def verify(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show the page that fetches the whole log and checks it in the reader's browser.

    Raises:
        NotFound: the actor may not read the whole log.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    if not access.may(actor, "log:read"):
        raise NotFound
    context = {
        "keys": [*log.log_keys(client_id), *log.log_keys()],
        "export_url": reverse("log:export", kwargs={"client_id": client_id}),
        "crumbs": [
            {"label": _("Who opened our data"), "url": reverse("log:list", kwargs={"client_id": client_id})},
            {"label": _("Check this log"), "url": ""},
        ],
    }
    return render(request, "log/verify.html", context)
