"""Read who can open a document or folder, and why."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries import folders
from muniment.portal.documents.types import Reader, Target
from muniment.trust.access import queries as access
from muniment.trust.access.types import GUARDED, GrantFacts
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import GuestLink


@query
def readers(actor: Actor, target: Target, target_id: UUID) -> list[Reader]:
    """Return everybody who can open a document or folder now, each with every grant that lets them.

    Raises:
        NotFound: there is no such thing, or the actor may not share it.
    """
    places = places_of(actor, target, target_id)
    return seeing(actor, label_of(actor, target, target_id), list_readers(actor, places, target_id))


@query
def preview(
    actor: Actor, target: Target, target_id: UUID, person_id: UUID | None, group_id: UUID | None = None
) -> list[tuple[Reader, bool]]:
    """Return who will be able to open a thing once it is shared with a person or a group (neither: every contact).

    Each comes with whether they are new; the new ones stand first.

    Raises:
        NotFound: there is no such thing, the actor may not share it, or the person or group does not belong here.
    """
    places = places_of(actor, target, target_id)
    label = label_of(actor, target, target_id)
    now = seeing(actor, label, list_readers(actor, places, target_id))
    known = {reader.person_id for reader in now}
    contacts, staff = _people(actor)
    if person_id is not None and person_id not in contacts | staff:
        raise NotFound
    coming = contacts if person_id is None else {person_id}
    if group_id is not None:
        coming = _members(actor, group_id) & (contacts | staff)
    hidden = contacts if label == "internal" else set()
    added = [(Reader(person, []), True) for person in sorted(coming - known - hidden)]
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
def links_to(actor: Actor, target: Target, target_id: UUID) -> list[GuestLink]:
    """Return the guest links to exactly this document or folder that have not ended, newest first.

    Raises:
        NotFound: there is no such thing, or the actor may not share it.
    """
    places_of(actor, target, target_id)
    return identity.links_to(actor, target_id)


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


def insist_confirmed(actor: Actor, target: Target, target_id: UUID) -> None:
    """Insist that whoever lets others open what is restricted or internal, or holds such, confirmed that it is them.

    Raises:
        NotFound: there is no such thing, or the actor may not share it.
        ConfirmFirst: they have not, or not lately.
    """
    model: type[Document | Folder] = Document if target == "document" else Folder
    if is_guarded(actor, access.find(actor, "document:share", model, target_id)):
        access.insist_proved(actor, "share")


def is_guarded(actor: Actor, row: Document | Folder) -> bool:
    """Return whether a thing is restricted or internal, or has something in it that is."""
    if row.label in GUARDED or isinstance(row, Document):
        return row.label in GUARDED
    inside = folders.ids_below(actor, row.id)
    here = {"client_id": actor.client, "label__in": GUARDED}
    documents = Document.objects.filter(folder_id__in=inside, **here)
    return documents.exists() or Folder.objects.filter(id__in=inside, **here).exists()


def list_readers(actor: Actor, places: set[UUID], thing_id: UUID) -> list[Reader]:
    """Return who can open a thing, given the ids of itself and the folders around it; people once each.

    Labels and conditions are not asked: it is who has a grant.
    A grant to "every contact" stands for the people who are contacts now.
    """
    contacts, staff = _people(actor)
    grants = access.grants_on(actor, "document:view", places, thing_id)
    inside = {group.id: set(group.members) for group in access.list_groups(actor)}
    found: dict[UUID, list[GrantFacts]] = {}
    for grant in grants:
        alone = {grant.person_id} if grant.person_id else set()
        had_by = contacts if grant.is_for_everyone else inside.get(grant.group_id, set()) if grant.group_id else alone
        for person in had_by & (contacts | staff):
            found.setdefault(person, []).append(grant)
    return [Reader(person, found[person]) for person in sorted(found)]


def seeing(actor: Actor, label: str, found: list[Reader]) -> list[Reader]:
    """Return those of some readers who see a thing with this label: what is internal is never shown to contacts."""
    if label != "internal":
        return found
    hidden = contacts_now(actor)
    return [reader for reader in found if reader.person_id not in hidden]


def contacts_now(actor: Actor) -> frozenset[UUID]:
    """Return the people who are contacts of the client now."""
    return frozenset(_people(actor)[0])


def label_of(actor: Actor, target: Target, target_id: UUID) -> str:
    """Return the label of a thing of the actor's client that is there."""
    model: type[Document | Folder] = Document if target == "document" else Folder
    return str(model.objects.values_list("label", flat=True).get(client_id=actor.client, id=target_id))


@query
def groups_to_share_with(actor: Actor, target: Target, target_id: UUID) -> list[tuple[UUID, str]]:
    """Return the groups of the client, (id, name) by name, with which the actor may share a thing.

    Raises:
        NotFound: there is no such thing, or the actor may not share it.
    """
    places_of(actor, target, target_id)
    return [
        (group.id, group.name) for group in access.list_groups(actor) if actor.kind == "staff" or not group.is_firms
    ]


@query
def roles_to_share(actor: Actor, target: Target, target_id: UUID) -> list[tuple[str, str]]:
    """Return the firm's own roles for shares, (name, title), beside the built-in ones.

    Raises:
        NotFound: there is no such thing, or the actor may not share it.
    """
    places_of(actor, target, target_id)
    return [(role.name, role.title) for role in access.list_roles("share") if not role.is_built_in]


def _members(actor: Actor, group_id: UUID) -> set[UUID]:
    found = next((group for group in access.list_groups(actor) if group.id == group_id), None)
    if found is None:
        raise NotFound
    return set(found.members)


def _people(actor: Actor) -> tuple[set[UUID], set[UUID]]:
    members = clients.members(actor)
    contacts = {member.person_id for member in members if member.kind == "contact"}
    return contacts, {member.person_id for member in members if member.kind != "contact"}
