"""What all clients asked for: sorted by somebody of the firm, and taken along as a table."""

import csv
import io
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from muniment.core import clock, ids
from muniment.core.errors import Invalid
from muniment.portal.tickets import actions, queries
from muniment.portal.tickets.forms import ListForm
from muniment.portal.tickets.requests import ActorRequest
from muniment.portal.tickets.types import TicketFacts, Wanted
from muniment.portal.tickets.views.shown import filters_shown, older_url, people_of, rows_shown
from muniment.portal.tickets.words import kind_title, state_shown
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal
from muniment.trust.identity import queries as identity

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide ones run in Asia


@personal("shows what those clients ask for whose tickets one may see", of_firm=True)
@require_safe
def everywhere(request: ActorRequest) -> HttpResponse:
    """List what all clients asked for, the last moved first, with what waits counted above."""
    actor, wanted = request.actor, _wanted(request)
    page = queries.everywhere(actor, wanted)
    served = queries.places(actor)
    companies = {one.id: one.name for one in identity.companies(served).values()}
    request.shown_clients = tuple(dict.fromkeys(row.client_id for row in page.rows))
    chosen = ids.public(wanted.client_id) if wanted.client_id else ""
    named = sorted(((ids.public(one), name) for one, name in companies.items()), key=lambda pair: pair[1].casefold())
    shown = filters_shown(wanted, "staff")
    shown["filters"] |= {"client": chosen}
    shown["filtered"] = shown["filtered"] or bool(chosen)
    context = {
        "rows": rows_shown(actor, page, companies),
        "older_url": older_url(request, page),
        "counts": queries.triage(actor),
        "clients_to_choose": [("", _("Every client")), *named],
        "may_export": bool(queries.places(actor, "ticket:export")),
        "may_set_kinds": "ticket-kind:set" in actor.firm_verbs,
        **shown,
    }
    return render(request, "tickets/everywhere.html", context)


@personal("takes along what those clients ask for whose tickets one may take along", of_firm=True)
@require_POST
def export(request: ActorRequest) -> HttpResponse:
    """Hand out the list as a table, with an entry in the log of each client that is in it."""
    actor = request.actor
    form = ListForm(request.POST)
    if not form.is_valid():
        raise Invalid
    wanted = form.wanted()
    served = queries.places(actor, "ticket:export") & (
        {wanted.client_id} if wanted.client_id else queries.places(actor)
    )
    companies = {one.id: one.name for one in identity.companies(served).values()}
    found: list[TicketFacts] = []
    shown: list[UUID] = []
    for client_id in sorted(companies, key=lambda one: companies[one].casefold()):
        inside = actor.within(client_id)
        if access.may(inside, "ticket:export"):  # not where conditions close it now
            found += actions.export_tickets(inside, wanted=wanted)
            shown.append(client_id)
    request.shown_clients = tuple(shown)
    body = _table(found, companies)
    name = f"tickets-{clock.now().date().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _wanted(request: ActorRequest) -> Wanted:
    form = ListForm(request.GET)
    if not form.is_valid():
        raise Invalid
    return form.wanted()


def _table(found: list[TicketFacts], companies: dict[UUID, str]) -> bytes:
    names = people_of({row.asked_by for row in found} | {row.assignee_id for row in found})
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        [_("Client"), _("No."), _("Kind"), _("Asked for"), _("State"), _("Asked by"), _("Asked at"), _("Last moved"),
         _("Who has it"), _("Wanted by"), _("Satisfied")]
    )  # fmt: skip
    for row in found:
        table.writerow([_harmless(cell) for cell in _cells(row, names, companies)])
    return out.getvalue().encode("utf-8-sig")  # or a spreadsheet takes it for an older encoding


def _cells(row: TicketFacts, names: dict[UUID | None, str], companies: dict[UUID, str]) -> list[Any]:
    said = {True: _("yes"), False: _("no"), None: ""}[row.satisfied]
    return [
        companies.get(row.client_id, ""),
        row.number,
        kind_title(row.kind),
        row.title,
        state_shown(row.state, "staff")["state_words"],
        names.get(row.asked_by, ""),
        row.asked_at.isoformat(timespec="seconds"),
        row.moved_at.isoformat(timespec="seconds"),
        names.get(row.assignee_id, ""),
        row.due_on.isoformat() if row.due_on else "",
        said,
    ]


def _harmless(value: Any) -> Any:
    """Keep a spreadsheet from taking what somebody wrote for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
