"""Requests for access and reviews of it: how each of their actions is called."""

from collections.abc import Callable
from typing import Any

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.audit.types import Event
from muniment.trust.oversight import actions as oversight
from muniment.trust.oversight.models import AccessRequest, AccessReview, ReviewItem
from tests.cast import OKOYE
from tests.guarantees.callers.case import Call, Case
from tests.guarantees.things import CONTENT, add_document

REQUESTS = f"{oversight.__name__}.requests."
REVIEWS = f"{oversight.__name__}.reviews."


def _asked(case: Case, actor: Actor, event: Event, **more: Any) -> Call:
    """Let Dan ask for a document that is not his to open."""
    wanted = ("document", add_document(case.cleo, "Rent.pdf", CONTENT).document_id)
    asked = oversight.ask_access(case.who("dan"), role="viewer", reason="The rent", hours=24, scope=wanted)
    return Call(actor, event, {"request_id": asked.id, **more}, object_id=asked.id)


def _request_over(case: Case) -> Call:
    call = _asked(case, case.system, Event.ACCESS_ENDED)
    oversight.give_access(case.cleo, **call.values)
    with acting_as(case.system):
        AccessRequest.objects.filter(id=call.values["request_id"]).update(ends_at=clock.now())
    return call


def _review(case: Case, event: Event, actor: Actor | None = None, **more: Any) -> Call:
    review_id = oversight.start_review(case.who("ada", case.portal.okoye)).id
    return Call(actor or case.cleo, event, {"review_id": review_id, **more}, object_id=review_id)


def _decision(case: Case) -> Call:
    call = _review(case, Event.REVIEW_KEPT)
    with acting_as(case.cleo):
        item = ReviewItem.objects.filter(review_id=call.object_id, grant_id=case.id("grant_id")).first()
    if item is None:
        raise LookupError("the share that the review would be about has ended")
    return Call(call.actor, call.event, {**call.values, "item_ids": [item.id], "keep": True}, object_id=item.id)


def _review_done(case: Case) -> Call:
    call = _review(case, Event.REVIEW_CLOSED, case.system)
    with acting_as(case.system):
        ReviewItem.objects.filter(review_id=call.object_id).update(state="over")
    return call


def _review_late(case: Case) -> Call:
    call = _review(case, Event.REVIEW_LATE, case.system)
    with acting_as(case.system):
        AccessReview.objects.filter(id=call.values["review_id"]).update(due_at=clock.now())
    return call


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{REQUESTS}ask_access": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.ACCESS_ASKED, {"role": "analyst", "reason": "A fault", "hours": 4}
    ),
    f"{REQUESTS}ask_by_name": lambda c: Call(
        c.ada, Event.ACCESS_ASKED, {"named": OKOYE, "role": "analyst", "reason": "A fault", "hours": 4}
    ),
    f"{REQUESTS}give_access": lambda c: _asked(c, c.cleo, Event.ACCESS_GIVEN),
    f"{REQUESTS}decline_access": lambda c: _asked(c, c.cleo, Event.ACCESS_DECLINED),
    f"{REQUESTS}end_access": lambda c: _asked(c, c.who("dan"), Event.ACCESS_TAKEN_BACK),
    f"{REQUESTS}end_due": _request_over,
    f"{REVIEWS}start_review": lambda c: Call(c.who("ada", c.portal.okoye), Event.REVIEW_STARTED),
    f"{REVIEWS}decide_items": _decision,
    f"{REVIEWS}close_review": _review_done,
    f"{REVIEWS}remind_owners": _review_late,
    f"{REVIEWS}export_review": lambda c: _review(c, Event.REVIEW_EXPORTED, form="csv"),
}
