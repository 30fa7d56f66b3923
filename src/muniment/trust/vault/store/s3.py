"""Sealed blobs as objects of an S3 server.

    <client>/<blob>.mnb            complete; before that, a multipart upload to the same name
    <client>/<blob>.end.<offset>   the end of an upload that stops inside a part

One part is eight sealed segments, so all but the last are equal in size, as some servers demand. What does not
fill a part lies in an object of its own, named by the plain offset where it ends; so does the sealed tail of a
segment, behind it. What the server answered to each part is in rows (`multiparts`): any worker on any host
goes on from there. A blob smaller than a part never becomes a multipart upload.
"""

import re
import sys
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from muniment.trust.vault.blobs import multiparts
from muniment.trust.vault.blobs.multiparts import LEASE_SECONDS
from muniment.trust.vault.blobs.segments import FOOTER_BYTES, RECORD_BYTES
from muniment.trust.vault.errors import BlobMissing, StoreRefuses
from muniment.trust.vault.store import s3_client
from muniment.trust.vault.store.contract import Found, StoredBlob
from muniment.trust.vault.store.s3_client import Address, asking
from muniment.trust.vault.store.s3_part import S3Part
from muniment.trust.vault.store.s3_place import PART_BYTES, PARTS_MOST, Place, next_page
from muniment.trust.vault.types import StoreName

AHEAD_BYTES = 4 * RECORD_BYTES
_NAME = re.compile(r"(?P<blob>[0-9a-f]{32})\.(?P<kind>mnb|end)(\.(?P<offset>[0-9]{1,15}))?")


