"""Take documents in, in parts, over days, through lost connections and killed processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.core.db.lending import give_back
from muniment.core.unit import action, query
from muniment.portal.documents import kinds, names
from muniment.portal.documents.actions.folders import inherited
from muniment.portal.documents.actions.indexing import refresh
from muniment.portal.documents.errors import NotAllHere, TooLarge, TooManyUploads, UploadOver
from muniment.portal.documents.models import Document, Upload, Version
from muniment.portal.documents.queries.documents import version_facts
from muniment.portal.documents.queries.uploads import own_upload, require_place, unfinished_of, upload_facts
from muniment.portal.documents.types import UploadFacts, VersionFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import BlobMissing

UNFINISHED_MOST = 100
"""Uploads that one person may have begun and not finished, in one client."""

LEFT_OVER = timedelta(days=2)
"""How long files of cancelled uploads are looked for."""

PROVE_VERSION = "documents.prove_version"
VET_VERSION = "documents.vet_version"


@action
def begin_upload(
    actor: Actor,
    *,
    name: str,
    size_bytes: int,
    folder_id: UUID | None = None,
    document_id: UUID | None = None,
) -> UploadFacts:
    """Begin an upload of `size_bytes` that becomes a document in a folder, or the next version of a document.

    Raises:
        NotFound: there is no such place, or the actor may not add anything there.
        NameRefused: the name cannot be used.
        TooLarge: the portal takes no file of this size.
        TooManyUploads: the person has too many unfinished ones.
        StoreFull: there is no room for it.
    """
    now, settings = clock.now(), config.current()
    require_place(actor, folder_id, document_id)
    cleaned = names.clean(name)
    if not 0 <= size_bytes <= settings.max_upload_bytes:
        raise TooLarge
    if unfinished_of(actor).count() >= UNFINISHED_MOST or actor.person_id is None:
        raise TooManyUploads
    upload = Upload(
        client_id=actor.client,
        person_id=actor.person_id,
        folder_id=None if document_id else folder_id,
        document_id=document_id,
        name=cleaned,
        created_at=now,
        expires_at=now + timedelta(days=settings.upload_days),
    )
    upload.blob = vault.begin_blob(actor.client, size_bytes)
    upload.save(force_insert=True)
    audit.record(actor, Event.UPLOAD_BEGUN, upload, size=size_bytes, folder=folder_id, document=document_id)
    return upload_facts(upload)


class Incoming:
    """Takes a chunk of an upload in, and knows until when the upload can be continued."""

    def __init__(self, receiver: vault.Receiver, expires_at: datetime) -> None:
        """Take over a receiver."""
        self._receiver = receiver
        self.expires_at = expires_at

    def feed(self, data: bytes) -> None:
        """Take bytes of any number, in the order they were sent; refusals are those of `receive_chunk`."""
        self._receiver.feed(data)

    @property
    def offset(self) -> int:
        """How many bytes of the upload are kept for good."""
        return self._receiver.offset

    @property
    def is_finished(self) -> bool:
        """Whether all bytes have arrived."""
        return self._receiver.is_finished


@contextmanager
def receive_chunk(
    actor: Actor, *, upload_id: UUID, offset: int, size_bytes: int, checksum: tuple[str, bytes] | None = None
) -> Iterator[Incoming]:
    """Give what takes the next `size_bytes` of an upload in, after deciding anew that it may go on.

    What is fed is sealed as it comes. Leaving the block keeps what arrived, also when the connection broke;
    with a checksum (algorithm, digest) all of it counts or nothing. It leaves no entry: the upload did.

    Raises:
        NotFound: it is not the actor's own upload, or its place is no longer the actor's.
        UploadOver: it was cancelled, has expired, or was begun before the person's sign-in changed.
        WrongOffset, PastLength, Locked, ChecksumMismatch, UnknownChecksum, StoreFull: see the vault.
    """
    upload = _own(actor, upload_id)
    known = vault.checksum_of(*checksum) if checksum else None
    receiver = vault.receive_into(upload.blob, offset=offset, size_bytes=size_bytes, checksum=known)
    give_back()
    try:
        with receiver:
            yield Incoming(receiver, upload.expires_at)
    except BlobMissing as error:
        if _is_cancelled(actor, upload_id):
            raise UploadOver from error
        raise


def finish_upload(actor: Actor, *, upload_id: UUID) -> VersionFacts:
    """Make a document, or its next version, of an upload whose bytes have all arrived.

    Repeating it, or doing it again after a death at any step, gives the same version and no second entry.

    Raises:
        NotFound: it is not the actor's own upload, or its place is no longer the actor's.
        UploadOver: it was cancelled, has expired, or was begun before the person's sign-in changed.
        NotAllHere: some bytes have not arrived.
    """
    try:
        return _add_version(actor, upload_id=upload_id)
    except _Finished as already:
        return already.version


@action
def cancel_upload(actor: Actor, *, upload_id: UUID) -> None:
    """Cancel one's own unfinished upload and shred what arrived of it.

    Raises:
        NotFound: it is not the actor's own upload.
        UploadOver: it is over already, or became a document.
    """
    upload = own_upload(actor, upload_id)
    if upload.finished_at is not None:
        raise UploadOver
    _shred(upload)
    audit.record(actor, Event.UPLOAD_CANCELLED, upload, received=upload.blob.received_bytes)


def expire_uploads(actor: Actor) -> int:
    """Shred every upload of the bound client that was not finished in time; return how many there were.

    For the portal itself. Each is an act with an entry of its own. Files that were still being written to when
    their upload was cancelled are removed now.
    """
    late, left_over = _late_uploads(actor)
    for upload_id in late:
        _expire_upload(actor, upload_id=upload_id)
    for blob_id in left_over:
        vault.remove_blob(actor.client, blob_id)
    return len(late)


@query
def _late_uploads(actor: Actor) -> tuple[list[UUID], list[UUID]]:
    """Return the oldest 1,000 uploads that are late, and the blobs of those cancelled lately."""
    now = clock.now()
    rows = Upload.objects.filter(client_id=actor.client)
    late = rows.filter(expires_at__lte=now, finished_at=None, cancelled_at=None).order_by("expires_at")
    cancelled = rows.filter(cancelled_at__gt=now - LEFT_OVER)
    return list(late.values_list("id", flat=True)[:1000]), list(cancelled.values_list("blob_id", flat=True))


@action
def _expire_upload(actor: Actor, *, upload_id: UUID) -> None:
    upload = Upload.objects.select_related("blob").get(client_id=actor.client, id=upload_id)
    _shred(upload)
    audit.record(actor, Event.UPLOAD_EXPIRED, upload, received=upload.blob.received_bytes)


@action
def _add_version(actor: Actor, *, upload_id: UUID) -> VersionFacts:
    Upload.objects.select_for_update().filter(client_id=actor.client, id=upload_id).first()
    upload = own_upload(actor, upload_id)
    if done := _version_of(upload):
        raise _Finished(done)
    if upload.blob.received_bytes != upload.blob.size_bytes:
        raise NotAllHere
    vault.finish_blob(actor.client, upload.blob_id)
    # What it is, is the first step of its vetting: nothing of the bytes leaves this function.
    with vault.open_blob(actor.client, upload.blob_id, for_vetting=True) as content:
        head = b"".join(content.read(0, min(content.length, kinds.HEAD_BYTES)))
    kind = kinds.decide(head, upload.name)
    document, event = _document_for(actor, upload, kind)
    version = Version.objects.create(
        client_id=actor.client,
        document=document,
        blob_id=upload.blob_id,
        number=document.version_count,
        media_type=kind.media_type,
        size_bytes=document.size_bytes,
        added_by=actor.person_id,
        added_at=document.changed_at,
    )
    refresh(document)
    upload.finished_at, upload.became = document.changed_at, version
    upload.save(update_fields=["finished_at", "became_id"])
    for task in (VET_VERSION, PROVE_VERSION):
        jobs.configure_task(task).defer(client_id=str(actor.client), version_id=str(version.id))
    audit.record(actor, event, document, version=version.id, number=version.number, size=version.size_bytes)
    return version_facts(version)


def _document_for(actor: Actor, upload: Upload, kind: kinds.Kind) -> tuple[Document, Event]:
    """Return the row of the document that an upload becomes, or whose next version it is."""
    now = clock.now()
    facts = {
        "kind": kind.kind,
        "media_type": kind.media_type,
        "size_bytes": upload.blob.size_bytes,
        "changed_at": now,
        "changed_by": actor.person_id,
    }
    if upload.document_id is None:
        document = Document.objects.create(
            id=ids.new(),
            client_id=actor.client,
            folder_id=upload.folder_id,
            name=upload.name,
            label=inherited(actor, upload.folder_id),
            created_at=now,
            created_by=actor.person_id,
            **facts,
        )
        return document, Event.DOCUMENT_ADDED
    # Locked: two versions that arrive at once get two numbers.
    document = Document.objects.select_for_update().get(client_id=actor.client, id=upload.document_id)
    for column, value in facts.items():
        setattr(document, column, value)
    document.version_count += 1
    document.save(update_fields=[*facts, "version_count"])
    return document, Event.VERSION_ADDED


def _version_of(upload: Upload) -> VersionFacts | None:
    if upload.became_id is None:
        return None
    rows = Version.objects.filter(client_id=upload.client_id, id=upload.became_id)
    return version_facts(rows.select_related("blob").get())


def _shred(upload: Upload) -> None:
    upload.cancelled_at = clock.now()
    upload.save(update_fields=["cancelled_at"])
    vault.forget_blob(upload.client_id, upload.blob_id)
    transaction.on_commit(partial(vault.remove_blob, upload.client_id, upload.blob_id))


@query
def _own(actor: Actor, upload_id: UUID) -> Upload:
    return own_upload(actor, upload_id)


@query
def _is_cancelled(actor: Actor, upload_id: UUID) -> bool:
    rows = Upload.objects.filter(client_id=actor.client, id=upload_id)
    return rows.exclude(cancelled_at=None).exists()


class _Finished(Exception):  # not an error: undoes a second finishing without leaving a refusal
    def __init__(self, version: VersionFacts) -> None:
        super().__init__()
        self.version = version
