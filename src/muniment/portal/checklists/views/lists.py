"""What the firm asks for: the list, and one checklist with its items."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from muniment.portal.checklists import queries
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.checklists.types import ChecklistPage
from muniment.portal.checklists.views.shown import checklist_shown, crumbs, item_shown, names_of, url
from muniment.trust.access.types import permission


@permission("checklist:view")
@require_safe
def listing(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Show everything that was asked for; to the firm also what is not sent yet."""
    actor = request.actor
    rows = queries.checklists(actor)
    may_send = "checklist:send" in actor.verbs
    drafts = queries.drafts(actor) if may_send else []
    context = {
        "rows": [checklist_shown(row) for row in rows],
        "drafts": [
            {
                "title": row.plan.title,
                "items": len(row.plan.items),
                "changed_at": row.changed_at,
                "url": url("draft", client_id, draft_id=row.id),
            }
            for row in drafts
        ],
        "new_url": url("new", client_id) if may_send else "",
        "templates_url": reverse("checklists:templates") if may_send else "",
        "late_url": reverse("checklists:late") if may_send else "",
        "is_staff": actor.kind == "staff",
    }
    return render(request, "checklists/list.html", context)


@permission("checklist:view")
@require_safe
def checklist(request: ActorRequest, client_id: UUID, checklist_id: UUID) -> HttpResponse:
    """Show one checklist: what it asks for, section by section, and how far it is."""
    page = queries.checklist_page(request.actor, checklist_id)
    row = page.checklist
    is_open = row.closed_at is None
    may_send = "checklist:send" in page.may and is_open
    names = names_of([row.sent_by, *(item.assignee_id for item in page.items)])
    context = {
        "crumbs": crumbs(client_id, (row.title, "")),
        "checklist": checklist_shown(row),
        "sender": names.get(row.sent_by, "") if row.sent_by else "",
        "intro": page.intro,
        "sections": _sections(client_id, page, names),
        "next_url": _next(request, client_id, page),
        "remind_url": url("remind", client_id, checklist_id=row.id) if may_send and row.counts.to_do else "",
        "close_url": url("close", client_id, checklist_id=row.id) if may_send else "",
        "is_staff": request.actor.kind == "staff",
    }
    return render(request, "checklists/checklist.html", context)


def _sections(client_id: UUID, page: ChecklistPage, names: dict[UUID, str]) -> list[dict[str, Any]]:
    """Return the items that are asked for under their headings."""
    asked = [item for item in page.items if item.is_asked]
    return [
        {
            "title": title,
            "items": [item_shown(client_id, item, names, page.file_counts.get(item.id, 0)) for item in items],
        }
        for title, items in groupby(asked, key=lambda item: item.section)
    ]


def _next(request: ActorRequest, client_id: UUID, page: ChecklistPage) -> str:
    """Return where the reader goes on: to the first thing of theirs, or (who decides) that waits for them."""
    if page.checklist.closed_at is not None:
        return ""
    actor = request.actor
    side = "firm" if actor.kind == "staff" else "client"
    for item in page.items:
        is_mine = item.is_to_do and item.side == side and item.assignee_id in {None, actor.person_id}
        decides = item.is_to_review and "checklist:decide" in page.may
        if (is_mine and "checklist:answer" in page.may) or decides:
            return url("item", client_id, item_id=item.id)
    return ""
