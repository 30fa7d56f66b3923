"""Drills: a backup is restored beside the portal, looked at, and removed; what was found and how long it took."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from muniment.assurance.continuity import actions, queries
from muniment.assurance.continuity.queries import pages
from muniment.assurance.continuity.types import Check, DrillFacts
from muniment.core import clock, config
from muniment.core.errors import NotFound
from muniment.trust.access.types import personal
from muniment.web.views.continuity import pictures, shown, words
from muniment.web.views.continuity.overview import tabs
from muniment.web.views.keys import staff

SHOWN = 60  # a year of weekly ones, and some by hand


@personal("the query itself asks for backup:read in the firm")
@require_safe
def drills(request: HttpRequest) -> HttpResponse:
    """List drills, newest first, with what they measured over the year."""
    actor, now = staff(request), clock.now()
    settings = config.current()
    rows, points = queries.drills(actor, limit=SHOWN), pages.measured(actor)
    under_way = [row for row in pages.overview(actor).orders if row.what == "drill"]
    context = {
        "rows": [_row(row) for row in rows],
        "orders": shown.orders(under_way),
        "loss": pictures.drills(points, "loss_seconds", settings.rpo_minutes * 60, now),
        "recovery": pictures.drills(points, "recovery_seconds", settings.rto_minutes * 60, now),
        "may_run": not under_way,
        "tabs_shown": tabs(request),
    }
    response = render(request, "continuity/drills.html", context)
    if not under_way and request.headers.get("HX-Request") == "true":
        response["HX-Refresh"] = "true"  # what was looked at again has ended: the list has one more
    return response


@personal("the action itself asks for backup:run in the firm")
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Ask for a drill."""
    actions.order(staff(request), what="drill")
    messages.success(request, _("Asked for. It begins within seconds, and people notice nothing of it."))
    return redirect("continuity:drills")


@personal("the query itself asks for backup:read in the firm")
@require_safe
def drill(request: HttpRequest, drill_id: UUID) -> HttpResponse:
    """Show one drill: what was looked at, what was found, and the two numbers beside what was promised."""
    settings = config.current()
    found = pages.drill(staff(request), drill_id=drill_id)
    context = {
        "drill": _row(found),
        "checks": [_check(one) for one in found.checks],
        "rpo": words.lasted(settings.rpo_minutes * 60),
        "rto": words.lasted(settings.rto_minutes * 60),
        "is_loss_kept": found.loss_seconds is not None and found.loss_seconds <= settings.rpo_minutes * 60,
        "is_recovery_kept": found.recovery_seconds is not None and found.recovery_seconds <= settings.rto_minutes * 60,
        "report_url": reverse("continuity:drill_report", kwargs={"drill_id": drill_id}) if found.signature else "",
        "back_url": reverse("continuity:drills"),
    }
    return render(request, "continuity/drill.html", context)


@personal("the query itself asks for backup:read in the firm")
@require_safe
def report(request: HttpRequest, drill_id: UUID) -> HttpResponse:
    """Hand out the signed report of a drill that has ended."""
    found = pages.drill(staff(request), drill_id=drill_id)
    if not found.signature:
        raise NotFound
    name = f"drill-{timezone.localtime(found.started_at):%Y-%m-%d}.note"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(queries.drill_note(found), content_type="text/plain; charset=utf-8", headers=headers)


def _row(row: DrillFacts) -> dict[str, Any]:
    tone, state = words.DRILL_STATES[row.state]
    settings = config.current()
    failed = [one for one in row.checks if one.outcome == "failed"]
    return {
        "id": row.id,
        "tone": tone,
        "state": state,
        "is_running": row.state == "running",
        "is_passed": row.state == "passed",
        "at": row.started_at,
        "ended_at": row.ended_at,
        "moment": row.moment,
        "lasted": words.lasted((row.ended_at - row.started_at).total_seconds()) if row.ended_at else "",
        "loss": words.lasted(row.loss_seconds),
        "recovery": words.lasted(row.recovery_seconds),
        "is_loss_missed": (row.loss_seconds or 0) > settings.rpo_minutes * 60,
        "is_recovery_missed": (row.recovery_seconds or 0) > settings.rto_minutes * 60,
        "looked_at": len(row.checks),
        "failed": [words.CHECKS[one.name][0] for one in failed],
    }


def _check(one: Check) -> dict[str, Any]:
    tone, icon, word = words.OUTCOMES[one.outcome]
    name, about = words.CHECKS[one.name]
    if one.name in words.SECONDS:
        amount = words.lasted(one.amount)
    else:
        amount = formats.number_format(one.amount, 0, force_grouping=True) if one.amount else ""
    return {"name": name, "about": about, "tone": tone, "icon": icon, "word": word, "amount": amount}
