"""Leave a client by oneself."""

from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import action, bound
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.errors import HereByGroup
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.clients import queries as known_clients
from muniment.trust.identity import models, queries
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.life import letter_texts
from muniment.trust.identity.life.errors import LastManager
from muniment.trust.identity.life.queries.leaving import other_managers


@action
def leave_client(actor: Actor) -> None:
    """End the actor's own place in their client with every grant there; it holds from their next request.

    The firm is not left like this: somebody of it who goes is taken out by who administers.

    Raises:
        NotFound: they do not belong here, or it is the firm's own space.
        LastManager: a contact who alone manages the people here; `queries.whom_to_ask` says who can help.
        HereByGroup: a group of the firm brings them here.
    """
    own = next((member for member in known_clients.members(actor) if member.person_id == actor.person_id), None)
    person = None if own is None else models.Person.objects.filter(id=own.person_id).first()
    if own is None or person is None or actor.client == known_clients.firm_id() or actor.looking_as is not None:
        raise NotFound
    if access.is_here_by_group(actor, person.id):
        raise HereByGroup
    grants.one_at_a_time()  # else the last two could leave at once
    if own.kind == "contact" and access.granted(actor, "person:end").whole and not other_managers(actor):
        raise LastManager
    subject, body = letter_texts.left(queries.company(actor.client).name)
    places = {membership.client_id for membership in known_clients.memberships(person.id)}
    grants.end_grants_of(actor, person_id=person.id)
    with bound(Binding(actor.client)):  # the portal writes the last of it: who acts does not belong here any more
        clients.leave(actor.client, person.id)
        audit.record(actor, Event.PERSON_LEFT, person=person.id)
    if places == {actor.client}:
        models.Session.objects.filter(person_id=person.id).delete()
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
