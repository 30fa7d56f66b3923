"""Write down that somebody confirmed who they are."""

from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.audit.types import Event
from muniment.trust.identity.actions.entries import record_own


@action
def note_confirmed(actor: Actor, *, kind: str) -> None:
    """Write down that the actor confirmed who they are, and by what; the proof itself was checked before."""
    record_own(actor, Event.CONFIRMED, actor.person_id, session=actor.session_id, kind=kind)
