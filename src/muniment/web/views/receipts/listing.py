"""What earned a receipt, newest first, and the receipts of a month as one file."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.days import DayField
from muniment.core.db.lending import give_back
from muniment.core.errors import Invalid
from muniment.trust.access import queries as access
from muniment.trust.access.types import personal
from muniment.trust.disclosure import actions, queries
from muniment.web.forms import PublicIdField
from muniment.web.views.log import described
from muniment.web.views.receipts.entry import OWN

PAGE = 50
MONTHS = 24


class ListForm(forms.Form):
    """Where in the list to begin, and of which document."""

    before = PublicIdField(required=False)
    document = PublicIdField(required=False)


class MonthForm(forms.Form):
    """Which month's receipts to take along."""

    month = DayField(label=lazy("Month"), input_formats=["%Y-%m"])


@personal(OWN)
@require_safe
def listing(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show what earned a receipt: one's own acts, or everybody's to those who read the log."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    form = ListForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    document_id, before = wanted.get("document"), wanted.get("before")
    found = queries.earned(actor, object_ids=(document_id,) if document_id else (), before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    kept = {"document": ids.public(document_id)} if document_id else {}
    older = {**kept, "before": ids.public(shown[-1].id)} if len(found) > PAGE else None
    context = {
        "lines": [
            {
                **line,
                "entry_url": reverse("receipts:entry", kwargs={"client_id": client_id, "entry_id": line["id"]}),
                "receipt_url": reverse("receipts:take", kwargs={"client_id": client_id, "entry_id": line["id"]}),
            }
            for line in described(actor, shown)
        ],
        "pack_url": reverse("receipts:pack", kwargs={"client_id": client_id}),
        "months": _months(),
        "month": request.GET.get("month", ""),
        "of_document": bool(document_id),
        "everybody": access.may(actor, "log:read"),
        "letters_url": reverse("receipts:letters", kwargs={"client_id": client_id})
        if access.may(actor, "letters:set")
        else None,
        "older_url": f"?{urlencode(older)}" if older else None,
        "newer_url": f"?{urlencode(kept)}" if before else None,
    }
    return render(request, "receipts/list.html", context)


@personal(OWN)
@require_POST
def pack(request: HttpRequest, client_id: UUID) -> HttpResponseBase:
    """Answer with the receipts of a month as one archive, made while it is sent."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    form = MonthForm(request.POST)
    if not form.is_valid():
        raise Invalid
    actor = actor.within(client_id)
    archive = actions.pack_receipts(actor, month=form.cleaned_data["month"])
    response = StreamingHttpResponse(queries.packed(actor, archive), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="receipts-{archive.month:%Y-%m}.zip"'
    give_back()
    return response


def _months() -> list[tuple[str, str]]:
    """Return the last two years of months to choose from, newest first."""
    month = timezone.localtime(clock.now()).date().replace(day=1)
    found = []
    for _ in range(MONTHS):
        found.append((f"{month:%Y-%m}", formats.date_format(month, "F Y")))
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return found
