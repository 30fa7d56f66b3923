"""Resumable uploads: the tus protocol 1.0 with creation (with upload), termination, checksum, expiration.

The body of a part is read in bounded pieces and sealed as it comes; it never stands whole in memory and never
on disk in the clear. A part with a checksum has at most `upload_chunk_bytes`, because it counts as a whole or
not at all; one without may be as long as the rest of the file and is kept every 8 MiB. X-HTTP-Method-Override
is not supported: a second way to say what a request does is a way around those who watch the first.

Source: https://tus.io/protocols/resumable-upload
"""

import base64
import binascii
import functools
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from muniment.core import config, ids
from muniment.core.errors import PortalError
from muniment.portal.documents import actions, queries
from muniment.portal.documents.errors import (
    ChunkTooLarge,
    LengthRequired,
    Malformed,
    ProtocolUnknown,
    SenderGone,
    TooLarge,
    WrongContentType,
)
from muniment.portal.documents.requests import ActorRequest
from muniment.trust.access.types import by_guest_link, permission

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
ALGORITHMS = "sha1,sha256"
PART_TYPE = "application/offset+octet-stream"
READ_BYTES = 256 * 1024
DRAIN_BYTES = 16 * 1024 * 1024
NUMBER_DIGITS_MOST = 15
METADATA_MOST = 4096

View = Callable[..., HttpResponse]


def _streams(view: View) -> View:
    """Mark a view as one that reads its body itself, and let refused senders finish sending before they are told.

    A browser that is still sending sees a closed connection instead of an early answer, so a bounded rest is
    read and dropped.
    """

    @functools.wraps(view)
    def answer(request: ActorRequest, **parameters: UUID) -> HttpResponse:
        try:
            response = view(request, **parameters)
        except PortalError:
            _drain(request)
            raise
        response.headers["Tus-Resumable"] = VERSION
        response.headers.pop("Content-Type", None)  # these answers have no content
        return response

    answer.streams = True  # type: ignore[attr-defined] # read by the middleware that bounds bodies
    return answer


