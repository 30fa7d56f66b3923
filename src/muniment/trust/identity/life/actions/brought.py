"""What a directory does with people whom it brought, beside letting them in and taking them out."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import delegation, models
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.identity.addresses import clean_name
from muniment.trust.identity.life import letter_texts
from muniment.trust.identity.queries.companies import company


def welcome_person(actor: Actor, *, person_id: UUID) -> None:
    """Write to somebody who was made without a password how they come in, as part of the act that made them.

    Raises:
        NotFound: there is nobody.
    """
    person = models.Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFound
    subject, body = letter_texts.welcome(
        person.name, company(actor.client).name, elsewhere=delegation.elsewhere(person.email) is not None
    )
    write_letter(to=person.email, subject=subject, body=body, person_id=person.id)


@action
def name_person(actor: Actor, *, person_id: UUID, name: str) -> None:
    """Call a person something else, whom the actor's directory made: the portal's own act, which may.

    Raises:
        NotFound: there is nobody, or somebody else would do it.
        Invalid: it is no name.
    """
    person = models.Person.objects.select_for_update().filter(id=person_id).first()
    if person is None or actor.kind != "system":
        raise NotFound
    person.name = clean_name(name)
    person.save(update_fields=["name"])
    audit.record(actor, Event.PERSON_RENAMED, person)


@action
def withdraw_invitations_to(actor: Actor, *, email: str) -> None:
    """Make the open invitations of an address to the actor's client useless: the portal's own act.

    Raises:
        NotFound: somebody else would do it.
    """
    if actor.kind != "system":
        raise NotFound
    open_ = models.Invitation.objects.filter(client_id=actor.client, email=email, used_at=None, withdrawn_at=None)
    rows = list(open_)
    for row in rows:
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
    audit.record(actor, Event.INVITATION_WITHDRAWN, rows[0] if rows else None, invitations=len(rows))
