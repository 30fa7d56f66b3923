"""One blob on an S3 server: the names of its objects, and what can be done with them."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from botocore.exceptions import ClientError

from muniment.trust.vault.blobs.segments import RECORD_BYTES, SEGMENT_BYTES
from muniment.trust.vault.errors import BlobMissing
from muniment.trust.vault.store import s3_client
from muniment.trust.vault.store.s3_client import UploadGone, asking

PART_SEGMENTS = 8
PART_BYTES = PART_SEGMENTS * RECORD_BYTES
PART_PLAIN = PART_SEGMENTS * SEGMENT_BYTES
PARTS_MOST = 10_000  # of one object, on every S3 server


class Place:
    """The names of one blob on the server, and what can be done with them."""

    def __init__(self, client: Any, bucket: str, client_id: UUID, blob_id: UUID) -> None:
        """Name the objects of a blob of a client."""
        stem = f"{client_id.hex}/{blob_id.hex}"
        self._client = client
        self._bucket = bucket
        self._stem = stem
        self._key = f"{stem}.mnb"

    def exists(self) -> bool:
        """Tell whether the blob is complete."""
        try:
            self.size()
        except BlobMissing:
            return False
        return True

    def size(self) -> int:
        """Return the size of the complete blob."""
        with asking():
            return int(self._client.head_object(Bucket=self._bucket, Key=self._key)["ContentLength"])

    def last_bytes(self, size: int) -> tuple[bytes, int]:
        """Return the last `size` bytes, and the size of the whole, from one answer."""
        with asking():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key, Range=f"bytes=-{size}")
            except ClientError as error:
                if error.response["Error"]["Code"] != "InvalidRange":
                    raise
                return b"", 0  # an object without a byte
            body = s3_client.read_body(answer["Body"], size)
        return body, int(answer["ContentRange"].rpartition("/")[2])

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`."""
        if start >= end:
            return b""
        with asking():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key, Range=f"bytes={start}-{end - 1}")
            return s3_client.read_body(answer["Body"], end - start)

    def put(self, data: bytes) -> None:
        """Make the complete blob at once."""
        self._put(self._key, data)

    def begin(self) -> str:
        """Begin a multipart upload and return what the server calls it."""
        with asking():
            return str(self._client.create_multipart_upload(Bucket=self._bucket, Key=self._key)["UploadId"])

    def put_part(self, upload_ref: str, number: int, data: bytes) -> str:
        """Put one part of a multipart upload and return the server's answer."""
        with asking():
            answer = self._client.upload_part(
                Bucket=self._bucket,
                Key=self._key,
                UploadId=upload_ref,
                PartNumber=number,
                Body=data,
                ContentMD5=_md5(data),
            )
        return str(answer["ETag"])

    def complete(self, upload_ref: str, etags: dict[int, str]) -> None:
        """Make the complete blob of the parts whose answers are given."""
        parts = [{"PartNumber": number, "ETag": etags[number]} for number in sorted(etags)]
        with asking():
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=upload_ref, MultipartUpload={"Parts": parts}
            )

    def abort(self, upload_ref: str) -> None:
        """Throw a multipart upload away; one that is gone is no error."""
        try:
            with asking():
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=upload_ref)
        except (UploadGone, BlobMissing):
            return

    def parts(self, upload_ref: str) -> dict[int, str]:
        """Return what the server holds of a multipart upload: the answer to each part."""
        found: dict[int, str] = {}
        pages = iter(
            self._client.get_paginator("list_parts").paginate(Bucket=self._bucket, Key=self._key, UploadId=upload_ref)
        )
        try:
            while page := next_page(pages):
                found |= {part["PartNumber"]: part["ETag"] for part in page.get("Parts", ())}
        except (UploadGone, BlobMissing):
            return {}
        return found

    def remove(self, key: str = "") -> None:
        """Remove an object, the complete blob if none is named; one that is gone is no error."""
        try:
            with asking():
                self._client.delete_object(Bucket=self._bucket, Key=key or self._key)
        except BlobMissing:
            return

    def put_end(self, offset: int, data: bytes) -> None:
        """Keep the end of an upload."""
        self._put(f"{self._stem}.end.{offset}", data)

    def read_end(self, offset: int) -> bytes:
        """Return the end that was kept for an offset."""
        with asking():
            answer = self._client.get_object(Bucket=self._bucket, Key=f"{self._stem}.end.{offset}")
            return s3_client.read_body(answer["Body"], PART_BYTES + RECORD_BYTES)

    def remove_end(self, offset: int) -> None:
        """Remove the end that was kept for an offset."""
        self.remove(f"{self._stem}.end.{offset}")

    def remove_ends(self) -> None:
        """Remove every end."""
        try:
            with asking():
                listed = self._client.list_objects_v2(Bucket=self._bucket, Prefix=f"{self._stem}.end.")
        except BlobMissing:
            return
        for item in listed.get("Contents", ()):
            self.remove(item["Key"])

    def _put(self, key: str, data: bytes) -> None:
        with asking():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentMD5=_md5(data))


def next_page(pages: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the next page of a listing; None after the last one."""
    try:
        with asking():
            return next(pages, None)
    except BlobMissing:
        return None  # a client who never stored anything has no bucket of its own


def _md5(data: bytes) -> str:
    """Return what the server compares the body with; the bytes are authenticated, this finds errors on the way."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
