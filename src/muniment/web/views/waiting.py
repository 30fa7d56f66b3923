"""What of other people's access waits for somebody's answer: requests and reviews, as Home shows them."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Company
from muniment.trust.oversight import queries
from muniment.trust.oversight.types import RequestFacts, ReviewFacts


def waiting(actor: Actor) -> list[dict[str, Any]]:
    """Return what waits for the person, late reviews first, as lines of "Needs your attention"."""
    if actor.looking_as is not None:
        return []
    requests, reviews = queries.to_decide(actor), queries.open_for(actor)
    companies = identity.companies({row.client_id for row in requests} | {row.client_id for row, _count in reviews})
    people = identity.people(row.asked_by for row in requests)
    names = {person.id: person.name for person in people.values()}
    found = [_review(row, count, companies) for row, count in reviews]
    return found + [_request(actor, row, names, companies) for row in requests]


def _review(row: ReviewFacts, count: int, companies: dict[UUID, Company]) -> dict[str, Any]:
    is_late = row.is_overdue(clock.now())
    what = ngettext("%(count)d access waits for your answer", "%(count)d accesses wait for your answer", count)
    company = companies.get(row.client_id)
    return {
        "icon": "shield-check",
        "tone": "red" if is_late else "brass",
        "title": _("Who still needs access?"),
        "about": " · ".join(filter(None, [what % {"count": count}, company.name if company else ""])),
        "due": _("Late") if is_late else "",
        "due_tone": "red",
        "act": _("Review"),
        "url": reverse("reviews:review", kwargs={"client_id": row.client_id, "review_id": row.id}),
    }


def _request(actor: Actor, row: RequestFacts, names: dict[UUID, str], companies: dict[UUID, Company]) -> dict[str, Any]:
    listing = reverse("requests:here", kwargs={"client_id": row.client_id})
    company = companies.get(row.client_id)
    return {
        "icon": "lock",
        "tone": "red" if row.is_emergency else "brass",
        "title": _("%(name)s asks for access") % {"name": names.get(row.asked_by, _("Somebody"))},
        "about": company.name if company else "",
        "due": _("Emergency") if row.is_emergency else "",
        "due_tone": "red",
        "act": _("Decide"),
        "url": reverse("requests:list") if actor.kind == "staff" and row.is_staff else listing,
    }
