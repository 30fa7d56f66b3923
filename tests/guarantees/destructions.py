"""Bring a destruction as far as a test needs it."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.custody import actions as custody
from muniment.trust.custody.models import Destruction
from tests.worker import as_worker


def reach(first: Actor, second: Actor, system: Actor, *, of: tuple[UUID, UUID], state: str) -> UUID:
    """Ask for the destruction of a document `of` (client, document), bring it to `state`, and return its id."""
    client_id, document_id = of
    asked = custody.ask_destruction(
        first, kind="document", subject_id=document_id, of_client=client_id, reason="It is over"
    )
    if state != "asked":
        custody.approve_destruction(second, destruction_id=asked.id)
        with bound(Binding(first.client)):
            Destruction.objects.filter(id=asked.id).update(due_at=clock.now())
    with as_worker():
        if state in {"destroyed", "proved"}:
            custody.carry_out(system, destruction_id=asked.id)
        if state == "proved":
            custody.prove_destruction(system, destruction_id=asked.id)
    return asked.id
