"""Backups: how old the newest is, what could be lost, what is under way; and asking for one now."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from muniment.assurance.continuity import actions, queries
from muniment.assurance.continuity.queries import pages
from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access.types import personal, unlogged
from muniment.web.views.continuity import pictures, shown, words
from muniment.web.views.keys import staff

LATELY = timedelta(minutes=15)


class RunForm(forms.Form):
    """What to ask the agent for."""

    what = forms.ChoiceField(choices=[(name, name) for name in ("backup", "check")])


@personal("the query itself asks for backup:read in the firm")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how backups are, the objectives with the last year, the last four weeks, and where backups lie."""
    actor, now = staff(request), clock.now()
    found = pages.overview(actor)
    rows, days, points = (
        pages.runs(actor),
        pages.days(actor, zone=timezone.get_current_timezone()),
        pages.measured(actor),
    )
    loss, recovery = config.current().rpo_minutes * 60, config.current().rto_minutes * 60
    context = {
        "standing": _standing(found, points, now),
        "now": _now(request, found),
        "lanes": pictures.lanes(rows, now),
        "lanes_from": now - timedelta(days=pages.RUNS_DAYS),
        "lanes_to": now,
        "by_day": shown.by_day(rows),
        "year": pictures.year(days),
        "loss": pictures.drills(points, "loss_seconds", loss, now),
        "recovery": pictures.drills(points, "recovery_seconds", recovery, now),
        "months": pictures.months(days, points),
        "place": _place(found),
        "tabs_shown": tabs(request),
    }
    return render(request, "continuity/backups.html", context)


@personal("the action itself asks for backup:run in the firm")
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Ask for a backup, or for a check of the repository."""
    actor, form = holding(request, "backup:run"), RunForm(request.POST)
    if form.is_valid():
        actions.order(actor, what=form.cleaned_data["what"])
        messages.success(request, _("Asked for. It begins within seconds; this page shows how far it is."))
    return redirect("continuity:overview")


@personal("the query itself asks for backup:read in the firm")
@unlogged("the page around it looks again every other second; that page is in the log")
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Show what is under way; once nothing is, the page around it is loaded anew."""
    found = pages.overview(staff(request))
    context = {"now": _now(request, found)}
    response = render(request, "continuity/_now.html", context)
    if not context["now"]["is_busy"] and request.headers.get("HX-Request") == "true":
        response["HX-Refresh"] = "true"
    return response


def holding(request: HttpRequest, verb: str) -> Actor:
    """Return who asks, for pages that answer before any action could refuse.

    Raises:
        NotFound: they do not hold `verb` in the firm.
    """
    actor = staff(request)
    if verb not in actor.firm_verbs:
        raise NotFound
    return actor


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the pages about backups, and which is shown."""
    named = (
        (_("Backups"), "continuity:overview"),
        (_("Drills"), "continuity:drills"),
        (_("Bring one thing back"), "continuity:restorations"),
        (_("Recovery sheet"), "continuity:sheets"),
    )
    ways = [(label, reverse(name)) for label, name in named]
    here = max((url for _label, url in ways if request.path.startswith(url)), key=len, default="")
    return [{"label": label, "url": url, "current": url == here} for label, url in ways]


def _now(request: HttpRequest, found: pages.Overview) -> dict[str, Any]:
    """Return what is under way, and what ended a moment ago."""
    now = clock.now()
    lately = [row for row in queries.orders(staff(request), limit=5) if row.ended_at and now - row.ended_at < LATELY]
    asked = {row.what for row in found.orders}
    return {
        "open": shown.orders([*found.orders]),
        "running": [] if "backup" in asked else [shown.run(row) for row in found.running],
        "ended": shown.orders(lately[:1]),
        "is_busy": bool(found.orders or found.running),
        "may_back_up": "backup" not in asked,
        "may_check": "check" not in asked,
    }


def _standing(found: pages.Overview, points: list[pages.DrillPoint], now: datetime) -> dict[str, Any]:
    """Return the two objectives with how they are kept now, and the ages beside them."""
    settings = config.current()
    rpo, rto = timedelta(minutes=settings.rpo_minutes), timedelta(minutes=settings.rto_minutes)
    drilled = next((point for point in reversed(points) if point.recovery_seconds is not None), None)
    loss = now - found.newest if found.newest else None
    return {
        "newest": found.newest,
        "loss": words.lasted(loss.total_seconds()) if loss is not None else "",
        "rpo": words.lasted(rpo.total_seconds()),
        "is_loss_kept": loss is not None and loss <= rpo,
        "recovery": words.lasted(drilled.recovery_seconds) if drilled else "",
        "drilled_at": drilled.started_at if drilled else None,
        "rto": words.lasted(rto.total_seconds()),
        "is_recovery_kept": drilled is not None and (drilled.recovery_seconds or 0) <= rto.total_seconds(),
        "last_whole": shown.run(found.last_whole) if found.last_whole else None,
        "last_whole_age": words.lasted((now - found.last_whole.moment).total_seconds())
        if found.last_whole and found.last_whole.moment
        else "",
        "oldest": found.oldest,
    }


def _place(found: pages.Overview) -> dict[str, Any]:
    """Return where backups lie and what is kept, with what is missing or somebody else's."""
    settings, place = config.current(), pages.place()
    check = found.last_check
    lag = clock.now() - found.last_log.moment if found.last_log and found.last_log.moment else None
    return {
        "is_off": place is None,
        "address": place.address if place else "",
        "is_local": place is not None and place.kind == "local",
        "is_same_disk": place is not None and place.is_same_disk,
        "free_bytes": place.free_bytes if place else None,
        "total_bytes": place.total_bytes if place else None,
        "used_percent": _used_percent(place),
        "checked_at": check.ended_at if check else None,
        "check_trouble": words.trouble(check.trouble) if check else "",
        "log_lag": words.lasted(lag.total_seconds()) if lag is not None else "",
        "keep": (settings.backup_keep_days, settings.backup_keep_weeks, settings.backup_keep_months),
        "has_program": found.has_program,
        "is_own_server": settings.database_url is not None,
        "is_s3": settings.store == "s3",
    }


def _used_percent(place: pages.Place | None) -> int | None:
    if place is None or place.free_bytes is None or not place.total_bytes:
        return None
    return 100 - place.free_bytes * 100 // place.total_bytes
