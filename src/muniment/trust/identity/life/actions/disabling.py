"""Shut people out of the portal, and let them back: by an administrator, by their absence, or by a directory."""

from typing import Any, Final
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, action, bound
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.errors import LastAdministrator, MoreThanYouHave
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import delegation, models, queries
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.errors import NotYourself
from muniment.trust.identity.life import letter_texts
from muniment.trust.identity.life.errors import AlreadyDisabled, ErasedPerson
from muniment.trust.identity.life.models import Attendance
from muniment.trust.identity.life.queries.idling import why_disabled
from muniment.trust.identity.life.types import WhyDisabled
from muniment.trust.identity.queries.people import ERASED_ADDRESS

ADMINISTRATOR: Final = "administrator"
INACTIVE: Final = "inactive"
DIRECTORY: Final = "directory"


@action
def disable_person(actor: Actor, *, person_id: UUID, why: WhyDisabled = ADMINISTRATOR) -> None:
    """Shut a person out: from their next request on nothing of theirs works, wherever they belong.

    Sessions end, and so does what they began before: uploads, links that they sent, invitations, links that reset
    their password. What they were given stays, for the day they are let back.

    Raises:
        NotFound: there is no such person, or `actor` does not administer people.
        NotYourself: it is the actor.
        MoreThanYouHave: the person administers more than the actor could give.
        LastAdministrator: nobody who can sign in would administer the firm any more.
        LastForEmergencies: nobody could sign in when single sign-on is down.
        AlreadyDisabled: they are shut out already.
    """
    _require_administering(actor)
    if person_id == actor.person_id:
        raise NotYourself
    grants.one_at_a_time()  # else two administrators could shut each other out
    person = _locked(person_id)
    if person.disabled_at is not None:
        raise AlreadyDisabled
    _refuse_higher(actor, person)
    if is_last_administrator(person_id):
        raise LastAdministrator
    delegation.insist_somebody_left(person_id)
    now = clock.now()
    person.disabled_at = person.credentials_changed_at = now
    person.save(update_fields=["disabled_at", "credentials_changed_at"])
    Attendance.objects.update_or_create(id=person_id, defaults={"why_disabled": why})
    ended, _ = models.Session.objects.filter(person_id=person_id).delete()
    record_about(actor, Event.PERSON_DISABLED, person, why=why, sessions_ended=ended)
    subject, body = letter_texts.disabled(why)
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)


@action
def enable_person(actor: Actor, *, person_id: UUID) -> None:
    """Let a person back who was shut out; silence counts from now on.

    They sign in as before. A place that was ended meanwhile does not come back by this.

    Raises:
        NotFound: there is no such person, or `actor` does not administer people.
        NotYourself: it is the actor.
        MoreThanYouHave: the person administers more than the actor could give.
        AlreadyDisabled: they can sign in already.
        ErasedPerson: they were erased.
    """
    _require_administering(actor)
    if person_id == actor.person_id:
        raise NotYourself
    person = _locked(person_id)
    if person.disabled_at is None:
        raise AlreadyDisabled
    if person.email.endswith(ERASED_ADDRESS):
        raise ErasedPerson
    _refuse_higher(actor, person)
    person.disabled_at = None
    person.save(update_fields=["disabled_at"])
    back = {"why_disabled": "", "warned_at": None, "counts_from": clock.now()}
    Attendance.objects.update_or_create(id=person_id, defaults=back)
    record_about(actor, Event.PERSON_ENABLED, person)
    subject, body = letter_texts.enabled()
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)


@action
def set_break_glass(actor: Actor, *, person_id: UUID, on: bool) -> None:
    """Say whether an administrator is the one for emergencies, whom silence does not shut out.

    Raises:
        NotFound: there is no such person, they do not administer the firm, or `actor` does not administer people.
        LastForEmergencies: nobody could sign in when single sign-on is down.
        MoreThanYouHave: the person administers more than the actor could give.
    """
    _require_administering(actor)
    person = _locked(person_id)
    if person.disabled_at is not None or (on and person_id not in access.administrators()):
        raise NotFound
    _refuse_higher(actor, person)
    if not on:
        delegation.insist_somebody_left(person_id)
    Attendance.objects.update_or_create(id=person_id, defaults={"is_break_glass": on})
    record_about(actor, Event.BREAK_GLASS_SET, person, on=on)


def let_back_wanted(actor: Actor, person: models.Person, kind: str) -> None:
    """Let somebody sign in again whom a directory shut out because they belonged nowhere: somebody wants them now.

    A part of the act that invites them. Else a directory could keep an address out of every other client.
    """
    if person.kind != kind or person.disabled_at is None or why_disabled(person.id) != DIRECTORY:
        return
    models.Person.objects.filter(id=person.id).update(disabled_at=None)
    Attendance.objects.filter(id=person.id).update(why_disabled="", warned_at=None, counts_from=clock.now())
    record_about(actor, Event.PERSON_ENABLED, person)


def is_last_administrator(person_id: UUID) -> bool:
    """Return whether nobody else who can sign in administers the firm."""
    return access.administrators() == {person_id}


def record_about(actor: Actor, event: Event, person: models.Person, **facts: Any) -> None:
    """Write an entry about a person into the logs where their own acts stand, and into the firm's."""
    places = {*queries.logs_of(person.id), clients.firm_id()}
    for client_id in sorted(places):
        with bound(Binding(client_id)):  # the portal writes it, also for who does not belong there
            audit.record(actor.within(client_id), event, person, **facts)


def _require_administering(actor: Actor) -> None:
    if "person:end" not in actor.firm_verbs and actor.kind != "system":
        raise NotFound
    access.insist_proved(actor, "administer")


def _locked(person_id: UUID) -> models.Person:
    person = models.Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise NotFound
    return person


def _refuse_higher(actor: Actor, person: models.Person) -> None:
    """Refuse an administrator what is about somebody who administers more than they do.

    Raises:
        MoreThanYouHave: the person has a role in the firm that the actor could not give.
    """
    if actor.kind == "system" or person.kind != "staff":
        return
    home = actor.within(clients.firm_id())
    with acting_as(home):
        inside = access.groups_of(home, person.id)
        given = [grant for grant in access.grants(home) if grant.person_id == person.id or grant.group_id in inside]
        held = {grant.role for grant in given if grant.scope_kind == "client"}
        if not all(access.may_give(home, role) for role in held):
            raise MoreThanYouHave
