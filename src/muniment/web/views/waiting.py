"""What of other people's access, and of setting the portal up, waits for somebody, as Home shows it."""

from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muniment.core.actor import Actor
from muniment.core.needs import Need
from muniment.trust.identity import queries as identity
from muniment.trust.oversight import queries
from muniment.trust.oversight.types import RequestFacts, ReviewFacts
from muniment.web.views.presenting.steps import first_steps_needs


def waiting(actor: Actor) -> list[Need]:
    """Return what waits for the person to decide (reviews by their day, emergencies today), and first steps."""
    if actor.looking_as is not None:
        return []
    requests, reviews = queries.to_decide(actor), queries.open_for(actor)
    people = identity.people(row.asked_by for row in requests)
    names = {person.id: person.name for person in people.values()}
    asked = [_request(actor, row, names) for row in requests]
    return [_review(row, count) for row, count in reviews] + asked + first_steps_needs(actor)


def _review(row: ReviewFacts, count: int) -> Need:
    what = ngettext("%(count)d access waits for your answer", "%(count)d accesses wait for your answer", count)
    return Need(
        kind="decide",
        client_id=row.client_id,
        title=_("Who still needs access?"),
        about=what % {"count": count},
        act=_("Review"),
        url=reverse("reviews:review", kwargs={"client_id": row.client_id, "review_id": row.id}),
        since=row.started_at,
        due=timezone.localdate(row.due_at),
    )


def _request(actor: Actor, row: RequestFacts, names: dict[UUID, str]) -> Need:
    listing = reverse("requests:here", kwargs={"client_id": row.client_id})
    return Need(
        kind="decide",
        client_id=row.client_id,
        title=_("%(name)s asks for access") % {"name": names.get(row.asked_by, _("Somebody"))},
        about=_("Emergency") if row.is_emergency else "",
        act=_("Decide"),
        url=reverse("requests:list") if actor.kind == "staff" and row.is_staff else listing,
        since=row.asked_at,
        due=timezone.localdate(row.asked_at) if row.is_emergency else None,
    )
