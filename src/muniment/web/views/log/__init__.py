"""Who opened our data: the entries of one client, by day."""

from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.documents import queries as documents
from muniment.trust.access import queries as access
from muniment.trust.access.types import permission
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EntryFacts, Event
from muniment.trust.identity import queries as identity
from muniment.web import words
from muniment.web.forms import LogForm

ACTS: dict[str, tuple[str, ...]] = {
    "viewed": (Event.DOCUMENT_VIEWED,),
    "downloaded": (Event.DOCUMENT_DOWNLOADED, Event.DOCUMENTS_PACKED),
    "changed": (
        Event.DOCUMENT_ADDED,
        Event.VERSION_ADDED,
        Event.DOCUMENT_RENAMED,
        Event.DOCUMENT_MOVED,
        Event.DOCUMENT_TRASHED,
        Event.DOCUMENT_RESTORED,
        Event.FOLDER_CREATED,
        Event.FOLDER_RENAMED,
        Event.FOLDER_MOVED,
        Event.FOLDER_TRASHED,
        Event.FOLDER_RESTORED,
    ),
    "shared": (Event.DOCUMENT_SHARED, Event.SHARE_ENDED, Event.GRANT_GIVEN, Event.GRANT_ENDED),
    "people": (Event.PERSON_INVITED, Event.PERSON_JOINED, Event.PERSON_LEFT, Event.INVITATION_WITHDRAWN),
    "signed-in": (Event.SIGNED_IN, Event.SIGNED_OUT, Event.SIGN_IN_FAILED, Event.SIGN_IN_LOCKED, Event.FACTOR_FAILED),
    "refused": (Event.REFUSED,),
}


@permission("log:read")
@require_safe
def entries(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Show a page of entries, newest first; without the whole client's log, only what is about oneself."""
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    form = LogForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    before = wanted.get("before")
    if not any(wanted.values()):
        audit.read_log(actor)
    found = log.entries(actor, _filter(actor, wanted), before=before, limit=log.PAGE + 1)
    shown = found[: log.PAGE]
    context = {
        "days": by_day(actor, shown),
        "filters": {name: request.GET.get(name, "") for name in ("person", "act", "since", "until")},
        "filtered": any(value for name, value in wanted.items() if name != "before"),
        "persons": [("", _("Everybody")), *_persons(actor)],
        "acts": [("", _("Every act")), *((key, label) for key, label in _act_labels().items())],
        "older_url": _older(request, shown[-1].id) if len(found) > log.PAGE else None,
        "newer_url": reverse("log:list", kwargs={"client_id": client_id}) if before else None,
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "log/_rows.html" if part else "log/list.html", context)


def by_day(actor: Actor, shown: list[EntryFacts]) -> list[dict[str, Any]]:
    """Return entries as the page shows them, grouped by day, newest first."""
    lines = described(actor, shown)
    return [
        {"day": day, "entries": list(group)}
        for day, group in groupby(lines, key=lambda line: line["at"].astimezone(UTC).date())
    ]


def described(actor: Actor, shown: list[EntryFacts]) -> list[dict[str, Any]]:
    """Return entries with names for people and things, as far as `actor` may see them."""
    concerned = {_concerned(entry) for entry in shown}
    people = identity.people({entry.person_id for entry in shown} | concerned)
    names = documents.names(actor, set(filter(None, map(_shown_thing, shown))))
    lines = []
    for entry in shown:
        who = people.get(entry.person_id) if entry.person_id else None
        other = _concerned(entry)
        shown_id = _shown_thing(entry)
        thing = names.get(shown_id, "") if shown_id else ""
        if not thing and other in people:
            thing = people[other].name
        lines.append(
            {
                "id": entry.id,
                "at": entry.at,
                "name": who.name
                if who
                else (_("The portal") if entry.person_kind == "system" else _("Somebody unknown")),
                "is_staff": entry.person_kind == "staff",
                "words": words.sentence(entry, thing),
                "allowed": entry.allowed,
                "purpose": entry.purpose,
                "place": entry.ip or "",
                "device": entry.device or "",
                "url": _url(actor, entry) if shown_id in names else None,
            }
        )
    return lines


def _concerned(entry: EntryFacts) -> UUID | None:
    """Return the person an entry is about, where it names one."""
    return _fact(entry, "person")


def _shown_thing(entry: EntryFacts) -> UUID | None:
    """Return what an entry is about, as people know it: of a version its document."""
    return _fact(entry, "document") if entry.object_kind == "version" else entry.object_id


def _fact(entry: EntryFacts, name: str) -> UUID | None:
    found = str(entry.facts.get(name) or "")
    try:
        return UUID(found) if found else None
    except ValueError:
        return None


def _url(actor: Actor, entry: EntryFacts) -> str | None:
    if entry.object_kind not in {"document", "version"}:
        return None
    return reverse("documents:document", kwargs={"client_id": actor.client, "document_id": _shown_thing(entry)})


def _filter(actor: Actor, wanted: dict[str, Any]) -> LogFilter:
    whole = access.may(actor, "log:read")
    return LogFilter(
        person_id=wanted.get("person") if whole else actor.person_id,
        events=ACTS.get(wanted.get("act", ""), ()),
        since=_midnight(wanted.get("since")),
        until=_midnight(wanted.get("until"), days=1),
    )


def _midnight(day: Any, days: int = 0) -> datetime | None:
    return datetime.combine(day, time(), UTC) + timedelta(days=days) if day else None


def _older(request: HttpRequest, last: UUID) -> str:
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    return f"{request.path}?{urlencode({**kept, 'before': ids.public(last)})}"


def _persons(actor: Actor) -> list[tuple[str, str]]:
    if not access.may(actor, "person:list"):
        return []
    return [(ids.public(member.person.id), member.person.name) for member in identity.people_of(actor)]


def _act_labels() -> dict[str, str]:
    return {
        "viewed": _("Viewed"),
        "downloaded": _("Downloaded"),
        "changed": _("Added or changed"),
        "shared": _("Shared or granted"),
        "people": _("People"),
        "signed-in": _("Signed in or out"),
        "refused": _("Refused"),
    }
