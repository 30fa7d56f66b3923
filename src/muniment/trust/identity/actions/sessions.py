"""Sign in and out, and end sessions."""

from typing import Any
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.audit.types import Event
from muniment.trust.identity import devices, limits, models
from muniment.trust.identity.actions.entries import record_own, record_try
from muniment.trust.identity.sessions import SessionStore
from muniment.trust.identity.steps import sweeping


@action
def sign_in(actor: Actor, *, with_password: bool = True, new_device: bool = False) -> None:
    """Write down that a person signed in, and whether on a device that is new to them.

    The session itself is the sign-in library's work.
    """
    facts: dict[str, Any] = {"new_device": True} if new_device else {}
    record_own(actor, Event.SIGNED_IN, actor.person_id, session=actor.session_id, password=with_password, **facts)


@action
def sign_out(actor: Actor) -> None:
    """Write down that a person signed out; the session itself is the sign-in library's work."""
    record_own(actor, Event.SIGNED_OUT, actor.person_id, session=actor.session_id)


@action
def note_failure(actor: Actor, *, event: Event, person_id: UUID | None, kind: str) -> None:
    """Write down a failed try or a delay, in the logs of whom it was about; the firm's if that is nobody."""
    record_try(actor, event, person_id, kind=kind)


@action
def end_session(actor: Actor, *, session_id: UUID) -> None:
    """End one of the actor's own sessions; its next request is nobody's.

    Raises:
        NotFound: the actor has no such session.
    """
    deleted, _ = models.Session.objects.filter(id=session_id, person_id=actor.person_id).delete()
    if not deleted or actor.person_id is None:
        raise NotFound
    record_own(actor, Event.SIGNED_OUT, actor.person_id, session=session_id)


@action
def end_other_sessions(actor: Actor) -> int:
    """End every session of the actor but this one; return how many there were."""
    ended = drop_other_sessions(actor)
    record_own(actor, Event.SIGNED_OUT, actor.person_id, others=ended)
    return ended


def drop_other_sessions(actor: Actor) -> int:
    """Delete the actor's other sessions without an entry of their own, as part of a larger act."""
    rows = models.Session.objects.filter(person_id=actor.person_id).exclude(person_id=None)
    deleted, _ = rows.exclude(id=actor.session_id).delete() if actor.session_id else rows.delete()
    return deleted


def sweep_sessions() -> None:
    """Remove sessions and links that ran out, devices long unused and delays long over: none counts any more."""
    SessionStore.clear_expired()
    devices.sweep()
    sweeping.sweep()
    limits.sweep()
