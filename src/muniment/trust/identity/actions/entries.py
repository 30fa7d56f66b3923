"""Entries about a person's own sign-in, which belong in the log of every client they belong to."""

from typing import Any, Final
from uuid import UUID

from django.db import models
from procrastinate.contrib.django import app

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import action, bound
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity import queries

NOTE_ELSEWHERE: Final = "identity.note_elsewhere"


def record_own(
    actor: Actor, event: Event, person_id: UUID | None, target: models.Model | None = None, **facts: Any
) -> None:
    """Write an entry into the firm's log for staff and for somebody unknown, into each client's for a contact."""
    for client_id in queries.logs_of(person_id):
        _record(actor, client_id, event, target, facts)


def record_try(actor: Actor, event: Event, person_id: UUID | None, **facts: Any) -> None:
    """Write down what a stranger tried, with the same work whoever it was about, and wherever that person belongs.

    One entry stands in the first log; those of further clients are left to the worker, in the same transaction. For
    nobody the worker is told the same, and finds nothing to do.
    """
    first = next(iter(queries.logs_of(person_id or ids.new())), None)
    if first is None:
        return  # before set-up there is no log
    entry_id = _record(actor, first, event, None, {**facts, "about": person_id})
    app.configure_task(NOTE_ELSEWHERE, allow_unknown=True).defer(client_id=str(first), entry_id=str(entry_id))


def copy_try(client_id: UUID, entry_id: UUID) -> None:
    """Write what `record_try` wrote into the first log into those of the person's further clients."""
    found = log.entries(Actor.system(client_id), LogFilter(entry_ids=(entry_id,)))
    about = found[0].facts.get("about") if found else None
    logs = [one for one in queries.logs_of(ids.private(about)) if one != client_id] if about else []
    if not logs:
        return
    (tried,) = found
    came = Actor(
        kind="anonymous",
        ip=tried.ip or "",
        country=tried.country or "",
        device=tried.device or "",
        request_id=tried.request or "",
    )
    facts = {**tried.facts, "tried_at": tried.at.isoformat(timespec="seconds")}
    note_elsewhere(came, event=Event(tried.event), logs=logs, facts=facts)


@action
def note_elsewhere(actor: Actor, *, event: Event, logs: list[UUID], facts: dict[str, Any]) -> None:
    """Write down a try in further logs of whom it was about; `tried_at` in its facts is when it was."""
    for client_id in logs:
        _record(actor, client_id, event, None, facts)


def _record(actor: Actor, client_id: UUID, event: Event, target: models.Model | None, facts: dict[str, Any]) -> UUID:
    within = actor.within(client_id)
    with bound(Binding(client_id)):  # the portal writes it, also about somebody who belongs there no more
        return audit.record(within, event, target, **facts)
