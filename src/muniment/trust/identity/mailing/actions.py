"""Send mails again, drop them, read reports about them, and say that an address works again."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.mailing.errors import LetterGone, NotAReport, NothingFailed
from muniment.trust.identity.mailing.queries import insist_on_the_firm
from muniment.trust.identity.mailing.reports import read_report
from muniment.trust.identity.mailing.troubles import says_no_such_address

REMEMBERED: Final = timedelta(days=30)
PURPOSE: Final = "Mails that come back"


@action
def retry_letter(actor: Actor, *, letter_id: UUID) -> None:
    """Try to send a mail again, now and then with growing pauses as if it were new.

    Raises:
        NotFound: there is no such mail, or the actor does not look after mails.
        ConfirmFirst: they did not confirm lately that it is them.
        LetterGone: it was sent or dropped meanwhile.
    """
    from muniment.trust.identity.actions.letters import put_in_queue  # noqa: PLC0415 - it tells this module of bounces

    letter = _open_letter(actor, letter_id)
    letter.tries, letter.failed_at, letter.trouble = 0, None, ""
    letter.save(update_fields=["tries", "failed_at", "trouble"])
    put_in_queue(letter.id, before_others=True)
    audit.record(actor, Event.MAIL_RETRIED, letter)


@action
def drop_letter(actor: Actor, *, letter_id: UUID, reason: str) -> None:
    """Let a mail not be sent any more, and forget what it says; that it was dropped, by whom and why, stays a month.

    Raises:
        NotFound: there is no such mail, or the actor does not look after mails.
        ConfirmFirst: they did not confirm lately that it is them.
        LetterGone: it was sent or dropped meanwhile.
        Invalid: no reason is given.
    """
    letter = _open_letter(actor, letter_id)
    if not reason.strip():
        raise Invalid
    letter.dropped_at, letter.dropped_by, letter.drop_reason = clock.now(), actor.person_id, reason.strip()
    letter.message = None
    letter.save(update_fields=["dropped_at", "dropped_by", "drop_reason", "message"])
    audit.record(actor, Event.MAIL_DROPPED, letter)


@action
def read_bounce(actor: Actor, *, report: bytes) -> int:
    """Take in a delivery report: what failed for good is listed as failed; return how many addresses were marked.

    A report counts only with the Message-ID of a mail that this portal sent in the last 30 days, which nobody can
    guess, and only for an address that its person still has: nobody else can switch off somebody's mails.

    Raises:
        NotFound: the actor does not look after mails.
        NotAReport: it is no delivery report about a mail of this portal.
        NothingFailed: it says that the mail waits or arrived.
    """
    insist_on_the_firm(actor)
    found = read_report(report)
    try:
        letter = models.Letter.objects.select_for_update().filter(id=ids.private(found.letter)).first()
    except ValueError as error:
        raise NotAReport from error
    if letter is None:
        raise NotAReport
    failed = [failure for failure in found.failures if failure.is_final]
    if not failed:
        raise NothingFailed
    letter.failed_at, letter.trouble = letter.failed_at or clock.now(), failed[0].status
    letter.save(update_fields=["failed_at", "trouble"])
    gone = [failure for failure in failed if says_no_such_address(failure.status or "550")]
    marked = sum(_mark(actor, letter.person_id, failure.recipient, failure.status) for failure in gone)
    audit.record(actor, Event.MAIL_RETURNED, letter, marked=marked)
    return marked


@action
def clear_bounce(actor: Actor, *, person_id: UUID) -> None:
    """Say that mails to somebody's address arrive again: they get notices by mail from now on.

    They say so of their own address, and who looks after mails of anybody's.

    Raises:
        NotFound: there is no such person, no mail to them came back, or it is not the actor's to say.
    """
    if person_id != actor.person_id:
        insist_on_the_firm(actor)
    person = models.Person.objects.select_for_update().filter(id=person_id, bounced_at__isnull=False).first()
    if person is None or actor.looking_as is not None:
        raise NotFound
    person.bounced_at, person.bounce_code = None, ""
    person.save(update_fields=["bounced_at", "bounce_code"])
    if person_id == actor.person_id:
        record_own(actor, Event.ADDRESS_CLEARED, person_id, person)
    else:
        audit.record(actor, Event.ADDRESS_CLEARED, person)


def note_bounce(person_id: UUID, address: str, code: str) -> None:
    """Mark somebody's address because a mail server said that it does not exist; the portal itself does."""
    firm_id = clients.find_firm_id()
    if firm_id is not None and models.Person.objects.filter(id=person_id, email=address, bounced_at=None).exists():
        mark_address(Actor.system(firm_id, purpose=PURPOSE), person_id=person_id, address=address, code=code)


@action
def mark_address(actor: Actor, *, person_id: UUID, address: str, code: str) -> None:
    """Mark that mails to somebody's address come back, for the reason `code` (RFC 3463); administrators are told.

    Raises:
        NotFound: this is not their address any more, it is marked already, or the actor does not look after mails.
    """
    insist_on_the_firm(actor)
    if not _mark(actor, person_id, address, code):
        raise NotFound


def sweep_letters() -> None:
    """Forget that mails were sent or dropped 30 days ago; those that failed too, with what they say."""
    models.Letter.objects.filter(created_at__lt=clock.now() - REMEMBERED).exclude(
        sent_at=None, failed_at=None, dropped_at=None
    ).delete()


def _mark(actor: Actor, person_id: UUID | None, address: str, code: str) -> bool:
    person = models.Person.objects.select_for_update().filter(id=person_id).first() if person_id else None
    if person is None or person.bounced_at is not None or person.email.casefold() != address.casefold():
        return False
    person.bounced_at, person.bounce_code = clock.now(), code
    person.save(update_fields=["bounced_at", "bounce_code"])
    audit.record(actor, Event.ADDRESS_BOUNCED, person, code=code)
    return True


def _open_letter(actor: Actor, letter_id: UUID) -> models.Letter:
    insist_on_the_firm(actor)
    access.insist_proved(actor, "administer")
    letter = models.Letter.objects.select_for_update().filter(id=letter_id).first()
    if letter is None:
        raise NotFound
    if letter.sent_at is not None or letter.dropped_at is not None:
        raise LetterGone
    return letter
