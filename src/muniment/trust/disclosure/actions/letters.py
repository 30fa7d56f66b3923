"""Write letters about a log: a week with the log's head, a month's receipts, receipts as they are earned."""

from datetime import date, datetime
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.disclosure import letter_texts
from muniment.trust.disclosure.errors import NothingToTell
from muniment.trust.disclosure.models import LogLetters
from muniment.trust.disclosure.queries import letters as queries
from muniment.trust.disclosure.queries.receipts import entry, receipt_file
from muniment.trust.disclosure.types import RECEIPT_TYPE
from muniment.trust.identity import actions as identity
from muniment.trust.identity.types import Attachment, Person

AT_ONCE = 40  # receipts in one go, so that a mail stays small


@action
def set_letters(actor: Actor, *, weekly: bool, receipts: bool) -> None:
    """Choose which letters about the client's log are sent; receipts begin with what happens from now on.

    Raises:
        NotFound: `actor` may not.
    """
    access.require(actor, "letters:set")
    row = _row(actor)
    if receipts and not row.receipts:
        row.receipts_from = log.size(actor.client)
    row.weekly, row.receipts, row.set_by, row.set_at = weekly, receipts, actor.person_id, clock.now()
    row.save()
    audit.record(actor, Event.LETTERS_SET, row, weekly=weekly, receipts=receipts)


@action
def write_weekly_letter(actor: Actor, *, until: datetime) -> int:
    """Write to the client's managers what happened in the week before `until`, with the head of the log.

    Raises:
        NothingToTell: they do not want it, or it was written.
    """
    if not queries.is_weekly_due(actor, until):
        raise NothingToTell
    row = _row(actor)
    row.weekly_until = until
    row.save(update_fields=["weekly_until"])
    told = queries.week(actor, until - queries.WEEK, until)
    subject, body = letter_texts.week(actor, told)
    attached = []
    if told.head is not None:
        name = f"{told.head.splitlines()[0].rpartition('/')[2][:8]}-{told.head.splitlines()[1]}.checkpoint"
        attached = [Attachment(name, "text/plain", told.head.encode())]
    return _write(actor, "week", subject, body, attached)


@action
def write_month_letter(actor: Actor, *, month: date) -> int:
    """Write to the client's managers that the receipts of a month can be taken along.

    Raises:
        NothingToTell: they want no letters, it was written, or there are none.
    """
    if not queries.is_month_due(actor, month):
        raise NothingToTell
    row = _row(actor)
    row.month_told = month
    row.save(update_fields=["month_told"])
    subject, body = letter_texts.month(actor, month, queries.receipts_in(actor, month))
    return _write(actor, "month", subject, body, [])


@action
def send_receipts(actor: Actor) -> int:
    """Send the receipts that are ready to those of the client's own people who earned them; return how many.

    Raises:
        NothingToTell: none is ready, or nobody wants them.
    """
    row = _row(actor)
    found = queries.ready(actor, row.receipts_from, limit=AT_ONCE) if row.receipts else []
    if not found:
        raise NothingToTell
    own, mine = queries.own_people(actor), dict[Person, list[Attachment]]()
    for earned in found:
        person = own.get(earned.person_id)
        if person is not None:
            mine.setdefault(person, []).append(_attachment(actor, earned.id))
    for person, attached in mine.items():
        subject, body = letter_texts.receipts(actor, len(attached))
        identity.write_letter(to=person.email, subject=subject, body=body, person_id=person.id, attachments=attached)
    row.receipts_from = found[-1].position + 1
    row.save(update_fields=["receipts_from"])
    sent = sum(map(len, mine.values()))
    audit.record(actor, Event.LETTER_WRITTEN, kind="receipts", letters=len(mine), receipts=sent)
    return sent


def _write(actor: Actor, kind: str, subject: str, body: str, attached: list[Attachment]) -> int:
    people = queries.readers(actor)
    for person in people:
        identity.write_letter(to=person.email, subject=subject, body=body, person_id=person.id, attachments=attached)
    audit.record(actor, Event.LETTER_WRITTEN, kind=kind, letters=len(people))
    return len(people)


def _attachment(actor: Actor, entry_id: UUID) -> Attachment:
    content = log.receipt(actor, entry_id)
    if content is None:
        raise NothingToTell  # its log has a head, but the register none over that yet: the next run takes it
    file = receipt_file(entry(actor, entry_id), content)
    return Attachment(file.name, RECEIPT_TYPE, file.data)


def _row(actor: Actor) -> LogLetters:
    row, _made = LogLetters.objects.select_for_update().get_or_create(client_id=actor.client)
    return row
