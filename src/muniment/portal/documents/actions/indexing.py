"""Keep the index of names and texts true to the documents there are.

Names are indexed in the transaction that changes them. Texts are read in the background, in the sandbox, once a
version may be opened. None of it leaves entries: the acts that cause it do.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from muniment.core.actor import Actor
from muniment.core.db.lending import give_back
from muniment.core.errors import PortalError
from muniment.core.unit import acting_as, action, query
from muniment.portal.documents.models import Document
from muniment.portal.documents.queries.documents import version_facts, version_of
from muniment.portal.documents.types import VersionFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.vault import actions as vault

INDEX_DOCUMENT = "documents.index_document"
INDEX_CLIENT = "documents.index_client"
BATCH = 200
SECONDS_A_TURN = 120.0


def refresh(document: Document, *, name_before: str | None = None) -> None:
    """Let a new, renamed or restored document be found by its name now, and have its text read after the commit.

    The caller holds the row, saved, in the transaction of the act.
    """
    if vault.index.put_name(document.client_id, _thing(document), name_before=name_before):
        read_text_later(document.client_id, document.id)


def read_text_later(client_id: UUID, document_id: UUID) -> None:
    """Have the text of a document read after the commit: its newest version may be opened now."""
    jobs.configure_task(INDEX_DOCUMENT).defer(client_id=str(client_id), document_id=str(document_id))


def forget(client_id: UUID, document_ids: Iterable[UUID]) -> None:
    """Take documents out of the index: what is in the trash or destroyed is not found."""
    vault.index.take_out(client_id, document_ids)


def read_later(client_id: UUID) -> None:
    """Have everything of a client that is not indexed, or not as it is now, read in the background."""
    with suppress(AlreadyEnqueued), transaction.atomic():  # a savepoint: being refused twice is no error of the act
        task = jobs.configure_task(INDEX_CLIENT, queueing_lock=f"{INDEX_CLIENT} {client_id}")
        task.defer(client_id=str(client_id))


@action
def switch_search(actor: Actor, *, is_on: bool) -> bool:
    """Switch the search of a client off, which deletes all that was indexed and its key, or on, which reads it anew.

    Returns False if it was so already.

    Raises:
        NotFound: the actor may not.
    """
    access.require(actor, "search:switch")
    has_changed = vault.index.switch_on(actor.client) if is_on else vault.index.switch_off(actor.client)
    if is_on and has_changed:
        read_later(actor.client)
    audit.record(actor, Event.SEARCH_SWITCHED_ON if is_on else Event.SEARCH_SWITCHED_OFF, changed=has_changed)
    return has_changed


def index_document(actor: Actor, *, document_id: UUID) -> bool:
    """Read the text of a document's newest version into the index; return whether there was one to read.

    For the portal itself, in the background. A version that may not be opened yet is found by its name until it may.
    """
    found = _unread(actor, document_id)
    if found is None:
        return False
    edition, version = found
    give_back()
    try:
        with vault.open_blob(actor.client, version.blob_id) as blob:
            text, state = vault.index.read_text(blob, version.media_type)
    except PortalError:  # not vetted, held, or its key cannot be had now
        return False
    return _keep(actor, document_id, edition, text, state)


def index_client(actor: Actor, *, after: UUID | None = None, seconds: float = SECONDS_A_TURN) -> UUID | None:
    """Bring the index of a client up to date, document by document after `after`, for about so many seconds.

    What is indexed as it should be is passed over, so it can be stopped anywhere and begun again. Returns where to
    go on, None at the end.
    """
    end = time.monotonic() + seconds
    while batch := _documents_after(actor, after):
        for document_id, is_true in batch:
            if not is_true:
                _name(actor, document_id)
                index_document(actor, document_id=document_id)
            after = document_id
            if time.monotonic() > end:
                return after
    return None


@query
def _documents_after(actor: Actor, after: UUID | None) -> list[tuple[UUID, bool]]:
    """Return the next documents outside the trash, each with whether the index has all of it."""
    if not vault.index.is_on(actor.client):
        return []
    rows = Document.objects.filter(client_id=actor.client, trashed_at=None).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    editions = dict(rows.values_list("id", "version_count")[:BATCH])
    known = vault.index.states(actor.client, editions)
    return [
        (document_id, document_id in known and known[document_id].is_true(edition))
        for document_id, edition in editions.items()
    ]


def _name(actor: Actor, document_id: UUID) -> None:
    with acting_as(actor):
        document = _locked(actor, document_id)
        if document is not None:
            vault.index.put_name(actor.client, _thing(document))


@query
def _unread(actor: Actor, document_id: UUID) -> tuple[int, VersionFacts] | None:
    """Return the newest version of a document whose text is waiting to be read, with its edition."""
    document = Document.objects.filter(client_id=actor.client, id=document_id, trashed_at=None).first()
    known = vault.index.states(actor.client, [document_id]).get(document_id)
    if document is None or known is None or known.is_true(document.version_count):
        return None
    return document.version_count, version_facts(version_of(document))


def _keep(actor: Actor, document_id: UUID, edition: int, text: str, state: str) -> bool:
    """Write a text's words down, if the document is still the one that was read."""
    with acting_as(actor):
        document = _locked(actor, document_id)
        if document is None or document.version_count != edition:
            return False
        vault.index.put_text(actor.client, _thing(document), text, state)
        return True


def _locked(actor: Actor, document_id: UUID) -> Document | None:
    """Return a document outside the trash that nobody renames, moves or trashes before the transaction ends."""
    rows = Document.objects.select_for_update().filter(client_id=actor.client, id=document_id, trashed_at=None)
    return rows.first()


def _thing(document: Document) -> vault.index.Thing:
    return vault.index.Thing(
        id=document.id,
        sort="document",
        name=document.name,
        kind=document.kind,
        place_id=document.folder_id,
        ranked_at=document.changed_at,
        edition=document.version_count,
    )
