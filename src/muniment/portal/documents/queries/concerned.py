"""Whom acts on documents concern: who is given something, and who can open what is new."""

from collections.abc import Callable
from uuid import UUID

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.telling import Concerned, Told
from muniment.portal.documents.queries.shares import label_of, list_readers, places_of, seeing
from muniment.portal.documents.types import Target
from muniment.trust.access import queries as access
from muniment.trust.audit.types import Event

_PURPOSE = "Notices"


def _readers(actor: Actor, target: Target, target_id: UUID) -> frozenset[UUID]:
    """Return who has a grant to open a thing that is there, labels kept."""
    around = places_of(actor, target, target_id)
    found = seeing(actor, label_of(actor, target, target_id), list_readers(actor, around, target_id))
    return frozenset(reader.person_id for reader in found if reader.person_id)


def _shared(target: Target) -> Callable[[Told], Concerned]:
    def concerned(told: Told) -> Concerned:
        actor, thing_id = _system(told), _thing(told)
        may = _readers(actor, target, thing_id)
        return Concerned(may & _given_to(actor, told, may), _url(told, target, thing_id))

    return concerned


def _added(told: Told) -> Concerned:
    document_id = _thing(told)
    return Concerned(_readers(_system(told), "document", document_id), _url(told, "document", document_id))


def _given_to(actor: Actor, told: Told, may: frozenset[UUID]) -> frozenset[UUID]:
    """Return whom a share was for: a person, the members of a group, or everybody it reaches."""
    if person := told.facts.get("person"):
        return frozenset({ids.private(person)})
    if group := told.facts.get("group"):
        wanted = ids.private(group)
        return frozenset(one for found in access.list_groups(actor) if found.id == wanted for one in found.members)
    return may


def _system(told: Told) -> Actor:
    return Actor.system(told.client_id, purpose=_PURPOSE)


def _thing(told: Told) -> UUID:
    if told.object_id is None:
        raise LookupError("an act on a document without one")
    return told.object_id


def _url(told: Told, target: Target, thing_id: UUID) -> str:
    kind = "documents" if target == "document" else "documents/folders"
    return f"/{ids.public(told.client_id)}/{kind}/{ids.public(thing_id)}/"


CONCERNED: dict[Event, Callable[[Told], Concerned]] = {
    Event.DOCUMENT_SHARED: _shared("document"),
    Event.FOLDER_SHARED: _shared("folder"),
    Event.DOCUMENT_ADDED: _added,
    Event.VERSION_ADDED: _added,
}
