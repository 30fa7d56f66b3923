"""Read who can open a document or folder, and why."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries import folders
from muniment.portal.documents.types import Reader, Target
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts
from muniment.trust.clients import queries as clients


@query
def readers(actor: Actor, target: Target, target_id: UUID) -> list[Reader]:
    """Return everybody who can open a document or folder now, each with every grant that lets them.

    Raises:
        NotFound: there is no such thing, or the actor may not share it.
    """
    places = places_of(actor, target, target_id)
    return list_readers(actor, places, target_id)


@query
def preview(actor: Actor, target: Target, target_id: UUID, person_id: UUID | None) -> list[tuple[Reader, bool]]:
    """Return who will be able to open a thing once it is shared with a person (None: every contact).

    Each comes with whether they are new; the new ones stand first.

    Raises:
        NotFound: there is no such thing, the actor may not share it, or the person does not belong here.
    """
    places = places_of(actor, target, target_id)
    now = list_readers(actor, places, target_id)
    known = {reader.person_id for reader in now}
    contacts, staff = _people(actor)
    if person_id is not None and person_id not in contacts | staff:
        raise NotFound
    coming = contacts if person_id is None else {person_id}
    added = [(Reader(person, []), True) for person in sorted(coming - known)]
    return added + [(reader, False) for reader in now]


@query
def shares(actor: Actor, target: Target, target_id: UUID) -> list[GrantFacts]:
    """Return the running and coming shares of exactly this document or folder, newest first.

    Raises:
        NotFound: there is no such thing, or the actor may not share it.
    """
    places_of(actor, target, target_id)
    return access.grants(actor, scope_ids={target_id})


@query
def shared_name(actor: Actor, target: Target, target_id: UUID) -> str:
    """Return the name of a document or folder that the actor may share.

    Raises:
        NotFound: there is no such thing, it is in the trash, or the actor may not share it.
    """
    places_of(actor, target, target_id)
    model: type[Document | Folder] = Document if target == "document" else Folder
    return str(model.objects.get(client_id=actor.client, id=target_id).name)


def places_of(actor: Actor, target: Target, target_id: UUID) -> set[UUID]:
    """Return the ids of a thing and of all folders around it, if the actor may share it.

    Raises:
        NotFound: there is no such thing, it is in the trash, or the actor may not share it.
    """
    row: Document | Folder
    if target == "document":
        row = document = access.find(actor, "document:share", Document, target_id)
        around = document.folder_id
    else:
        row = folder = access.find(actor, "document:share", Folder, target_id)
        around = folder.parent_id
    if row.trashed_at is not None:
        raise NotFound
    return {target_id, *(folder.id for folder in folders.chain_to(actor, around))}


def list_readers(actor: Actor, places: set[UUID], thing_id: UUID) -> list[Reader]:
    """Return who can open a thing, given the ids of itself and the folders around it; people once each.

    A grant to "every contact" stands for the people who are contacts now.
    """
    contacts, staff = _people(actor)
    grants = access.grants_on(actor, "document:view", places, thing_id)
    found: dict[UUID, list[GrantFacts]] = {}
    for grant in grants:
        for person in contacts if grant.person_id is None else {grant.person_id} & (contacts | staff):
            found.setdefault(person, []).append(grant)
    return [Reader(person, found[person]) for person in sorted(found)]


def _people(actor: Actor) -> tuple[set[UUID], set[UUID]]:
    members = clients.members(actor)
    contacts = {member.person_id for member in members if member.kind == "contact"}
    return contacts, {member.person_id for member in members if member.kind != "contact"}
