"""Who opened our data: the entries of one client, by day."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.access.types import permission
from muniment.trust.audit import actions as audit
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
    if asked.text:
        found = finding.search(actor, wanted, asked.text, asked.before)
    else:
        found = finding.page(actor, wanted, asked.before)
    context = {
        **choices(actor, asked),
        "days": by_day(found.lines),
        "search": asked.text and found,
        "picture": None if asked.text or asked.before else picture(actor, asked, wanted, request.path),
        "older_url": asked.address(request.path, before=ids.public(found.last)) if found.last else None,
        "newer_url": asked.address(request.path) if asked.before else None,
        "pages_url": None if asked.act else asked.address(request.path, act=acts.EVERYTHING),
        "export_url": reverse("log:export", kwargs={"client_id": client_id}),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "log/_rows.html" if part else "log/list.html", context)
