"""Entries about a person's own sign-in, which belong in the log of every client they belong to."""

from typing import Any
from uuid import UUID

from django.db import models

from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import queries


def record_own(
    actor: Actor, event: Event, person_id: UUID | None, target: models.Model | None = None, **facts: Any
) -> None:
    """Write an entry into the firm's log for staff and for somebody unknown, into each client's for a contact."""
    for client_id in queries.logs_of(person_id):
        within = actor.within(client_id)
        with acting_as(within):
            audit.record(within, event, target, **facts)
