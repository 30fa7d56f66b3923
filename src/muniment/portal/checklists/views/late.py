"""What is late, of all clients that somebody of the firm works for; reminded of with one act."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.types import ChecklistFacts
from muniment.portal.checklists.views.shown import checklist_shown, today
from muniment.trust.access.types import personal
from muniment.trust.identity import queries as identity


@personal("shows what is late or waits to be looked at in those clients where one sees what is asked for", of_firm=True)
@require_http_methods(["GET", "HEAD", "POST"])
def late(request: ActorRequest) -> HttpResponse:
    """Show what is late and what waits to be looked at; on POST remind of all that is late."""
    if request.method == "POST":
        return _remind(request)
    waiting, overdue = queries.to_review_everywhere(request.actor), queries.late_everywhere(request.actor, today())
    names = {one.id: one.name for one in identity.companies({row.client_id for row in (*waiting, *overdue)}).values()}
    request.shown_clients = tuple(names)
    may_remind = bool(overdue) and bool(queries.clients_to_ask(request.actor))

    def shown(row: ChecklistFacts) -> dict[str, Any]:
        return {**checklist_shown(row), "client": names.get(row.client_id, "")}

    context = {
        "late": [shown(row) for row in overdue],
        "waiting": [shown(row) for row in waiting],
        "may_remind": may_remind,
    }
    return render(request, "checklists/late.html", context)


def _remind(request: ActorRequest) -> HttpResponse:
    found = actions.remind_late(request.actor, today())
    reached = sum(one.checklist_id is not None for one in found)
    if reached:
        said = ngettext("Reminded of %d checklist.", "Reminded of %d checklists.", reached) % reached
        messages.success(request, said)
    if missed := [one for one in found if one.checklist_id is None]:
        names = identity.companies({one.client_id for one in missed})
        told = sorted({company.name for company in names.values()}, key=str.casefold)
        messages.warning(request, _("Not reached: %(names)s.") % {"names": ", ".join(told)})
    return redirect("checklists:late")
