"""What waits for somebody, and what is new, as lines of lists: on Home, My day, and the page of a client."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from muniment.core.needs import Need
from muniment.portal.documents.types import DocumentFacts
from muniment.trust.identity import queries as identity
from muniment.web import needs

_LOOKS = {
    "read": ("file-text", "blue"),
    "answer": ("message-square", "brass"),
    "upload": ("upload", "brass"),
    "approve": ("circle-check", "brass"),
    "sign": ("pencil", "brass"),
    "pay": ("activity", "brass"),
    "file": ("folder", "blue"),
    "decide": ("shield-check", "brass"),
    "do": ("list-checks", "brass"),
}


def needs_shown(found: list[Need], names: dict[UUID, str], most: int) -> dict[str, Any]:
    """Return what waits for somebody as the list shows it, in its parts; with clients where `names` has them."""
    today, shown = timezone.localdate(), found[:most]
    people = identity.people({need.by for need in shown})
    parts = {"overdue": _("Overdue"), "week": _("This week"), "later": _("Later")}
    rows: dict[str, list[dict[str, Any]]] = {part: [] for part in parts}
    for need in shown:
        who = people[need.by].name if need.by in people else ""
        rows[needs.when(need, today)].append(need_shown(need, who, names.get(need.client_id, ""), today))
    return {
        "need_count": len(found),
        "needs_more": max(0, len(found) - most),
        "need_parts": [{"title": parts[part], "needs": inside} for part, inside in rows.items() if inside],
        "is_only_later": not rows["overdue"] and not rows["week"],
    }


def need_shown(need: Need, who: str, company: str, today: date) -> dict[str, Any]:
    """Return one thing that waits as a line of the list: from whom, of which client, by when."""
    icon, tone = _LOOKS[need.kind]
    due, due_tone = (_("New"), "blue") if need.kind in {"read", "file"} else ("", "")
    if need.due is not None:
        is_late = need.due < today
        tone = "red" if is_late else tone
        due_tone = "red" if is_late else "brass" if need.due == today else "line"
        due = _("Today") if need.due == today else date_format(need.due, "MONTH_DAY_FORMAT")
        due = _("Late: %(day)s") % {"day": due} if is_late else due
    parts = [need.about, _("from %(name)s") % {"name": who} if who else "", company]
    return {
        "icon": icon,
        "tone": tone,
        "title": str(need.title),
        "about": " · ".join(str(part) for part in parts if part),
        "due": due,
        "due_tone": due_tone,
        "act": need.act,
        "url": str(need.url),
    }


def recent_row(
    client_id: UUID, row: DocumentFacts, people: dict[UUID, Any], place: str, *, is_new: bool = False
) -> dict[str, Any]:
    """Return a document as lists of recent ones show it: with its client for staff, with its folder for contacts."""
    return {
        "id": row.id,
        "client_id": client_id,
        "name": row.name,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "changed_at": row.changed_at,
        "changed_by": people[row.changed_by].name if row.changed_by in people else "",
        "place": place or _("Documents"),
        "is_new": is_new,
    }
