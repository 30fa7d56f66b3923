"""Accept the terms of the firm."""

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.audit.types import Event
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.presentation import actions as presentation


@action
def accept_terms(actor: Actor, *, number: int) -> None:
    """Accept the newest terms, as they were read: `number` is that of the version on the page.

    The entry stands in the log of every client the person belongs to, or in the firm's. Accepting twice is one
    acceptance.

    Raises:
        NotFound: nobody is signed in, or there are no terms.
        ChangedMeanwhile: newer terms were published since.
    """
    if actor.person_id is None or actor.looking_as is not None:
        raise NotFound
    row = presentation.note_acceptance(actor.person_id, number=number)
    record_own(actor, Event.TERMS_ACCEPTED, actor.person_id, row, number=number)
