"""The second factor: an authenticator app and recovery codes. Each change ends every other session."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.audit.types import Event
from muniment.trust.identity import codes, letter_texts, models
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.actions.people import locked_person
from muniment.trust.identity.actions.sessions import drop_other_sessions
from muniment.trust.identity.errors import FactorAlreadyThere


@action
def add_factor(actor: Actor, *, secret: str, code: str) -> tuple[Authenticator, tuple[str, ...]]:
    """Give the actor an authenticator app with `secret` (base32) and return it with ten new recovery codes.

    The caller has checked `code` against `secret`; it is counted as used.

    Raises:
        NotFound: nobody is signed in.
        FactorAlreadyThere: there is an app already.
    """
    person = locked_person(actor)
    if Authenticator.objects.filter(user_id=person.id, type=Authenticator.Type.TOTP).exists():
        raise FactorAlreadyThere
    row = TOTP.activate(person, secret).instance
    row.data["last_counter"] = codes.counter_of(secret, code)
    row.save(update_fields=["data"])
    made = new_codes(person)
    changed(actor, person, Event.FACTOR_ADDED, row.type, "An authenticator app was set up")
    return row, made


@action
def remove_factor(actor: Actor) -> None:
    """Take the actor's authenticator app away, and the recovery codes where there is no passkey or key besides.

    Until there is another factor, only enrolment is open. The caller has checked who it is by a factor.

    Raises:
        NotFound: nobody is signed in, or there is no app.
    """
    person = locked_person(actor)
    rows = Authenticator.objects.filter(user_id=person.id)
    app = rows.filter(type=Authenticator.Type.TOTP).first()
    if app is None:
        raise NotFound
    changed(actor, person, Event.FACTOR_REMOVED, app.type, "Your authenticator app was removed")
    app.delete()
    if not rows.filter(type=Authenticator.Type.WEBAUTHN).exists():
        rows.delete()


@action
def make_recovery_codes(actor: Actor) -> tuple[str, ...]:
    """Give the actor ten new recovery codes; the old ones end. They are shown once.

    Raises:
        NotFound: nobody is signed in, or there is no factor that codes could stand in for.
    """
    person = locked_person(actor)
    if not Authenticator.objects.filter(user_id=person.id).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        raise NotFound
    made = new_codes(person)
    record_own(actor, Event.RECOVERY_CODES_MADE, person.id, person)
    subject, body = letter_texts.factor_changed(actor, "New recovery codes were made")
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
    person.credentials_changed_at = clock.now()
    person.save(update_fields=["credentials_changed_at"])
    drop_other_sessions(actor)
    return made


def new_codes(person: models.Person) -> tuple[str, ...]:
    """Return ten new recovery codes in place of those there were, as part of a larger act."""
    Authenticator.objects.filter(user_id=person.id, type=Authenticator.Type.RECOVERY_CODES).delete()
    return tuple(RecoveryCodes.activate(person).get_unused_codes())


def changed(actor: Actor, person: models.Person, event: Event, kind: str, what: str) -> None:
    """Write down that a factor came or went, tell the person, and end what began before, as part of a larger act."""
    person.credentials_changed_at = clock.now()
    person.save(update_fields=["credentials_changed_at"])
    ended = drop_other_sessions(actor)
    record_own(actor, event, person.id, person, kind=kind, sessions_ended=ended)
    subject, body = letter_texts.factor_changed(actor, what)
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
