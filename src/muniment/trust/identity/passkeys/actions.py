"""Add, rename and remove passkeys and security keys. Each change ends every other session."""

from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import action
from muniment.trust.audit.types import Event
from muniment.trust.identity import letter_texts, models
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.actions.factors import changed, new_codes
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.actions.people import locked_person
from muniment.trust.identity.errors import LastFactor, TooManyPasskeys
from muniment.trust.identity.passkeys.queries import own_row, rows_of
from muniment.trust.identity.passkeys.types import Made

MOST: Final = 20
LONGEST_NAME: Final = 60


@action
def add_passkey(actor: Actor, *, made: Made, name: str) -> tuple[Authenticator, tuple[str, ...]]:
    """Give the actor a passkey or security key; return it, with ten recovery codes if there were none.

    The caller has checked that the browser made it for this person just now.

    Raises:
        NotFound: nobody is signed in.
        Invalid: the name is empty or too long.
        TooManyPasskeys: there are twenty.
    """
    person = locked_person(actor)
    if len(rows_of(person.id)) >= MOST:
        raise TooManyPasskeys
    row = Authenticator.objects.create(
        user=person,
        type=Authenticator.Type.WEBAUTHN,
        created_at=clock.now(),
        data={
            "key": str(ids.new()),
            "name": _name(name),
            "credential": made.credential,
            "count": made.count,
            "alone": made.alone,
            "synced": made.synced,
        },
    )
    has_codes = Authenticator.objects.filter(user_id=person.id, type=Authenticator.Type.RECOVERY_CODES).exists()
    codes = () if has_codes else new_codes(person)
    what = "A passkey was added" if made.alone else "A security key was added"
    changed(actor, person, Event.FACTOR_ADDED, _kind(row), what)
    return row, codes


@action
def rename_passkey(actor: Actor, *, passkey_id: UUID, name: str) -> None:
    """Call one of the actor's passkeys or security keys something else.

    Raises:
        NotFound: the actor has no such, or nobody is signed in.
        Invalid: the name is empty or too long.
    """
    person = locked_person(actor)
    row = own_row(person.id, passkey_id)
    row.data["name"] = _name(name)
    row.save(update_fields=["data"])
    record_own(actor, Event.FACTOR_RENAMED, person.id, person, kind=_kind(row))


@action
def remove_passkey(actor: Actor, *, passkey_id: UUID) -> None:
    """Take one of the actor's passkeys or security keys away; another way to prove who one is must be left.

    Raises:
        NotFound: the actor has no such, or nobody is signed in.
        LastFactor: it is the only one, and there is no authenticator app.
    """
    person = locked_person(actor)
    row = own_row(person.id, passkey_id)
    left = Authenticator.objects.filter(user_id=person.id).exclude(pk=row.pk)
    if not left.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        raise LastFactor
    what = "A passkey was removed" if row.data["alone"] else "A security key was removed"
    changed(actor, person, Event.FACTOR_REMOVED, _kind(row), what)
    row.delete()


@action
def note_copied(actor: Actor, *, person_id: UUID, name: str) -> None:
    """Write down that the counter of somebody's key went back, which a copy of it would do; and tell them."""
    record_own(actor, Event.FACTOR_COPIED, person_id, about=person_id)
    person = models.Person.objects.get(id=person_id)
    subject, body = letter_texts.passkey_copied(actor, name)
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)


def _kind(row: Authenticator) -> str:
    return "passkey" if row.data["alone"] else "security key"


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid
    return name
