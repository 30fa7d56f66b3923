"""Who belongs to a client: assign staff, end a person's place."""

from datetime import datetime
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, action
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.errors import HereByGroup, MoreThanYouHave
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.clients import queries as known_clients
from muniment.trust.identity import delegation, models
from muniment.trust.identity.errors import NotYourself, WrongSide


@action
def assign_staff(actor: Actor, *, person_id: UUID, role: str, purpose: str, until: datetime | None = None) -> None:
    """Let a person of the firm work for the actor's client, with one role, for a purpose, until an end.

    Repeating it moves role's purpose and end. Nobody assigns themselves.

    Raises:
        NotFound: there is no such person of the firm, or `actor` may not do this.
        WrongSide: the role is not one of those that work for a client.
        PurposeMissing, EndsInThePast: as in `access.give_grant`.
        MoreThanYouHave: the role is more than the actor may give, or for the actor.
    """
    access.require(actor, "person:assign")
    person = models.Person.objects.filter(id=person_id, kind="staff", disabled_at=None).first()
    if person is None or actor.kind == "contact" or actor.client == known_clients.firm_id():
        raise NotFound
    if role not in access.assigned_roles():
        raise WrongSide
    clients.join(actor.client, person.id, "staff")
    audit.record(actor, Event.PERSON_JOINED, person, role=role, until=until)
    grants.give_grant(actor, person_id=person.id, role=role, purpose=purpose, until=until)


@action
def end_membership(actor: Actor, *, person_id: UUID) -> None:
    """End a person's place in the actor's client with every grant there; it holds from their next request.

    Ended in the firm's own space, staff lose their place in every client and cannot sign in any more.

    Raises:
        NotFound: the person does not belong here, or `actor` may not end anyone's place.
        NotYourself: it would be the actor's own.
        MoreThanYouHave: the person may do what the actor may not give, or is of the firm and the actor is not.
        HereByGroup: a group of the firm brings them here.
        LastAdministrator: nobody would administer the firm any more.
        LastForEmergencies: nobody could sign in when single sign-on is down.
    """
    access.require(actor, "person:end")
    if person_id == actor.person_id:
        raise NotYourself
    member = next((found for found in known_clients.members(actor) if found.person_id == person_id), None)
    if member is None:
        raise NotFound
    inside = access.groups_of(actor, person_id)
    given = [grant for grant in access.grants(actor) if grant.person_id == person_id or grant.group_id in inside]
    held = {grant.role for grant in given if grant.scope_kind == "client"}
    if (actor.kind == "contact" and member.kind == "staff") or not all(access.may_give(actor, role) for role in held):
        raise MoreThanYouHave
    if actor.client != known_clients.firm_id() and access.is_here_by_group(actor, person_id):
        raise HereByGroup
    if actor.client == known_clients.firm_id():
        delegation.insist_somebody_left(person_id)
    _end_place(actor, person_id)
    if actor.client == known_clients.firm_id():
        for other in known_clients.memberships(person_id):
            with acting_as(actor.within(other.client_id)):
                _end_place(actor.within(other.client_id), person_id)
        models.Person.objects.filter(id=person_id).update(disabled_at=clock.now())
    models.Session.objects.filter(person_id=person_id).delete()  # what is left to them they sign in to anew


def _end_place(actor: Actor, person_id: UUID) -> None:
    clients.leave(actor.client, person_id)
    audit.record(actor, Event.PERSON_LEFT, person=person_id)
    grants.end_grants_of(actor, person_id=person_id)
