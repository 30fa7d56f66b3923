"""Try the mail server with a mail to oneself."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import letter_texts, models
from muniment.trust.identity.actions.letters import write_letter
from muniment.trust.presentation import actions as presentation


@action
def try_mail(actor: Actor) -> UUID:
    """Send the actor a mail by the mail server that is set; return the letter's id, by which its way is followed.

    Raises:
        NotFound: `actor` may not set how the portal presents itself.
    """
    person = models.Person.objects.filter(id=actor.person_id).first() if actor.person_id else None
    if person is None:
        raise NotFound
    subject, body = letter_texts.mail_try()
    letter_id = write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
    row = presentation.note_mail_try(actor, letter_id)
    audit.record(actor, Event.MAIL_TRIED, row, letter_id=letter_id)
    return letter_id
