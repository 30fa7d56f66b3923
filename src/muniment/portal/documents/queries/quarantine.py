"""Read what was held back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Version
from muniment.trust.access import queries as access
from muniment.trust.access.types import ApprovalFacts
from muniment.trust.vault import actions as vault
from muniment.trust.vault.types import Verdict, Vetting

SHOWN_MOST = 200


@dataclass(frozen=True)
class HeldVersion:
    """One version that nobody can open, and what is asked about it. `name` is empty to who reads no content."""

    id: UUID
    document_id: UUID
    name: str
    number: int
    size_bytes: int
    added_at: datetime
    added_by: UUID | None
    vetting: Vetting
    asked: ApprovalFacts | None = None


@query
def quarantine(actor: Actor) -> list[HeldVersion]:
    """Return the versions of the client that are held or refused, and not destroyed, newest first.

    Raises:
        NotFound: the actor may not see them.
    """
    access.require(actor, "quarantine:read")
    rows = Version.objects.filter(
        client_id=actor.client, blob__verdict__in=(Verdict.HELD, Verdict.REFUSED), blob__deleted_at=None
    )
    found = list(rows.select_related("blob").order_by("-id")[:SHOWN_MOST])
    readable = access.visible(actor, "document:view", Document).filter(id__in={row.document_id for row in found})
    names = {row.id: row.name for row in readable}
    asked = {approval.object_id: approval for approval in access.approvals(actor, act="version:release")}
    return [
        HeldVersion(
            id=row.id,
            document_id=row.document_id,
            name=names.get(row.document_id, ""),
            number=row.number,
            size_bytes=row.size_bytes,
            added_at=row.added_at,
            added_by=row.added_by,
            vetting=vault.vetting_of(row.blob),
            asked=asked.get(row.id),
        )
        for row in found
    ]


@query
def upload_rules(actor: Actor) -> dict[str, str]:
    """Return what is let into the client: every kind of file and every danger, and what is done with it.

    Who may send something, anywhere in the client, may know it, and who looks after what is held.

    Raises:
        NotFound: the actor may not see it.
    """
    if access.reach(actor, "document:upload").nothing:
        access.require(actor, "quarantine:read")
    return {name: str(outcome) for name, outcome in vault.rules(actor.client).items()}
