"""Warn people who do not come any more, and shut them out when they do not come even then."""

from datetime import timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit.types import Event
from muniment.trust.identity import models
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.life import letter_texts
from muniment.trust.identity.life.actions.disabling import (
    INACTIVE,
    disable_person,
    is_last_administrator,
    record_about,
)
from muniment.trust.identity.life.models import Attendance
from muniment.trust.identity.life.queries.idling import silence_of
from muniment.trust.identity.life.types import WARNED_BEFORE_DAYS


def mind_the_silent(actor: Actor, *, person_id: UUID) -> None:
    """Do what is due about one person's silence now: nothing, a warning, or shutting them out; `actor` is the portal.

    Nobody is shut out who was not warned 14 days before. The last administrator, and the one for emergencies, are
    spared: they and every other administrator are told instead. Repeating it does nothing more.
    """
    silence = silence_of(person_id)
    if silence is None or not silence.is_due(clock.now()):
        return
    if silence.is_spared or is_last_administrator(person_id):
        spare_person(actor, person_id=person_id, days=silence.days)
    elif silence.was_warned:
        disable_person(actor, person_id=person_id, why=INACTIVE)
    else:
        warn_person(actor, person_id=person_id, days=silence.days)


@action
def warn_person(actor: Actor, *, person_id: UUID, days: int) -> None:
    """Tell somebody that they will be shut out if they do not sign in: the portal's own act.

    Raises:
        NotFound: somebody else would do it, or there is no such person.
    """
    person = _person(actor, person_id)
    now = clock.now()
    Attendance.objects.update_or_create(id=person_id, defaults={"warned_at": now})
    until = now + timedelta(days=WARNED_BEFORE_DAYS)
    record_about(actor, Event.PERSON_WARNED, person, days=days, until=until)
    subject, body = letter_texts.warned(days, until)
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)


@action
def spare_person(actor: Actor, *, person_id: UUID, days: int) -> None:
    """Leave an administrator in whom silence would shut out, and tell every administrator: the portal's own act.

    Raises:
        NotFound: somebody else would do it, or there is no such person.
    """
    person = _person(actor, person_id)
    Attendance.objects.update_or_create(id=person_id, defaults={"warned_at": clock.now()})
    record_about(actor, Event.PERSON_SPARED, person, days=days)
    subject, body = letter_texts.spared(person.name, days)
    for one in models.Person.objects.filter(id__in=access.administrators() | {person_id}, disabled_at=None):
        write_letter(to=one.email, subject=subject, body=body, person_id=one.id)


def _person(actor: Actor, person_id: UUID) -> models.Person:
    person = models.Person.objects.filter(id=person_id).first() if actor.kind == "system" else None
    if person is None:
        raise NotFound
    return person