class S3Blob:
    """A complete blob, open for reading. Who reads on gets the next segments with the same answer."""

    def __init__(self, place: Place) -> None:
        """Fetch the footer, and with it the size."""
        self._place = place
        self._window, self._size = place.last_bytes(FOOTER_BYTES)
        self._start = self._size - len(self._window)
        self._next = 0

    def size(self) -> int:
        """Return how many bytes are stored."""
        return self._size

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes; fewer only at the end."""
        end = min(offset + size, self._size)
        if offset < self._start or end > self._start + len(self._window):
            wanted = AHEAD_BYTES if offset == self._next and offset else size
            self._window = self._place.read(offset, max(offset, min(offset + max(wanted, size), self._size)))
            self._start = offset
        self._next = end
        return self._window[offset - self._start : max(offset, end) - self._start]

    def close(self) -> None:
        """Let go of what was fetched."""
        self._window = b""


class S3Store:
    """Keeps blobs on an S3 server, under a prefix for each client, or in a bucket for each."""

    name: StoreName = "s3"
    largest_bytes = PARTS_MOST * PART_BYTES

    def __init__(self, address: Address, *, lease_seconds: float = LEASE_SECONDS) -> None:
        """Name the server; nothing is sent yet."""
        self._address = address
        self._client = s3_client.connect(address)
        self._lease_seconds = lease_seconds
        self._regions: dict[str, str] = {}

    @property
    def provider(self) -> str:
        """Return the server's name, or whose it is."""
        return (urlsplit(self._address.endpoint).hostname if self._address.endpoint else None) or "Amazon Web Services"

    def region(self, client_id: UUID) -> str:
        """Return where the server says that a client's bucket lies, asked once; makes a bucket of its own."""
        bucket = self._address.bucket_of(client_id)
        if bucket not in self._regions:
            try:
                self._regions[bucket] = s3_client.said_region(self._client, self._address, bucket)
            except BlobMissing as error:
                if bucket == self._address.bucket:
                    raise StoreRefuses from error  # the operator makes the one for all, with its rights
                self._make_bucket(bucket)
                self._regions[bucket] = s3_client.said_region(self._client, self._address, bucket)
        return self._regions[bucket]

    def create(self, client_id: UUID, blob_id: UUID) -> None:
        """Make the row of an upload; the server only has to answer.

        Raises:
            FileExistsError: the blob exists.
            StoreDown: the server does not answer.
        """
        self.region(client_id)
        if self._place(client_id, blob_id).exists():
            raise FileExistsError(blob_id)
        multiparts.begin(client_id, blob_id)

    def open_part(self, client_id: UUID, blob_id: UUID) -> S3Part:
        """Take hold of a blob for writing.

        Raises:
            Locked: another writer holds it.
            BlobMissing: there is no such blob.
        """
        place = self._place(client_id, blob_id)
        hold = multiparts.hold(client_id, blob_id, self._lease_seconds)
        try:
            if hold is None and not place.exists():
                raise BlobMissing
            return S3Part(place, hold, is_finished=hold is None or (hold.is_finishing and place.exists()))
        except BaseException:
            if hold is not None:
                hold.let_go()
            raise

    def open(self, client_id: UUID, blob_id: UUID) -> S3Blob:
        """Open a complete blob.

        Raises:
            BlobMissing: there is none, or it is not complete.
            StoreDown: the server does not answer.
        """
        return S3Blob(self._place(client_id, blob_id))

    def size(self, client_id: UUID, blob_id: UUID) -> int:
        """Return the stored size of a complete blob.

        Raises:
            BlobMissing: there is none, or it is not complete.
        """
        return self._place(client_id, blob_id).size()

    def copy(self, client_id: UUID, blob_id: UUID, source: StoredBlob) -> None:
        """Make a complete blob of one that lies in another store, all at once; a killed copy leaves no object."""
        self.region(client_id)
        place, size = self._place(client_id, blob_id), source.size()
        if size <= PART_BYTES:
            place.put(source.read(0, size))
            return
        upload_ref = place.begin()
        try:
            starts = range(0, size, PART_BYTES)
            etags = {
                number: place.put_part(upload_ref, number, _read_part(source, start))
                for number, start in enumerate(starts, 1)
            }
            place.complete(upload_ref, etags)
        except BaseException:
            place.abort(upload_ref)
            raise

    def delete(self, client_id: UUID, blob_id: UUID) -> None:
        """Remove a blob, complete or not, and its ends; what is not there is no error.

        Raises:
            Locked: a writer holds it.
            StoreDown: the server does not answer.
        """
        place = self._place(client_id, blob_id)
        hold = multiparts.hold(client_id, blob_id, self._lease_seconds)
        try:
            if hold is not None and hold.upload_ref:
                place.abort(hold.upload_ref)
            place.remove()
            place.remove_ends()
        except BaseException:
            if hold is not None:
                hold.let_go()
            raise
        if hold is not None:
            hold.end()

    def found(self, client_id: UUID) -> Iterator[Found]:
        """Yield every object and every multipart upload of a client that has a name of ours."""
        bucket, prefix = self._address.bucket_of(client_id), f"{client_id.hex}/"
        listings: tuple[tuple[str, str, Literal["", "unfinished"]], ...] = (
            ("list_objects_v2", "Contents", ""),
            ("list_multipart_uploads", "Uploads", "unfinished"),
        )
        for listing, key, kind in listings:
            pages = iter(self._client.get_paginator(listing).paginate(Bucket=bucket, Prefix=prefix))
            while page := next_page(pages):
                for item in page.get(key, ()):
                    if found := _found(client_id, item, kind):
                        yield found

    def discard(self, found: Found) -> None:
        """Remove one object, or abort one multipart upload."""
        place = self._place(found.client_id, found.blob_id)
        if found.kind == "unfinished":
            place.abort(found.handle)
        else:
            place.remove(found.handle)

    def free_bytes(self) -> int:
        """Return more than anybody asks for: a server says when it is full."""
        return sys.maxsize

    def _place(self, client_id: UUID, blob_id: UUID) -> Place:
        return Place(self._client, self._address.bucket_of(client_id), client_id, blob_id)

    def _make_bucket(self, bucket: str) -> None:
        where = {"CreateBucketConfiguration": {"LocationConstraint": self._address.region}}
        with asking():
            self._client.create_bucket(
                Bucket=bucket, **({} if self._address.region == s3_client.HOME_REGION else where)
            )


def _read_part(source: StoredBlob, start: int) -> bytes:
    return b"".join(source.read(at, RECORD_BYTES) for at in range(start, start + PART_BYTES, RECORD_BYTES))


def _found(client_id: UUID, item: dict[str, Any], kind: Literal["", "unfinished"]) -> Found | None:
    name = _NAME.fullmatch(item["Key"].rpartition("/")[2])
    if name is None:
        return None
    blob_id, offset = UUID(name["blob"]), int(name["offset"] or 0)
    if kind:
        return Found(client_id, blob_id, kind, item["Initiated"], item["UploadId"])
    known: Literal["complete", "end"] = "complete" if name["kind"] == "mnb" else "end"
    return Found(client_id, blob_id, known, item["LastModified"], item["Key"], offset)
