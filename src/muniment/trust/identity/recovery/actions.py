"""Ask for a way back in, confirm it, stop it, and use it. Everyone concerned is told of each step by mail."""

import base64
import hmac
from datetime import timedelta
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import devices, models
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.errors import LinkOver
from muniment.trust.identity.queries.links import secret_hash
from muniment.trust.identity.queries.people import people
from muniment.trust.identity.recovery import letters, queries
from muniment.trust.identity.recovery.errors import NothingToDecide, NotYet
from muniment.trust.identity.recovery.models import Recovery
from muniment.trust.identity.steps import policy
from muniment.trust.vault import queries as vault

STAYS_OPEN: Final = timedelta(days=7)
"""How long somebody may take to confirm it, and the person to use it afterwards."""


@action
def ask_recovery(actor: Actor, *, person_id: UUID) -> None:
    """Ask the colleagues of a person whose password was just proved to confirm that they lost what they sign in with.

    Asking while one is open changes nothing but the log.

    Raises:
        NotFound: there is no such person.
    """
    person = _locked(person_id)
    record_own(actor, Event.RECOVERY_ASKED, person.id, about=person.id)
    if queries.open_recovery(person.id) is not None:
        return
    now = clock.now()
    Recovery.objects.filter(person_id=person.id, stopped_at=None, used_at=None).update(stopped_at=now)  # too old
    row = Recovery(
        person_id=person.id,
        wait_hours=policy.terms_of(person.id).recovery_hours,
        asked_at=now,
        expires_at=now + STAYS_OPEN,
    )
    stop = _stop_path(row)
    row.save(force_insert=True)
    _write(person, letters.asked(actor, row, stop))
    asked = queries.confirmers(person.id)
    for colleague in people(asked).values():
        _write(colleague, letters.please_confirm(person.name, _decide_path(asked[colleague.id], person.id)))


@action
def confirm_recovery(actor: Actor, *, person_id: UUID) -> None:
    """Confirm, as a colleague in the actor's client, that somebody lost what they sign in with; the wait begins.

    Raises:
        NotFound: nobody of that id waits here, or `actor` may not confirm them.
        NothingToDecide: somebody else was faster, or it was stopped.
    """
    row, person = _to_decide(actor, person_id)
    if row.confirmed_at is not None:
        raise NothingToDecide
    row.confirmed_by, row.confirmed_at = actor.person_id, clock.now()
    row.ready_at = row.confirmed_at + timedelta(hours=row.wait_hours)
    row.expires_at = row.ready_at + STAYS_OPEN
    stop = _stop_path(row)
    row.save()
    audit.record(actor, Event.RECOVERY_CONFIRMED, person, hours=row.wait_hours)
    by = people([actor.person_id])
    name = by[actor.person_id].name if actor.person_id in by else "A colleague"
    _write(person, letters.confirmed(name, row, stop))
    may_stop = queries.confirmers(person.id)
    for colleague in people(queries.concerned(person.id) - {actor.person_id}).values():
        where = _decide_path(may_stop[colleague.id], person.id) if colleague.id in may_stop else ""
        _write(colleague, letters.confirmed_of(name, person.name, row, where))


@action
def decline_recovery(actor: Actor, *, person_id: UUID) -> None:
    """Say, as a colleague, that this is not right, also when another one confirmed it: nothing comes of it.

    Raises:
        NotFound: nobody of that id waits here, or `actor` may not confirm them.
        NothingToDecide: it was stopped, used, or is too old.
    """
    row, person = _to_decide(actor, person_id)
    audit.record(actor, Event.RECOVERY_DECLINED, person)
    _stop(row, person, by=actor.person_id)


@action
def stop_recovery(actor: Actor) -> None:
    """Stop the actor's own way back in, from a browser in which they are still signed in.

    Raises:
        NothingToDecide: there is none.
    """
    if actor.person_id is None:
        raise NothingToDecide
    person = _locked(actor.person_id)
    row = _open_row(person.id)
    record_own(actor, Event.RECOVERY_STOPPED, person.id)
    _stop(row, person, by=person.id)


