"""Upload in one go, and read the log, as tests need it."""

from typing import Any
from uuid import UUID

from muniment.core.actor import Actor
from muniment.portal.documents import actions
from muniment.portal.documents.types import VersionFacts
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EntryFacts
from muniment.trust.vault import actions as vault
from muniment.trust.vault.types import Vetting

CONTRACT = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"


def add(actor: Actor, name: str, content: bytes, **place: Any) -> VersionFacts:
    """Upload a document, or a version, in one piece, and vet it, as the worker does at once."""
    added = put(actor, name, content, **place)
    vet(actor, added.id)
    return added


def put(actor: Actor, name: str, content: bytes, **place: Any) -> VersionFacts:
    """Upload a document, or a version, in one piece; nobody has vetted it."""
    upload = actions.begin_upload(actor, name=name, size_bytes=len(content), **place)
    send(actor, upload.id, content)
    return actions.finish_upload(actor, upload_id=upload.id)


def vet(actor: Actor, version_id: UUID) -> Vetting:
    """Do what the worker does with a new version."""
    return actions.vet_version(Actor.system(actor.client, purpose="integrity"), version_id=version_id)


def send(actor: Actor, upload_id: UUID, content: bytes, offset: int = 0, **more: Any) -> int:
    """Send one part, and return where the upload goes on."""
    with actions.receive_chunk(actor, upload_id=upload_id, offset=offset, size_bytes=len(content), **more) as receiver:
        receiver.feed(content)
    return receiver.offset


def stored(version: VersionFacts, client_id: UUID) -> bytes:
    """Return what the store holds of a version, whatever the vetting says of it."""
    with vault.open_blob(client_id, version.blob_id, for_vetting=True) as blob:
        return b"".join(blob.read())


def entries(actor: Actor, object_id: UUID | None = None) -> list[EntryFacts]:
    """Return what the log holds about a thing, or altogether; newest first."""
    return list(log.entries(actor, LogFilter(object_id=object_id), limit=200))


def events(actor: Actor, object_id: UUID | None = None) -> list[str]:
    """Return the acts in the log, newest first."""
    return [entry.event for entry in entries(actor, object_id)]
