"""The logs of all clients that somebody may read, on one page."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Space
from muniment.web.forms import PublicIdField
from muniment.web.views.log import acts, finding
from muniment.web.views.log.filters import Asked, LogForm, midnight
from muniment.web.views.log.lines import by_day, in_words

WEEK = timedelta(days=7)


class EverywhereForm(LogForm):
    """What to look for, and in the log of which client."""

    client = PublicIdField(required=False)


@personal(
    "shows the logs of those clients alone in which the person holds log:read, as the database sees to", of_firm=True
)
@require_safe
def everywhere(request: HttpRequest) -> HttpResponse:
    """Show what happened over all clients whose log the person may read, newest first.

    Raises:
        NotFound: it is nobody of the firm, or somebody who may read no log.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    mine = _mine(actor)
    if not mine:
        raise NotFound
    asked, chosen, misread = _asked(request, mine)
    wanted = _filter(asked)
    fetch = _fetch(actor, {chosen: mine[chosen]} if chosen else mine, wanted)
    found = finding.search(fetch, asked.text, asked.before) if asked.text else finding.page(fetch, asked.before)
    is_first = not (asked.before or asked.is_filtered or chosen)
    request.shown_clients = tuple({line["client_id"] for line in found.lines})  # type: ignore[attr-defined] # see PagesInLog
    kept = {"client": ids.public(chosen)} if chosen else {}
    context = {
        "days": by_day(found.lines),
        "search": asked.text and found,
        "filters": {**asked.sent, "client": request.GET.get("client", "")},
        "filtered": asked.is_filtered or bool(chosen),
        "misread": misread,
        "clients_to_choose": [("", _("Every client")), *((ids.public(one.id), one.name) for one in mine.values())],
        "acts": list(acts.labels().items()),
        "counts": _counts(actor, mine) if is_first else [],
        "pages_url": None if asked.act else asked.address(request.path, act=acts.EVERYTHING, **kept),
        "older_url": asked.address(request.path, before=ids.public(found.last), **kept) if found.last else None,
        "newer_url": asked.address(request.path, **kept) if asked.before else None,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "log/_rows.html" if part else "log/everywhere.html", context)


def _filter(asked: Asked) -> LogFilter:
    return LogFilter(
        person_id=asked.person_id,
        events=acts.ACTS.get(asked.act, ()),
        refusals_only=asked.act == acts.REFUSED,
        without_pages=not asked.act,
        since=midnight(asked.since),
        until=midnight(asked.until, days=1),
    )


def _mine(actor: Actor) -> dict[UUID, Space]:
    """Return the clients whose whole log the person may read, the firm first, then by name."""
    if actor.kind != "staff" or actor.person_id is None:
        return {}
    readable = access.places_with(actor, "log:read")
    return {space.id: space for space in identity.spaces(actor.person_id) if space.id in readable}


def _asked(request: HttpRequest, mine: dict[UUID, Space]) -> tuple[Asked, UUID | None, bool]:
    """Return what was asked for, the chosen client, and whether some of it could not be read."""
    asked, form = Asked.of(request.GET), EverywhereForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data.get("client")
    misread = bool(asked.misread) or "client" in form.errors or (chosen is not None and chosen not in mine)
    return asked, chosen if chosen in mine else None, misread


def _fetch(actor: Actor, among: dict[UUID, Space], wanted: LogFilter) -> finding.Fetch:
    def fetch(before: UUID | None, limit: int) -> list[dict[str, Any]]:
        found = log.entries_across(actor, among, wanted, before=before, limit=limit)
        lines: dict[UUID, dict[str, Any]] = {}
        for client_id in dict.fromkeys(client for client, _entry in found):
            entries = [entry for client, entry in found if client == client_id]
            for line in in_words(actor.within(client_id), entries):
                lines[line["id"]] = {**line, "client_name": among[client_id].name, "client_url": _log_url(client_id)}
        return [lines[entry.id] for _client, entry in found]

    return fetch


def _counts(actor: Actor, mine: dict[UUID, Space]) -> list[dict[str, Any]]:
    """Return how much happened in the last seven days, the busiest log first."""
    wanted = LogFilter(since=clock.now() - WEEK, without_pages=True)
    counted = log.counts_across(actor, mine, wanted)
    rows = [
        {"name": mine[client_id].name, "url": _log_url(client_id), "counts": counts}
        for client_id, counts in counted.items()
    ]
    return sorted(rows, key=lambda row: (-row["counts"].entries, row["name"].casefold()))


def _log_url(client_id: UUID) -> str:
    return reverse("log:list", kwargs={"client_id": client_id})