@permission("document:upload")
@_streams
@require_http_methods(["OPTIONS", "POST"])
def uploads(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Say what is understood, or begin an upload, with its first part if that comes along."""
    if request.method == "OPTIONS":
        return _capabilities()
    _require_protocol(request)
    size_bytes = _number(request, "Upload-Length")
    if size_bytes > config.current().max_upload_bytes:
        raise TooLarge
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    upload = actions.begin_upload(
        request.actor,
        name=metadata.get("filename", ""),
        size_bytes=size_bytes,
        folder_id=_identifier(metadata.get("folder")),
        document_id=_identifier(metadata.get("document")),
    )
    offset = 0
    if request.content_type == PART_TYPE and _has_body(request):
        offset, _ = _receive(request, upload.id, 0)
    elif size_bytes == 0:
        actions.finish_upload(request.actor, upload_id=upload.id)
    response = HttpResponse(status=201, headers=_expiry(upload.expires_at))
    address = "documents:guest_upload_part" if request.actor.guest_link_id else "documents:upload"
    response.headers["Location"] = reverse(address, kwargs={"client_id": client_id, "upload_id": upload.id})
    response.headers["Upload-Offset"] = str(offset)
    return response


@permission("document:upload")
@_streams
@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE"])
def upload(request: ActorRequest, client_id: UUID, upload_id: UUID) -> HttpResponse:  # noqa: ARG001 - of every address
    """Tell how much of an upload has arrived, take the next part, or cancel it."""
    if request.method == "OPTIONS":
        return _capabilities()
    _require_protocol(request)
    if request.method == "DELETE":
        actions.cancel_upload(request.actor, upload_id=upload_id)
        return HttpResponse(status=204)
    if request.method == "HEAD":
        return _state(request, upload_id)
    if request.content_type != PART_TYPE:
        raise WrongContentType
    offset, expires_at = _receive(request, upload_id, _number(request, "Upload-Offset"))
    response = HttpResponse(status=204, headers=_expiry(expires_at))
    response.headers["Upload-Offset"] = str(offset)
    return response


@login_not_required
@by_guest_link
@permission("document:upload")
@require_http_methods(["OPTIONS", "POST"])
def guest_uploads(request: ActorRequest, client_id: UUID) -> HttpResponse:
    """Begin an upload as `uploads` does, for a guest."""
    return uploads(request, client_id=client_id)


@login_not_required
@by_guest_link
@permission("document:upload")
@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE"])
def guest_upload(request: ActorRequest, client_id: UUID, upload_id: UUID) -> HttpResponse:
    """Go on with an upload as `upload` does, for a guest."""
    return upload(request, client_id=client_id, upload_id=upload_id)


guest_uploads.streams = guest_upload.streams = True  # type: ignore[attr-defined] # as `_streams` says


def _state(request: ActorRequest, upload_id: UUID) -> HttpResponse:
    found = queries.upload(request.actor, upload_id)
    if found.received_bytes == found.size_bytes and not found.is_finished:
        # Who took the last byte in died before it became a document: go on from there.
        actions.finish_upload(request.actor, upload_id=upload_id)
    response = HttpResponse(status=200, headers=_expiry(found.expires_at))
    response.headers["Upload-Offset"] = str(found.received_bytes)
    response.headers["Upload-Length"] = str(found.size_bytes)
    return response


def _receive(request: ActorRequest, upload_id: UUID, offset: int) -> tuple[int, datetime]:
    """Take the body in from `offset` on, and return where the upload goes on then, and until when it can."""
    size_bytes = _length(request)
    checksum = _checksum(request.headers.get("Upload-Checksum"))
    if checksum is not None and size_bytes > config.current().upload_chunk_bytes:
        raise ChunkTooLarge
    actor, left = request.actor, size_bytes
    with actions.receive_chunk(
        actor, upload_id=upload_id, offset=offset, size_bytes=size_bytes, checksum=checksum
    ) as receiver:
        while left:
            piece = _read(request, left)
            left -= len(piece)
            receiver.feed(piece)
    if receiver.is_finished:
        actions.finish_upload(actor, upload_id=upload_id)
    return receiver.offset, receiver.expires_at


def _read(request: ActorRequest, left: int) -> bytes:
    try:
        piece: bytes = request.read(min(READ_BYTES, left))
    except OSError as error:
        raise SenderGone from error
    if not piece:
        raise SenderGone
    return piece


def _capabilities() -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Checksum-Algorithm"] = ALGORITHMS
    response.headers["Tus-Max-Size"] = str(config.current().max_upload_bytes)
    return response


def _require_protocol(request: ActorRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise ProtocolUnknown


def _expiry(expires_at: datetime) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(expires_at.astimezone(UTC), usegmt=True)}


def _number(request: ActorRequest, header: str) -> int:
    """Return a header's whole number."""
    return _whole(request.headers.get(header, ""))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > NUMBER_DIGITS_MOST:
        raise Malformed
    return int(text)


def _length(request: ActorRequest) -> int:
    """Return the declared length of the body; a body without one is not read at all."""
    declared = request.META.get("CONTENT_LENGTH")
    if not declared:
        raise LengthRequired
    return _whole(declared)


def _has_body(request: ActorRequest) -> bool:
    return bool(request.headers.get("Transfer-Encoding")) or request.META.get("CONTENT_LENGTH", "") not in {"", "0"}


def _checksum(header: str | None) -> tuple[str, bytes] | None:
    """Return algorithm and digest of `Upload-Checksum: sha256 <base64>`."""
    if header is None:
        return None
    algorithm, _, digest = header.partition(" ")
    try:
        return algorithm, base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed from error


def _metadata(header: str) -> dict[str, str]:
    """Return the pairs of `Upload-Metadata: name <base64>,name <base64>`."""
    if len(header) > METADATA_MOST:
        raise Malformed
    found: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise Malformed from error
    return found


def _identifier(text: str | None) -> UUID | None:
    if not text:
        return None
    try:
        return ids.private(text)
    except ValueError as error:
        raise Malformed from error


def _drain(request: ActorRequest) -> None:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isdecimal() or int(declared) > DRAIN_BYTES:
        return
    try:
        while request.read(READ_BYTES):
            pass
    except (OSError, EOFError):
        return  # the other side is gone: nobody waits for the answer