@action
def stop_recovery_by_link(actor: Actor, *, secret: str) -> None:
    """Stop a way back in by the link that its person was mailed.

    Raises:
        LinkOver: there is none that is open.
    """
    found = queries.open_by_link(secret)
    if found is None:
        raise LinkOver
    person = _locked(found.person_id)
    row = _open_row(person.id)
    record_own(actor, Event.RECOVERY_STOPPED, person.id, about=person.id)
    _stop(row, person, by=None)


@action
def finish_recovery(actor: Actor, *, person_id: UUID) -> None:
    """Take away what a person signed in with, who has just proved the password, when the wait is over.

    Factors, devices and sessions go; only enrolment is open to them then.

    Raises:
        NothingToDecide: there is no way back in that is open.
        NotYet: it was not confirmed, or the wait is not over.
    """
    person = _locked(person_id)
    row = _open_row(person_id)
    now = clock.now()
    if row.ready_at is None or now < row.ready_at:
        raise NotYet
    row.used_at = person.credentials_changed_at = now
    row.save(update_fields=["used_at"])
    person.save(update_fields=["credentials_changed_at"])
    gone, _ = Authenticator.objects.filter(user_id=person.id).delete()
    devices.forget(devices.remembered(person.id))
    ended, _ = models.Session.objects.filter(person_id=person.id).delete()
    record_own(actor, Event.RECOVERY_DONE, person.id, about=person.id, factors_ended=gone, sessions_ended=ended)
    for one in people({person.id, *queries.concerned(person.id)}).values():
        _write(one, letters.done(person.name))


def _to_decide(actor: Actor, person_id: UUID) -> tuple[Recovery, models.Person]:
    """Return the open way back in that the actor may decide on, with its person, both locked."""
    access.require(actor, "person:end")
    here = next((member for member in clients.members(actor) if member.person_id == person_id), None)
    if here is None or not queries.may_confirm(actor, person_id, here.kind):
        raise NotFound
    person = _locked(person_id)
    return _open_row(person_id), person


def _open_row(person_id: UUID) -> Recovery:
    """Return what is open for a person, locked: always after the person, or two acts would wait for each other."""
    rows = Recovery.objects.select_for_update().filter(stopped_at=None, used_at=None, expires_at__gt=clock.now())
    row = rows.filter(person_id=person_id).first()
    if row is None:
        raise NothingToDecide
    return row


def _decide_path(client_id: UUID, person_id: UUID) -> str:
    return f"/{ids.public(client_id)}/people/{ids.public(person_id)}/recovery/"


def _stop(row: Recovery, person: models.Person, *, by: UUID | None) -> None:
    row.stopped_at, row.stopped_by = clock.now(), by
    row.save(update_fields=["stopped_at", "stopped_by"])
    for one in people({person.id, *queries.concerned(person.id)}).values():
        _write(one, letters.stopped(person.name))


def _stop_path(row: Recovery) -> str:
    """Return the path of the link that stops it: always the same, so that the link of any of its mails works."""
    mac = hmac.digest(vault.installation_key("people"), b"muniment-recovery\0" + row.id.bytes, "sha256")
    secret = base64.urlsafe_b64encode(mac).decode().rstrip("=")
    row.secret_hash = secret_hash(secret)
    return f"/recovery/stop/{secret}/"


def _locked(person_id: UUID) -> models.Person:
    person = models.Person.objects.select_for_update().filter(id=person_id, disabled_at=None).first()
    if person is None:
        raise NotFound
    return person


def _write(whom: object, letter: letters.Text) -> None:
    email, person_id = whom.email, whom.id  # type: ignore[attr-defined] # a row, or what is known of one
    write_letter(to=email, subject=letter[0], body=letter[1], person_id=person_id)
