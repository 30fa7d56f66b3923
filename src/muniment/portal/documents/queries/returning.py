"""What a backup keeps of documents, and what of it is not here any more: for bringing it back."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from django.db.models import F

from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.documents.models import Version
from muniment.portal.documents.queries.folders import chain_to
from muniment.portal.documents.types import KeptVersion
from muniment.trust.access.types import Label
from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import VaultError


def kept_versions(actor: Actor, version_id: UUID | None = None) -> list[KeptVersion]:
    """Return one version of the actor's client, or the newest of each document that is not in the trash.

    For the portal itself, in a database that was restored beside it.
    """
    with acting_as(actor):
        rows = Version.objects.filter(client_id=actor.client).select_related("document")
        if version_id is not None:
            rows = rows.filter(id=version_id)
        else:
            rows = rows.filter(number=F("document__version_count"), document__trashed_at=None)
        return [
            KeptVersion(
                version_id=row.id,
                document_id=row.document_id,
                folder_id=row.document.folder_id,
                blob_id=row.blob_id,
                name=row.document.name,
                number=row.number,
                size_bytes=row.size_bytes,
                label=cast("Label", row.document.label),
                was_closed=any(folder.is_closed for folder in chain_to(actor, row.document.folder_id)),
            )
            for row in rows.order_by("added_at", "id")
        ]


def missing_versions(actor: Actor, kept: Sequence[KeptVersion]) -> list[KeptVersion]:
    """Return those of `kept` that are not among the versions of the actor's client, or whose bytes are damaged.

    Each that is there is read back whole. For the portal itself.
    """
    with acting_as(actor):
        wanted = [one.version_id for one in kept]
        rows = Version.objects.filter(client_id=actor.client, id__in=wanted)
        present = dict(rows.values_list("id", "blob_id"))
    return [one for one in kept if one.version_id not in present or not _is_whole(actor, present[one.version_id])]


def _is_whole(actor: Actor, blob_id: UUID) -> bool:
    try:
        vault.prove_blob(actor.client, blob_id)
    except VaultError:
        return False
    return True
