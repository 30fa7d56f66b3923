"""What of documents needs somebody: new ones to read; to the firm, what came from clients."""

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.core.actor import Actor
from muniment.core.needs import Need, later
from muniment.portal.documents.queries.arrivals import Arrival
from muniment.portal.documents.queries.overview import new_documents
from muniment.portal.documents.types import DocumentFacts


def needs(actor: Actor) -> list[Need]:
    """Return the documents of the actor's client that others changed and the actor has not opened since."""
    act = _("Read")
    return [_need(actor.client, row, act) for row in new_documents(actor)]


def needs_of(found: list[Arrival]) -> list[Need]:
    """Return what came from clients and waits for somebody of the firm: to read, and to file where it lies loose."""
    act = _("Read")
    return [_need(one.client_id, one.document, act, is_arrival=True) for one in found if one.is_new]


def _need(client_id: UUID, row: DocumentFacts, act: str, *, is_arrival: bool = False) -> Need:
    said = later(
        lambda: _("Version %(number)d") % {"number": row.version_count} if row.version_count > 1 else _("New document")
    )
    return Need(
        kind="file" if is_arrival and row.folder_id is None else "read",
        client_id=client_id,
        title=row.name,
        about=said,
        act=act,
        url=later(lambda: reverse("documents:document", kwargs={"client_id": client_id, "document_id": row.id})),
        since=row.changed_at,
        waits_for=frozenset(),
        by=row.changed_by,
    )
