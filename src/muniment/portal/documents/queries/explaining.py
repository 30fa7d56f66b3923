"""Read who can get at a document or folder, and what one person can see."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries import documents, folders
from muniment.portal.documents.types import Explained, Seen, Target
from muniment.trust.access import queries as access
from muniment.trust.access.types import Label
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import GuestLink

SEEN_MOST = 200
"""Most folders, and most single documents, that one page names."""


@query
def explained(actor: Actor, target: Target, target_id: UUID, verb: str, at: datetime | None = None) -> Explained:
    """Return a document or folder with every way in which somebody may do `verb` with it now, or could at a moment.

    Guest links are told of as they are now alone.

    Raises:
        NotFound: there is no such thing, it is in the trash, or the actor may not share it.
    """
    row: Document | Folder
    if target == "document":
        row = access.find(actor, "document:share", Document, target_id)
    else:
        row = access.find(actor, "document:share", Folder, target_id)
    if row.trashed_at is not None:
        raise NotFound
    label: Label = row.label  # type: ignore[assignment] # the database keeps it to the five
    around = row.folder_id if isinstance(row, Document) else row.parent_id
    places = [row.id, *(folder.id for folder in folders.chain_to(actor, around))]
    links = _links(actor, verb, row, places) if at is None else []
    return Explained(row.id, row.name, label, access.ways(actor, verb, row, at), links)


@query
def seen_by(actor: Actor, somebody: Actor, verbs: tuple[str, ...], at: datetime | None = None) -> Seen:
    """Return where somebody may do what, conditions aside, and what of it the actor may name.

    The first verb decides what is listed. What the actor may not open is neither named nor counted.

    Raises:
        NotFound: it is somebody else than the actor, who may not explain who may what here.
    """
    if somebody.person_id != actor.person_id:
        access.require(actor, "access:explain")
    reaches = {verb: access.granted(somebody, verb, at) for verb in verbs}
    theirs = reaches[verbs[0]]
    rows = access.limited(access.visible(actor, verbs[0], Document), theirs).filter(trashed_at=None)
    places = access.limited(access.visible(actor, verbs[0], Folder), theirs).filter(trashed_at=None)
    counts = dict(rows.order_by().values_list("folder_id").annotate(Count("id")))
    inner = [folders.folder_facts(row, counts.get(row.id, 0)) for row in places.order_by("id")[: SEEN_MOST + 1]]
    single = rows.exclude(folder_id__in=places.values("id")).order_by("-changed_at", "-id")[: SEEN_MOST + 1]
    alone = [documents.document_facts(row) for row in single]
    return Seen(
        reaches=reaches,
        folders=folders.by_name(inner[:SEEN_MOST]),
        documents=alone[:SEEN_MOST],
        count=sum(counts.values()),
        is_cut=len(inner) > SEEN_MOST or len(alone) > SEEN_MOST,
    )


def _links(actor: Actor, verb: str, row: Document | Folder, places: list[UUID]) -> list[GuestLink]:
    """Return the guest links on a thing or around it whose guest the decision lets do `verb`, conditions aside."""
    found = [link for place in places for link in identity.links_to(actor, place)]
    return [link for link in found if _lets_in(actor, verb, row, link)]


def _lets_in(actor: Actor, verb: str, row: Document | Folder, link: GuestLink) -> bool:
    guest = Actor(kind="contact", person_id=link.link.id, client_id=actor.client_id, guest_link_id=link.link.id)
    rows = type(row).objects.filter(client_id=actor.client, id=row.id)
    return bool(access.limited(rows, access.granted(guest, verb)).exists())
