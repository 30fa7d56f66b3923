"""Bring a version back out of a backup: its bytes, as the next version of its document, or as a document again."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, action
from muniment.portal.documents import kinds, labels
from muniment.portal.documents.actions.folders import inherited
from muniment.portal.documents.actions.indexing import refresh
from muniment.portal.documents.actions.uploads import PROVE_VERSION, VET_VERSION
from muniment.portal.documents.models import Document, Folder, Version
from muniment.portal.documents.queries.documents import version_facts
from muniment.portal.documents.types import KeptVersion, VersionFacts
from muniment.trust.access.types import Label
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.vault import actions as vault


def return_version(
    actor: Actor, *, kept: KeptVersion, pieces: Iterable[bytes], moment: datetime | None = None
) -> VersionFacts:
    """Add a version that a backup kept: to its document if that is there, or else as a document where it was.

    It is sealed anew as it comes, with the keys of now, and vetted like any upload; nothing that is there is changed.
    As a document again it is guarded as it was at least; "internal" where the closed folder it was in is gone.
    A document in the trash stays there. `moment` is the one whose backup it is of. The portal's own act.

    Raises:
        NotFound: somebody else would do it.
        StoreFull, StoreDown, RegionRefused: see the vault; nothing is left of it.
    """
    with acting_as(actor):
        blob = vault.begin_blob(actor.client, kept.size_bytes)
    try:
        with vault.receive_into(blob, offset=0, size_bytes=kept.size_bytes, checksum=None) as receiver:
            for piece in pieces:
                receiver.feed(piece)
        return _add_returned(actor, kept=kept, blob_id=blob.id, moment=moment)
    except BaseException:
        vault.forget_blob(actor.client, blob.id)
        vault.remove_blob(actor.client, blob.id)
        raise


@action
def _add_returned(actor: Actor, *, kept: KeptVersion, blob_id: UUID, moment: datetime | None) -> VersionFacts:
    if actor.kind != "system":
        raise NotFound
    vault.finish_blob(actor.client, blob_id)
    with vault.open_blob(actor.client, blob_id, for_vetting=True) as content:
        head = b"".join(content.read(0, min(content.length, kinds.HEAD_BYTES)))
    document = _document(actor, kept, kinds.decide(head, kept.name))
    version = Version.objects.create(
        client_id=actor.client,
        document=document,
        blob_id=blob_id,
        number=document.version_count,
        media_type=document.media_type,
        size_bytes=kept.size_bytes,
        added_by=actor.person_id,
        added_at=document.changed_at,
    )
    refresh(document)
    for task in (VET_VERSION, PROVE_VERSION):
        jobs.configure_task(task).defer(client_id=str(actor.client), version_id=str(version.id))
    told = {"version": version.id, "number": version.number, "size": version.size_bytes}
    audit.record(actor, Event.VERSION_RETURNED, document, **told, of_version=kept.version_id, moment=moment)
    return version_facts(version)


def _document(actor: Actor, kept: KeptVersion, kind: kinds.Kind) -> Document:
    """Return the row of the document that it becomes the newest version of."""
    now = clock.now()
    facts = {
        "kind": kind.kind,
        "media_type": kind.media_type,
        "size_bytes": kept.size_bytes,
        "changed_at": now,
        "changed_by": actor.person_id,
    }
    document = Document.objects.select_for_update().filter(client_id=actor.client, id=kept.document_id).first()
    if document is None:
        folders = Folder.objects.filter(client_id=actor.client, trashed_at=None)
        folder_id = kept.folder_id if kept.folder_id and folders.filter(id=kept.folder_id).exists() else None
        # Nobody may see it who could not: a closed folder that is gone guards nothing any more
        exposed: Label = "internal" if kept.was_closed and folder_id is None else "public"
        label = labels.strictest(kept.label, inherited(actor, folder_id), exposed)
        return Document.objects.create(
            id=kept.document_id,
            client_id=actor.client,
            folder_id=folder_id,
            name=kept.name,
            label=label,
            created_at=now,
            created_by=actor.person_id,
            **facts,
        )
    for column, value in facts.items():
        setattr(document, column, value)
    document.version_count += 1
    document.save(update_fields=[*facts, "version_count"])
    return document
