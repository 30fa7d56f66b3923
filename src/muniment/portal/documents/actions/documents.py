"""Rename, move, trash and restore documents."""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.documents import labels, names
from muniment.portal.documents.actions.folders import inherited, refuse_trashed_place
from muniment.portal.documents.actions.indexing import forget, refresh
from muniment.portal.documents.errors import NothingChosen
from muniment.portal.documents.models import Document
from muniment.portal.documents.queries import widening
from muniment.portal.documents.queries.documents import document_facts, live_document
from muniment.portal.documents.queries.uploads import require_place
from muniment.portal.documents.types import DocumentFacts
from muniment.trust.access import queries as access
from muniment.trust.access.types import Label
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.vault import actions as vault


@action
def rename_document(actor: Actor, *, document_id: UUID, name: str) -> DocumentFacts:
    """Give a document another name; what it is stays what its bytes say.

    Raises:
        NotFound: there is no such document, or the actor may not rename it.
        NameRefused: the name cannot be used.
    """
    document = live_document(actor, "document:rename", document_id)
    before, document.name = document.name, names.clean(name)
    document.save(update_fields=["name"])
    refresh(document, name_before=before)
    audit.record(actor, Event.DOCUMENT_RENAMED, document)
    return document_facts(document)


@action
def move_document(actor: Actor, *, document_id: UUID, folder_id: UUID | None, widen: bool = False) -> DocumentFacts:
    """Put a document into another folder, or to the top. Who can open that folder can open it from then on.

    In a stricter folder it gets that one's label; out of it, it keeps its own.

    Raises:
        NotFound: there is no such document or folder, or the actor may not move it there.
        WouldWiden: people would see it there who cannot see it now, and `widen` is not said.
    """
    document = live_document(actor, "document:move", document_id)
    require_place(actor, folder_id, None)
    widening.refuse(actor, document, widening.by_move(actor, document, folder_id), agreed=widen)
    before, document.folder_id = document.folder_id, folder_id
    document.label = labels.strictest(cast("Label", document.label), inherited(actor, folder_id))
    document.save(update_fields=["folder_id", "label"])
    vault.index.put_place(actor.client, document_id, folder_id)
    audit.record(actor, Event.DOCUMENT_MOVED, document, before=before, after=folder_id, label=document.label)
    return document_facts(document)


@action
def move_documents(actor: Actor, *, document_ids: Iterable[UUID], folder_id: UUID | None, widen: bool = False) -> int:
    """Put several documents into another folder, all of them or none; return how many.

    Raises:
        NotFound: there is no such document or folder, or the actor may not move one of them there.
        WouldWiden: people would see one of them there who cannot see it now, and `widen` is not said.
        NothingChosen: there was no document at all.
    """
    moved = [
        move_document(actor, document_id=document_id, folder_id=folder_id, widen=widen) for document_id in document_ids
    ]
    if not moved:
        raise NothingChosen
    return len(moved)


@action
def trash_documents(actor: Actor, *, document_ids: Iterable[UUID]) -> int:
    """Put several documents into the trash, all of them or none; return how many.

    Raises:
        NotFound: there is no such document, or the actor may not trash one of them.
        NothingChosen: there was no document at all.
    """
    trashed = [trash_document(actor, document_id=document_id) for document_id in document_ids]
    if not trashed:
        raise NothingChosen
    return len(trashed)


@action
def trash_document(actor: Actor, *, document_id: UUID) -> DocumentFacts:
    """Put a document into the trash: nobody can open it until it is restored.

    Raises:
        NotFound: there is no such document, or the actor may not trash it.
    """
    document = live_document(actor, "document:trash", document_id)
    document.trashed_at, document.trashed_by = clock.now(), actor.person_id
    document.save(update_fields=["trashed_at", "trashed_by"])
    forget(actor.client, [document_id])
    audit.record(actor, Event.DOCUMENT_TRASHED, document)
    return document_facts(document)


@action
def restore_document(actor: Actor, *, document_id: UUID) -> DocumentFacts:
    """Take a document out of the trash, back to where it was, shares included.

    Raises:
        NotFound: there is no such document in the trash, or the actor may not restore it.
        FolderInTrash: the folder it was in is in the trash itself.
    """
    document = access.find(actor, "document:restore", Document, document_id)
    if document.trashed_at is None:
        raise NotFound
    refuse_trashed_place(actor, document.folder_id)
    document.trashed_at = document.trashed_by = None
    document.save(update_fields=["trashed_at", "trashed_by"])
    refresh(document)
    audit.record(actor, Event.DOCUMENT_RESTORED, document)
    return document_facts(document)
