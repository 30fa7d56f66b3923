"""Make links for people without an account, and let these in: the link, then a code by mail, then one task."""

import secrets
from datetime import datetime
from uuid import UUID

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.access import actions as access
from muniment.trust.access.errors import LinkEnded
from muniment.trust.access.types import GuestLinkFacts, LinkTask
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import letter_texts, models, queries
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.addresses import clean_email
from muniment.trust.identity.errors import LinkForStaff


@action
def make_guest_link(
    actor: Actor,
    *,
    email: str,
    task: LinkTask,
    scope: tuple[str, UUID],
    purpose: str,
    until: datetime,
    most_uses: int,
) -> GuestLinkFacts:
    """Mail somebody without an account a link to one task on a thing; the caller has authorised sharing it.

    The link is in the mail and nowhere else: not even who makes it sees it.

    Raises:
        Invalid: the address is malformed, the task does not go with the thing, or the uses are not 1 to 100.
        LinkForStaff: the address is of somebody of the firm, who would come in past what they were granted.
        PurposeMissing, EndsInThePast, LinkTooLong: see `access.add_guest_link`.
    """
    address, secret = clean_email(email), secrets.token_urlsafe(32)
    if _is_of_firm(address):
        raise LinkForStaff
    link = access.add_guest_link(
        actor,
        task=task,
        scope=scope,
        purpose=purpose,
        until=until,
        most_uses=most_uses,
        secret_hash=queries.secret_hash(secret),
    )
    models.Guest.objects.create(id=link.id, email=address)
    subject, body = letter_texts.guest_link(actor, link, f"/g/{ids.public(actor.client)}/{secret}/")
    write_letter(to=address, subject=subject, body=body)
    return link


@action
def send_guest_code(actor: Actor, *, link_id: UUID, code: str) -> None:
    """Mail the code that is asked for to the address a link was made for.

    The caller keeps what the code is compared with: see `guests`. Limits are the caller's too.

    Raises:
        LinkEnded: the link has ended, or whom it is for works for the firm by now.
    """
    link = queries.running_link(actor, link_id)
    address = queries.guest_address(link.id)
    if _is_of_firm(address):
        raise LinkEnded
    subject, body = letter_texts.guest_code(code)
    write_letter(to=address, subject=subject, body=body)
    audit.record(actor, Event.GUEST_CODE_SENT, link=link.id)


@action
def note_guest_failure(actor: Actor, *, link_id: UUID) -> None:
    """Write down that a wrong code was given with a link."""
    audit.record(actor, Event.GUEST_CODE_FAILED, link=link_id)


def _is_of_firm(address: str) -> bool:
    person = queries.find_person(address)
    return person is not None and person.kind == "staff"
