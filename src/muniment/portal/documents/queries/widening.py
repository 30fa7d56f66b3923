"""Read who would see something that they cannot see now: before a thing is moved, opened up, or guarded less."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.documents import labels
from muniment.portal.documents.errors import WouldWiden
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries import folders
from muniment.portal.documents.queries.shares import contacts_now, is_guarded, list_readers
from muniment.portal.documents.types import Labelled, Target
from muniment.trust.access import queries as access
from muniment.trust.access.types import LABELS, Label

NOBODY: frozenset[UUID] = frozenset()


@query
def newly_by_move(actor: Actor, target: Target, target_ids: Iterable[UUID], folder_id: UUID | None) -> list[UUID]:
    """Return who would see one of these things in a folder (None: the top) and cannot see it now.

    Raises:
        NotFound: one of them is not there, or the actor may not move it.
    """
    found: set[UUID] = set()
    for target_id in target_ids:
        found |= by_move(actor, _row(actor, f"{target}:move", target, target_id), folder_id)
    return sorted(found)


@query
def newly_by_opening(actor: Actor, folder_id: UUID) -> list[UUID]:
    """Return who would see a closed folder if it were opened to those around it.

    Raises:
        NotFound: there is no such folder, or the actor may not open it up.
    """
    return sorted(by_opening(actor, access.find(actor, "folder:close", Folder, folder_id)))


@query
def newly_by_label(actor: Actor, target: Target, target_id: UUID, label: Label, *, with_all: bool) -> list[UUID]:
    """Return who would see a thing (or, `with_all`, something in it) with another label, and cannot see it now.

    Raises:
        NotFound: there is no such thing, or the actor may not set its label.
    """
    return sorted(by_label(actor, _row(actor, "label:set", target, target_id), label, with_all=with_all))


@query
def labelled(actor: Actor, target: Target, target_id: UUID) -> Labelled:
    """Return a thing whose label the actor may set.

    Raises:
        NotFound: there is no such thing, it is in the trash, or the actor may not.
    """
    row = _row(actor, "label:set", target, target_id)
    if row.trashed_at is not None:
        raise NotFound
    chain = folders.chain_to(actor, _around(row))
    least = cast("Label", chain[-1].label if chain else LABELS[0])
    return Labelled(row.name, cast("Label", row.label), least, isinstance(row, Folder) and row.is_closed)


def refuse(actor: Actor, row: Document | Folder, person_ids: frozenset[UUID], *, agreed: bool) -> None:
    """Refuse an act that lets people see something new, unless that was agreed to.

    Where it is restricted or internal, that is a way of sharing it, and asks for the same confirmation.

    Raises:
        WouldWiden: somebody would, and it was not.
        ConfirmFirst: whoever agreed has not confirmed lately that it is them.
    """
    if person_ids and not agreed:
        raise WouldWiden(person_ids)
    if person_ids and is_guarded(actor, row):
        access.insist_proved(actor, "share")


def by_move(actor: Actor, row: Document | Folder, folder_id: UUID | None) -> frozenset[UUID]:
    """Return who would see a thing in another folder (None: the top) and cannot see it now."""
    if isinstance(row, Folder) and row.is_closed:
        return NOBODY  # nobody comes into it from around it, wherever it lies
    coming = _seen_by(actor, folder_id) - _without(actor, row.label, _seen_by(actor, _around(row), row.id))
    # What lies in a folder is guarded at least as much as it: who does not see the place sees nothing of it.
    return _without(actor, row.label, coming)


def by_opening(actor: Actor, folder: Folder) -> frozenset[UUID]:
    """Return who would see a closed folder if it were opened to those around it."""
    coming = _seen_by(actor, folder.parent_id) - _seen_by(actor, folder.parent_id, folder.id)
    return _without(actor, folder.label, coming)


def by_label(actor: Actor, row: Document | Folder, label: Label, *, with_all: bool) -> frozenset[UUID]:
    """Return who would see a thing, or something in it, with another label: when conditions ask less of them for it.

    Whether they meet what is asked just now is not looked at: they will some time.
    """
    before = cast("Label", row.label)
    if not labels.is_looser(label, before):
        return NOBODY
    company = contacts_now(actor)
    sides = set(access.sides_asked_less(actor, "view", label, than=before))
    sides |= {"contacts"} if before == "internal" else set()
    if not sides:
        return NOBODY
    seen = set(_seen_by(actor, _around(row), row.id))
    if with_all and isinstance(row, Folder):
        for scope_id, around in _granted_inside(actor, row):
            seen |= _seen_by(actor, around, scope_id)
    return frozenset(person for person in seen if ("contacts" if person in company else "staff") in sides)


def _row(actor: Actor, verb: str, target: Target, target_id: UUID) -> Document | Folder:
    model: type[Document | Folder] = Document if target == "document" else Folder
    return access.find(actor, verb, model, target_id)


def _around(row: Document | Folder) -> UUID | None:
    return row.folder_id if isinstance(row, Document) else row.parent_id


def _seen_by(actor: Actor, folder_id: UUID | None, thing_id: UUID | None = None) -> frozenset[UUID]:
    """Return who sees a folder (None: the top), or a thing in it, by their grants."""
    chain = folders.chain_to(actor, folder_id)
    places = {folder.id for folder in chain} | ({thing_id} if thing_id else set())
    readers = list_readers(actor, places, thing_id or folder_id or actor.client)
    seen = frozenset(reader.person_id for reader in readers if reader.person_id)
    return _without(actor, chain[-1].label, seen) if chain and thing_id is None else seen


def _granted_inside(actor: Actor, folder: Folder) -> list[tuple[UUID, UUID | None]]:
    """Return the things in a folder that have grants of their own and the folder's label, each with what holds it."""
    inside = folders.ids_below(actor, folder.id)
    scopes = {grant.scope_id for grant in access.grants(actor) if grant.scope_id}
    rows: list[Document | Folder] = [
        *Folder.objects.filter(client_id=actor.client, id__in=scopes & set(inside), label=folder.label),
        *Document.objects.filter(client_id=actor.client, id__in=scopes, folder_id__in=inside, label=folder.label),
    ]
    return [(row.id, _around(row)) for row in rows]


def _without(actor: Actor, label: str, person_ids: frozenset[UUID]) -> frozenset[UUID]:
    """Return those of some people who see a thing with this label: what is internal is never shown to contacts."""
    return person_ids - contacts_now(actor) if label == "internal" else person_ids
