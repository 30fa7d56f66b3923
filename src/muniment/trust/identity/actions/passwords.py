"""Change passwords. Each change ends every other session of the person."""

from uuid import UUID

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import delegation, letter_texts, models, queries
from muniment.trust.identity.actions.entries import record_own, record_try
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.actions.people import locked_person, set_password
from muniment.trust.identity.actions.sessions import drop_other_sessions
from muniment.trust.identity.errors import WeakPassword
from muniment.trust.identity.strength.owners import owner_of

SAME = "This is the password you have now."


@action
def change_password(actor: Actor, *, password: str) -> models.Person:
    """Give the actor a new password and end every other session; the caller has proved the old one.

    Returns the person, for the session that goes on with a new key.

    Raises:
        NotFound: nobody is signed in.
        WeakPassword: it is too short, known, easy to guess, or the old one.
    """
    person = locked_person(actor)
    _replace(actor, person, password, how="changed")
    return person


@action
def ask_password_reset(actor: Actor, *, email: str) -> None:
    """Mail a one-use link to whoever has this address. Nothing tells whether anybody has: not even the work.

    For nobody the same letter is written and undone; the entry, which is written in any case, is what takes the time.

    Raises:
        SignsInElsewhere: the organisation of the address alone says who its people are; so for all of its addresses.
    """
    delegation.insist_here(email)
    person = queries.find_person(email)
    about = person or models.Person(email=email, name="Nobody", kind="contact")
    with transaction.atomic():
        subject, body = letter_texts.password_reset(reset_path(about))
        write_letter(to=about.email, subject=subject, body=body, person_id=person.id if person else None)
        if person is None or not person.is_active:
            transaction.set_rollback(True)
    record_try(actor, Event.PASSWORD_RESET_ASKED, person.id if person else None)


@action
def reset_password(actor: Actor, *, person_id: UUID, token: str, password: str) -> None:
    """Give a person a new password by the link that was mailed; every session of theirs ends.

    The link works once: the token is bound to the old password.

    Raises:
        LinkOver: the link was used or is too old.
        WeakPassword: the password is too short, known, easy to guess, or the old one.
    """
    models.Person.objects.select_for_update().filter(id=person_id).first()  # of two at the same moment, one waits here
    person = queries.find_resetting(person_id, token)
    themselves = Actor(
        kind="staff" if person.kind == "staff" else "contact",
        person_id=person.id,
        ip=actor.ip,
        device=actor.device,
        request_id=actor.request_id,
    )
    _replace(themselves, person, password, how="reset")


@action
def flag_password(actor: Actor, *, person_id: UUID) -> None:
    """Force a person to choose a new password at the next sign-in, because theirs may be known; end their sessions.

    Raises:
        NotFound: there is no such person, or `actor` does not administer people.
        ConfirmFirst: they did not confirm lately that it is them.
    """
    if "person:end" not in actor.firm_verbs and actor.kind != "system":
        raise NotFound
    access.insist_fresh(actor, "person:end")
    person = models.Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFound
    person.password_flagged_at = person.credentials_changed_at = clock.now()
    person.save(update_fields=["password_flagged_at", "credentials_changed_at"])
    models.Session.objects.filter(person_id=person_id).delete()
    audit.record(actor, Event.COMPROMISED_FLAGGED, person)


def reset_path(person: models.Person) -> str:
    """Return the path of a link that resets the password of `person` once, within an hour."""
    return f"/account/password/reset/{ids.public(person.id)}/{default_token_generator.make_token(person)}/"


def _replace(actor: Actor, person: models.Person, password: str, *, how: str) -> None:
    delegation.insist_here(person.email, person.id)
    if person.check_password(password):
        raise WeakPassword((SAME,))
    owner = owner_of(person)
    set_password(person, password, owner.companies, owner.rules)
    person.credentials_changed_at = clock.now()
    person.password_flagged_at = None
    person.save(update_fields=["password", "credentials_changed_at", "password_flagged_at"])
    ended = drop_other_sessions(actor)
    record_own(actor, Event.PASSWORD_CHANGED, person.id, person, how=how, sessions_ended=ended)
    subject, body = letter_texts.password_changed(actor)
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
