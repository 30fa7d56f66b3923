"""Take receipts along, or have them sent. Each is an act of its own, which earns none."""

from datetime import date
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.disclosure import letter_texts
from muniment.trust.disclosure.errors import NoMail, ReceiptNotReady
from muniment.trust.disclosure.queries import receipts as queries
from muniment.trust.disclosure.types import RECEIPT_TYPE, ReceiptArchive, ReceiptFile
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.types import Attachment


@action
def take_receipt(actor: Actor, *, entry_id: UUID) -> ReceiptFile:
    """Return the receipt of an entry as a file.

    Raises:
        NotFound: there is no such entry, or `actor` may read neither the log nor did it themselves.
        ReceiptNotReady: no signed head covers it yet.
    """
    file = _file(actor, entry_id)
    audit.record(actor, Event.RECEIPT_TAKEN, entry=entry_id)
    return file


@action
def mail_receipt(actor: Actor, *, entry_id: UUID) -> None:
    """Send the receipt of an entry to whoever asks.

    Raises:
        NotFound, ReceiptNotReady: as for `take_receipt`.
        NoMail: `actor` is no person.
    """
    file = _file(actor, entry_id)
    known = people.people([actor.person_id])
    if actor.person_id not in known:
        raise NoMail
    person = known[actor.person_id]
    subject, body = letter_texts.one_receipt(actor, entry_id)
    attached = Attachment(file.name, RECEIPT_TYPE, file.data)
    identity.write_letter(to=person.email, subject=subject, body=body, person_id=person.id, attachments=[attached])
    audit.record(actor, Event.RECEIPT_MAILED, entry=entry_id)


@action
def pack_receipts(actor: Actor, *, month: date) -> ReceiptArchive:
    """Write down that somebody takes the receipts of a month along, and say which go into the file.

    They are those of the whole log, or of what `actor` did themselves.

    Raises:
        NotFound: nobody is signed in.
    """
    wanted = queries.of_mine(actor, queries.of_month(month.replace(day=1)))
    entry_id = audit.record(actor, Event.RECEIPTS_PACKED, month=month.isoformat()[:7])
    return ReceiptArchive(entry_id, month.replace(day=1), wanted)


def _file(actor: Actor, entry_id: UUID) -> ReceiptFile:
    found = queries.entry(actor, entry_id)
    content = log.receipt(actor, entry_id)
    if content is None:
        raise ReceiptNotReady
    return queries.receipt_file(found, content)
