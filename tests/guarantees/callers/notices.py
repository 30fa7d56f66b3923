"""Notices, and mails on their way: how each of their actions is called."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from muniment.core import clock, ids
from muniment.portal.notices import actions as notices
from muniment.portal.notices.types import Habits
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Letter, Person
from tests.guarantees.callers.case import Call, Case, own
from tests.trust.identity.mailing.test_bounces import CLEO, report

NOTICES = f"{notices.__name__}."
MAILING = "muniment.trust.identity.mailing.actions."
SECRET = "n" * 43  # of the link that was laid


def _reading(case: Case) -> Call:
    notice_id = case.id("notice_id")
    return Call(case.cleo, Event.NOTICE_READ, {"notice_id": notice_id}, object_id=notice_id)


def letter(*, sent: bool = False) -> UUID:
    """Return a notice mail to Cleo."""
    person = people.find_person(CLEO)
    letter_id = identity.write_letter(to=CLEO, subject="s", body="b", person_id=person.id if person else None)
    if sent:
        Letter.objects.filter(id=letter_id).update(sent_at=clock.now())
    return letter_id


def _on_letter(case: Case, event: Event, **more: Any) -> Call:
    letter_id = letter()
    return Call(case.ada, event, {"letter_id": letter_id, **more}, object_id=letter_id)


def _bounced(case: Case) -> Call:
    letter_id = letter(sent=True)
    values = {"report": report(f"<{ids.public(letter_id)}@localhost>")}
    return Call(case.ada, Event.MAIL_RETURNED, values, object_id=letter_id)


def _clearing(case: Case) -> Call:
    cleo = case.portal.people["cleo"]
    Person.objects.filter(id=cleo).update(bounced_at=clock.now())
    return own(case, Event.ADDRESS_CLEARED, person_id=cleo)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{NOTICES}read_notice": _reading,
    f"{NOTICES}read_notices": lambda c: own(c, Event.NOTICES_READ),
    f"{NOTICES}choose_notices": lambda c: own(
        c, Event.NOTICES_CHOSEN, how={"documents": "daily"}, habits=Habits(daily_hour=7)
    ),
    f"{NOTICES}stop_mails": lambda c: Call(
        c.visitor(), Event.NOTICES_STOPPED, {"secret": SECRET}, client_id=c.portal.okoye
    ),
    f"{MAILING}retry_letter": lambda c: _on_letter(c, Event.MAIL_RETRIED),
    f"{MAILING}drop_letter": lambda c: _on_letter(c, Event.MAIL_DROPPED, reason="Sent twice"),
    f"{MAILING}read_bounce": _bounced,
    f"{MAILING}mark_address": lambda c: Call(
        c.firm,
        Event.ADDRESS_BOUNCED,
        {"person_id": c.portal.people["cleo"], "address": CLEO, "code": "550 5.1.1"},
        object_id=c.portal.people["cleo"],
    ),
    f"{MAILING}clear_bounce": _clearing,
}
