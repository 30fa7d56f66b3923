"""Mail codes, trust and forget devices, tell of a sign-in on a new one, and take back one that was somebody else's."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.audit.types import Event
from muniment.trust.identity import devices, models
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.actions.passwords import reset_path
from muniment.trust.identity.errors import LinkOver
from muniment.trust.identity.queries.links import secret_hash
from muniment.trust.identity.recovery.models import Recovery
from muniment.trust.identity.steps import letters
from muniment.trust.identity.steps.models import SignInNotice

NOTICE_LASTS: Final = timedelta(days=7)


@action
def send_code(actor: Actor, *, person_id: UUID, code: str) -> None:
    """Mail somebody whose password was right the code they go on with; the caller keeps what it is compared with.

    Raises:
        NotFound: there is no such person, or they cannot sign in.
    """
    person = models.Person.objects.filter(id=person_id, disabled_at=None).first()
    if person is None:
        raise NotFound
    subject, body = letters.code(code)
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
    record_own(actor, Event.CODE_MAILED, person.id, about=person.id)


@action
def trust_device(actor: Actor, *, device_id: UUID) -> None:
    """Let a device of the actor need no second step for as long as their clients allow.

    Raises:
        NotFound: the actor has no such device.
    """
    row = _own(actor, device_id)
    row.trusted_at = clock.now()
    row.save(update_fields=["trusted_at"])
    record_own(actor, Event.DEVICE_TRUSTED, actor.person_id, row)


@action
def forget_device(actor: Actor, *, device_id: UUID) -> None:
    """Forget a device of the actor: the next sign-in on it asks for everything, and is told of by mail.

    Raises:
        NotFound: the actor has no such device.
    """
    row = _own(actor, device_id)
    record_own(actor, Event.DEVICE_FORGOTTEN, actor.person_id, row)
    devices.forget([row])


@action
def forget_devices(actor: Actor) -> int:
    """Forget every device of the actor; return how many there were.

    Raises:
        NotFound: nobody is signed in.
    """
    if actor.person_id is None:
        raise NotFound
    gone = devices.forget(devices.remembered(actor.person_id))
    record_own(actor, Event.DEVICE_FORGOTTEN, actor.person_id, devices=gone)
    return gone


def tell_of_new_device(actor: Actor, person: models.Person) -> None:
    """Mail somebody, as part of signing in, that they did so on a new device, with a link for when it was not them."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    SignInNotice.objects.create(
        person_id=person.id, secret_hash=secret_hash(secret), told_at=now, expires_at=now + NOTICE_LASTS
    )
    subject, body = letters.new_device(actor, now, f"/not-me/{secret}/")
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)


@action
def deny_sign_in(actor: Actor, *, secret: str) -> str:
    """Take back a sign-in that was somebody else's, by the link in the mail; return where a new password is chosen.

    Every session ends, no device is trusted any more, factors that came since then go, a way back in and a change of
    address that were asked for are stopped, and the password is worth nothing.

    Raises:
        LinkOver: the link was used or is too old.
    """
    rows = SignInNotice.objects.select_for_update()
    notice = rows.filter(secret_hash=secret_hash(secret), used_at=None, expires_at__gt=clock.now()).first()
    person = models.Person.objects.select_for_update().filter(id=notice.person_id).first() if notice else None
    if notice is None or person is None or not person.is_active:
        raise LinkOver
    notice.used_at = person.credentials_changed_at = person.password_flagged_at = now = clock.now()
    notice.save(update_fields=["used_at"])
    person.set_unusable_password()
    person.save(update_fields=["password", "credentials_changed_at", "password_flagged_at"])
    ended, _ = models.Session.objects.filter(person_id=person.id).delete()
    _drop_what_came_since(notice)
    Recovery.objects.filter(person_id=person.id, stopped_at=None, used_at=None).update(stopped_at=now)
    models.EmailChange.objects.filter(person_id=person.id).delete()
    record_own(actor, Event.SIGN_IN_DENIED, person.id, person, sessions_ended=ended)
    path = reset_path(person)
    subject, body = letters.taken_back(path)
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
    return path


def _drop_what_came_since(notice: SignInNotice) -> None:
    """Take away the devices and factors of whoever came, and every trust in a device."""
    since = notice.told_at - timedelta(minutes=1)
    rows = models.Device.objects.filter(person_id=notice.person_id)
    rows.filter(seen_at__gte=since).delete()
    rows.update(trusted_at=None)
    Authenticator.objects.filter(user_id=notice.person_id, created_at__gte=since).delete()


def _own(actor: Actor, device_id: UUID) -> models.Device:
    row = devices.remembered(actor.person_id).filter(id=device_id).first() if actor.person_id else None
    if row is None:
        raise NotFound
    return row
