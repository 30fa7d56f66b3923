"""Share documents and folders, and end shares: who, what they may do, until when, and why."""

from datetime import datetime
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries.shares import insist_confirmed, places_of
from muniment.portal.documents.types import Target
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients


@action
def share_document(
    actor: Actor,
    *,
    document_id: UUID,
    person_id: UUID | None,
    role: str,
    purpose: str,
    until: datetime | None = None,
    group_id: UUID | None = None,
) -> GrantFacts:
    """Let a person, a group, or every contact of the client (neither) open a document until a moment (UTC, exclusive).

    Sharing again with the same person and role moves purpose and end; it never adds a second share.

    Raises:
        NotFound: there is no such document or person here, or the actor may not share it.
        Invalid: no such role of a share.
        PurposeMissing, EndsInThePast, MoreThanYouHave: see the grants.
    """
    return _share(actor, "document", document_id, (person_id, group_id), role, purpose, until)


@action
def share_folder(
    actor: Actor,
    *,
    folder_id: UUID,
    person_id: UUID | None,
    role: str,
    purpose: str,
    until: datetime | None = None,
    group_id: UUID | None = None,
) -> GrantFacts:
    """Let a person, a group, or every contact of the client (neither) open a folder with all that is or will be in it.

    Sharing again with the same person and role moves purpose and end; it never adds a second share.

    Raises:
        NotFound: there is no such folder or person here, or the actor may not share it.
        Invalid: no such role of a share.
        PurposeMissing, EndsInThePast, MoreThanYouHave: see the grants.
    """
    return _share(actor, "folder", folder_id, (person_id, group_id), role, purpose, until)


@action
def end_share(actor: Actor, *, target: Target, target_id: UUID, grant_id: UUID) -> GrantFacts:
    """End a share of a document or folder now; it acts on the next request, also on running transfers.

    Raises:
        NotFound: there is no such share of this thing, or the actor may not share it.
    """
    row = _shared_row(actor, target, target_id)
    if not any(grant.id == grant_id for grant in access.grants(actor, scope_ids={target_id})):
        raise NotFound
    ended = grants.end_grant(actor, grant_id=grant_id)
    whom = _with(ended.person_id, ended.group_id)
    audit.record(actor, Event.SHARE_ENDED, row, grant=grant_id, **whom, role=ended.role)
    return ended


def _share(
    actor: Actor,
    target: Target,
    target_id: UUID,
    whom: tuple[UUID | None, UUID | None],
    role: str,
    purpose: str,
    until: datetime | None,
) -> GrantFacts:
    row, (person_id, group_id) = _shared_row(actor, target, target_id), whom
    insist_confirmed(actor, target, target_id)
    if access.role_side(role) != "share":
        raise Invalid
    if person_id is not None and person_id not in {member.person_id for member in clients.members(actor)}:
        raise NotFound
    inside = row.folder_id if isinstance(row, Document) else row.parent_id
    grant = grants.give_grant(
        actor,
        person_id=person_id,
        group_id=group_id,
        role=role,
        purpose=purpose,
        until=until,
        scope=(target, target_id),
        inside=inside,
    )
    event = Event.DOCUMENT_SHARED if target == "document" else Event.FOLDER_SHARED
    audit.record(actor, event, row, grant=grant.id, **_with(person_id, group_id), role=role, until=until)
    return grant


def _with(person_id: UUID | None, group_id: UUID | None) -> dict[str, UUID | None]:
    """Return with whom a share is, for the log."""
    return {"group": group_id} if group_id else {"person": person_id}


def _shared_row(actor: Actor, target: Target, target_id: UUID) -> Document | Folder:
    places_of(actor, target, target_id)  # decides
    model: type[Document | Folder] = Document if target == "document" else Folder
    return model.objects.get(client_id=actor.client, id=target_id)
