"""The recovery sheet: made and shown once, tested page by page, and told when it no longer opens what is there."""

import base64
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.errors import PortalError
from muniment.trust.access.types import personal
from muniment.trust.custody import actions, queries
from muniment.trust.custody.errors import TriedTooOften
from muniment.trust.custody.types import Recovery, SheetFacts
from muniment.trust.identity import queries as identity
from muniment.trust.vault.errors import KeyBackupAway, ShareOfAnother, ShareUnreadable, SheetNumbers
from muniment.web.views.continuity.forms import ShareForm, SheetForm
from muniment.web.views.continuity.overview import holding, tabs
from muniment.web.views.keys import staff

STATES = {
    "new": ("brass", lazy("Not tested yet")),
    "current": ("green", lazy("In force")),
    "replaced": ("line", lazy("Replaced: destroy its pages")),
}
TROUBLES = {
    "none": lazy("There is no file yet. It is written within a minute once its place can be reached."),
    "damaged": lazy("The file is damaged. It is written anew within a minute."),
    "away": lazy("The place of the file cannot be reached."),
    "behind": lazy("The file does not hold every key of today. It is written within a minute."),
}


@personal("the query itself asks for recovery:list in the firm")
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """Show the sheets that were made, whether one opens what is there now, and the key backup it opens."""
    return _page(request, SheetForm(), ShareForm())


@personal("the action itself asks for recovery:make in the firm")
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make a sheet, and show its pages once; nothing keeps them."""
    actor, form = holding(request, "recovery:make"), SheetForm(request.POST)
    if not form.is_valid():
        return _page(request, form, ShareForm(), status=422)
    try:
        made = actions.make_sheet(actor, **form.cleaned_data)
    except SheetNumbers as refusal:
        form.add_error("needed", _(refusal.sentence))
        return _page(request, form, ShareForm(), status=refusal.status)
    except KeyBackupAway as refusal:
        form.add_error(None, _(refusal.sentence))
        return _page(request, form, ShareForm(), status=refusal.status)
    numbers = range(1, len(made.shares) + 1)
    context = {
        "pages": [
            {"number": number, "words": words.split(), "pdf": _inline(actions.sheet_page(made, number))}
            for number, words in zip(numbers, made.shares, strict=True)
        ],
        "pdf": _inline(actions.sheet_pages(made)),
        "people": made.sheet.people,
        "needed": made.sheet.needed,
        "made_at": made.sheet.made_at,
        "back_url": reverse("continuity:sheets"),
    }
    response = render(request, "continuity/sheet.html", context)
    response["Cache-Control"] = "no-store"
    return response


@personal("the action itself asks for recovery:test in the firm")
@sensitive_post_parameters()
@require_http_methods(["POST"])
def test(request: HttpRequest) -> HttpResponse:
    """Try one page of a sheet; it shows that the page is right, and nothing else."""
    actor, form = holding(request, "recovery:test"), ShareForm(request.POST)
    if not form.is_valid():
        return _page(request, SheetForm(), form, status=422)
    try:
        tested = actions.test_share(actor, words=form.cleaned_data["password_words"])
    except (ShareUnreadable, ShareOfAnother, TriedTooOften, KeyBackupAway) as refusal:
        form = ShareForm()
        return _page(request, SheetForm(), form, wrong=refusal, status=refusal.status)
    messages.success(request, _said(tested.number, tested.needed_more))
    return redirect("continuity:sheets")


def _said(number: int, needed_more: int) -> str:
    said = _("Page %(number)s is right.") % {"number": number}
    if not needed_more:
        return f"{said} {_('Enough pages were tried: this sheet is in force.')}"
    more = ngettext(
        "Try %(n)s more page before you rely on it.", "Try %(n)s more pages before you rely on it.", needed_more
    )
    return f"{said} {more % {'n': needed_more}}"


def _page(
    request: HttpRequest, form: SheetForm, share_form: ShareForm, *, wrong: PortalError | None = None, status: int = 200
) -> HttpResponse:
    actor = staff(request)
    found = queries.recovery(actor)
    people = identity.people({row.made_by for row in found.sheets if row.made_by})
    context = {
        "rows": [_row(row, people[row.made_by].name if row.made_by in people else "") for row in found.sheets],
        "backup": found.backup,
        "warnings": _warnings(found),
        "trouble": TROUBLES.get(found.backup.trouble, "") if found.sheets else "",
        "may_make": "recovery:make" in actor.firm_verbs,
        "form": form,
        "share_form": share_form,
        "wrong": _(wrong.sentence) if wrong else "",
        "tabs_shown": tabs(request),
    }
    return render(request, "continuity/sheets.html", context, status=status)


def _warnings(found: Recovery) -> list[str]:
    """Return what should be done, most pressing first."""
    in_use = [row for row in found.sheets if row.state != "replaced"]
    if not in_use:
        return [_("There is no recovery sheet. If this machine is lost, nothing opens again, however many backups.")]
    told = []
    if all(row.state == "new" for row in in_use):
        more = max(0, in_use[0].needed - len(in_use[0].tested))
        told.append(_missing(more))
    if any(row.is_stale for row in in_use):
        told.append(_("A sheet is stale: nobody tested it for a year, or the keys are no longer sealed for it."))
    return told


def _missing(more: int) -> str:
    said = ngettext(
        "The new sheet counts once %(n)s more of its pages was tested.",
        "The new sheet counts once %(n)s more of its pages were tested.",
        more,
    )
    return said % {"n": more}


def _row(row: SheetFacts, who: str) -> dict[str, Any]:
    tone, state = STATES[row.state]
    return {
        "id": row.id,
        "tone": "red" if row.is_stale else tone,
        "state": _("Stale: test it, or make another") if row.is_stale else state,
        "people": row.people,
        "needed": row.needed,
        "made_at": row.made_at,
        "who": who,
        "tested": ", ".join(map(str, row.tested)),
        "tested_count": len(row.tested),
        "last_tested_at": row.last_tested_at,
    }


def _inline(pdf: bytes) -> str:
    """Return a file as an address: nothing on the server could be fetched a second time."""
    return f"data:application/pdf;base64,{base64.b64encode(pdf).decode()}"
