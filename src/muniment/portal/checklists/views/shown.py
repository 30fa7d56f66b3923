"""What several pages about checklists show alike: states in words, the picture of the progress, the way here."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.portal.checklists.states import State
from muniment.portal.checklists.types import ChecklistFacts, Counts, ItemFacts
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

STATE_WORDS = {
    State.OPEN: gettext_lazy("Open"),
    State.ANSWERED: gettext_lazy("Answered"),
    State.NOT_APPLICABLE: gettext_lazy("Does not apply"),
    State.ACCEPTED: gettext_lazy("Accepted"),
    State.SENT_BACK: gettext_lazy("Sent back"),
}
STATE_TONES = {
    State.OPEN: "line",
    State.ANSWERED: "blue",
    State.NOT_APPLICABLE: "plain",
    State.ACCEPTED: "green",
    State.SENT_BACK: "red",
}
ICONS = {"upload": "upload", "answer": "pencil", "approve": "circle-check", "read": "eye"}
ANSWER_WORDS = {
    "approve": {"yes": gettext_lazy("Approved"), "no": gettext_lazy("Not approved")},
    "read": {"yes": gettext_lazy("Read")},
    "yes-no": {"yes": gettext_lazy("Yes"), "no": gettext_lazy("No")},
}
WIDTH = 1000


def url(name: str, client_id: UUID, **where: UUID | int) -> str:
    """Return the address of a page about checklists."""
    return reverse(f"checklists:{name}", kwargs={"client_id": client_id, **where})


def today() -> date:
    """Return the day it is where the reader is."""
    return timezone.localdate(clock.now())


def crumbs(client_id: UUID, *steps: tuple[str, str]) -> list[dict[str, str]]:
    """Return the way from the list to this page: steps of words and address."""
    found = [{"label": _("Requests"), "url": url("list", client_id)}]
    return found + [{"label": label, "url": address} for label, address in steps]


def progress(counts: Counts) -> dict[str, Any]:
    """Return how far a checklist is, as the picture is drawn: parts from left to right, and the same in words."""
    parts, at = [], 0
    named = (
        ("done", counts.accepted),
        ("review", counts.to_review),
        ("back", counts.sent_back),
    )
    for name, number in named:
        width = WIDTH * number // counts.asked if counts.asked else 0
        if width:
            parts.append({"name": name, "x": at, "width": width})
        at += width
    done, asked = counts.done, counts.asked
    said = _("%(done)d of %(asked)d done") % {"done": done, "asked": asked}
    return {"parts": parts, "said": said, "width": WIDTH}


def due_shown(due: date | None, *, is_open: bool) -> dict[str, Any]:
    """Return a day by which something is wanted, and how near it is; empty for none."""
    if due is None or not is_open:
        return {}
    left = (due - today()).days
    if left < 0:
        words = ngettext("%d day late", "%d days late", -left) % -left
        return {"day": due, "words": words, "tone": "red"}
    words = _("due today") if left == 0 else ngettext("due in %d day", "due in %d days", left) % left
    soon = 3
    return {"day": due, "words": words, "tone": "brass" if left <= soon else "line"}


def checklist_shown(row: ChecklistFacts) -> dict[str, Any]:
    """Return a checklist as a line of a list shows it."""
    counts = row.counts
    return {
        "id": row.id,
        "title": row.title,
        "url": url("checklist", row.client_id, checklist_id=row.id),
        "sent_at": row.sent_at,
        "reminded_at": row.reminded_at,
        "is_closed": row.closed_at is not None,
        "is_complete": counts.is_complete,
        "to_review": counts.to_review,
        "sent_back": counts.sent_back,
        "to_do": counts.to_do,
        "progress": progress(counts),
        "due": due_shown(row.next_due, is_open=row.closed_at is None and bool(counts.to_do)),
    }


def item_shown(client_id: UUID, item: ItemFacts, names: dict[UUID, str], files: int = 0) -> dict[str, Any]:
    """Return an item as its checklist lists it."""
    return {
        "id": item.id,
        "url": url("item", client_id, item_id=item.id),
        "number": item.number,
        "title": item.title,
        "icon": ICONS[item.kind],
        "state": item.state.value,
        "state_words": STATE_WORDS[item.state],
        "state_tone": STATE_TONES[item.state],
        "is_firms": item.side == "firm",
        "assignee": names.get(item.assignee_id, "") if item.assignee_id else "",
        "due": due_shown(item.due, is_open=item.is_to_do),
        "answer": answer_words(item),
        "files": files,
        "is_kept": bool(item.draft or item.draft_remark),
        "note": item.note if item.state == State.SENT_BACK else "",
    }


def answer_words(item: ItemFacts) -> str:
    """Return an answer as people read it; empty for files and for what is not answered."""
    if item.state == State.NOT_APPLICABLE:
        return item.reason
    known = ANSWER_WORDS.get(item.kind) or ANSWER_WORDS.get(item.shape) or {}
    return str(known.get(item.answer, item.answer))


def names_of(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of people."""
    wanted = [person for person in people if person is not None]
    return {person.id: person.name for person in identity.people(wanted).values()} if wanted else {}


def people_on(actor: Actor, side: str) -> list[tuple[UUID, str]]:
    """Return the people of the actor's client on one side, by name."""
    kind = "staff" if side == "firm" else "contact"
    found = names_of(member.person_id for member in clients.members(actor) if member.kind == kind)
    return sorted(found.items(), key=lambda one: one[1].casefold())
