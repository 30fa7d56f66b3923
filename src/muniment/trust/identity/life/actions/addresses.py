"""Sign in with another address: the old mailbox and the new one both say yes."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit.types import Event
from muniment.trust.identity import delegation, models, queries
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.actions.people import locked_person
from muniment.trust.identity.addresses import clean_email
from muniment.trust.identity.errors import LinkOver
from muniment.trust.identity.life import letter_texts
from muniment.trust.identity.life.errors import SameAddress
from muniment.trust.identity.life.models import EmailChange
from muniment.trust.identity.life.queries.addresses import change_behind

LINK_HOURS = 24


@action
def ask_email_change(actor: Actor, *, email: str) -> None:
    """Send a one-use link to the actor's old address and to the new one; a change asked for before is withdrawn.

    An address that somebody else signs in with is answered alike; its owner is told, and nobody else.

    Raises:
        NotFound: nobody is signed in.
        ConfirmFirst: they did not confirm lately that it is them.
        Invalid: it is no address.
        SameAddress: it is the one there is.
        SignsInElsewhere: the organisation of the old address alone says who its people are.
    """
    access.insist_proved(actor, "administer")
    person = locked_person(actor)
    address = clean_email(email)
    if address == person.email:
        raise SameAddress
    delegation.insist_here(person.email, person.id)  # else somebody could take their sign-in out of their organisation
    EmailChange.objects.filter(person_id=person.id).delete()
    for_old, for_new = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    change = EmailChange.objects.create(
        person_id=person.id,
        email=address,
        old_hash=queries.secret_hash(for_old),
        new_hash=queries.secret_hash(for_new),
        expires_at=clock.now() + timedelta(hours=LINK_HOURS),
    )
    record_own(actor, Event.EMAIL_CHANGE_ASKED, person.id, change, until=change.expires_at)
    subject, body = letter_texts.confirm_old(address, link_path(change.id, for_old), change.expires_at)
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
    owner = queries.find_person(address)
    if owner is None:
        subject, body = letter_texts.confirm_new(link_path(change.id, for_new), change.expires_at)
        write_letter(to=address, subject=subject, body=body, person_id=person.id)
    else:
        subject, body = letter_texts.address_taken()
        write_letter(to=owner.email, subject=subject, body=body, person_id=owner.id)


@action
def confirm_email_change(actor: Actor, *, change_id: UUID, secret: str) -> bool:
    """Say yes from one of the two mailboxes; return whether that was the second, and the address is changed.

    Repeating it with the same link changes nothing. With the second yes every session ends but the actor's own, and
    links that reset the password, which are bound to the old address.

    Raises:
        LinkOver: the link was withdrawn or is too old, the person cannot sign in, or the address is taken meanwhile.
    """
    found = change_behind(change_id, secret)
    change = EmailChange.objects.select_for_update().filter(id=found.id).first()
    person = models.Person.objects.select_for_update().filter(id=found.person_id, disabled_at=None).first()
    if change is None or person is None:
        raise LinkOver
    now = clock.now()
    if bytes(change.old_hash) == queries.secret_hash(secret):
        change.old_confirmed_at = change.old_confirmed_at or now
    else:
        change.new_confirmed_at = change.new_confirmed_at or now
    change.save(update_fields=["old_confirmed_at", "new_confirmed_at"])
    record_own(actor, Event.EMAIL_CHANGE_CONFIRMED, person.id, change)
    if change.old_confirmed_at is None or change.new_confirmed_at is None:
        return False
    _move(actor, person, change)
    return True


@action
def withdraw_email_change(actor: Actor, *, change_id: UUID | None = None, secret: str = "") -> None:
    """Stop a change of address: the actor's own, or the one that a link from a mail is about.

    Raises:
        LinkOver: there is no such change.
    """
    if change_id is not None and secret:
        change = change_behind(change_id, secret)
    else:
        if actor.person_id is None:
            raise LinkOver
        own = EmailChange.objects.filter(person_id=actor.person_id, expires_at__gt=clock.now()).first()
        if own is None:
            raise LinkOver
        change = own
    record_own(actor, Event.EMAIL_CHANGE_WITHDRAWN, change.person_id, change)
    EmailChange.objects.filter(id=change.id).delete()


def sweep_email_changes() -> None:
    """Forget changes of address that nobody finished in time: no entry, for nothing came of them."""
    EmailChange.objects.filter(expires_at__lte=clock.now() - timedelta(hours=LINK_HOURS)).delete()


def link_path(change_id: UUID, secret: str) -> str:
    """Return the path of the link in one of the two mails."""
    return f"/account/address/{ids.public(change_id)}/{secret}/"


def _move(actor: Actor, person: models.Person, change: EmailChange) -> None:
    old, new = person.email, change.email
    if queries.find_person(new) is not None:
        raise LinkOver
    person.email, person.credentials_changed_at = new, clock.now()
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "credentials_changed_at"])
    except IntegrityError as taken:  # in this very moment
        raise LinkOver from taken
    EmailChange.objects.filter(id=change.id).delete()
    rows = models.Session.objects.filter(person_id=person.id)
    ended, _ = (rows.exclude(id=actor.session_id) if actor.session_id else rows).delete()
    record_own(actor, Event.EMAIL_CHANGED, person.id, person, sessions_ended=ended)
    subject, body = letter_texts.address_changed(new)
    for address in (old, new):
        write_letter(to=address, subject=subject, body=body, person_id=person.id)
