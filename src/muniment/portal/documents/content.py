"""The bytes of documents: to view, to download one, to download many. They are streamed, and nobody's guess decides.

Every request is authorised anew, so an ended share stops a running download at its next range. While bytes
flow no database connection is held.
"""

import base64
from collections.abc import Iterator
from functools import partial
from typing import Protocol, Self
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.db.lending import give_back
from muniment.core.errors import Invalid
from muniment.portal.documents import actions, kinds, names, packing, pictures, queries, ranges, slots
from muniment.portal.documents.errors import NotShown
from muniment.portal.documents.requests import ActorRequest
from muniment.portal.documents.types import Opening, PackedDocument, VersionFacts
from muniment.trust.access.types import permission
from muniment.trust.vault import actions as vault

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
_NUMBER_DIGITS_MOST = 6


@permission("document:view")
@require_safe
def content(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponseBase:
    """Answer with what our viewers show of a version: a PDF's bytes, a picture made anew, or plain text.

    With `opening` the entry about it is written already; without, or when it is over, this is an opening too.
    """
    opening = _view(request, document_id)
    version = opening.version
    if not kinds.is_shown(version.media_type):
        raise NotShown
    headers = _headers(opening.document.name, version, attachment=version.media_type == "application/pdf")
    if version.media_type.startswith("image/"):
        give_back()  # drawing takes a while
        with vault.open_blob(client_id, version.blob_id) as blob:
            data, media_type = pictures.shown(blob.read(), version.size_bytes)
        headers.pop("ETag")  # of other bytes
        return HttpResponse(b"" if request.method == "HEAD" else data, content_type=media_type, headers=headers)
    media_type = version.media_type if version.media_type == "application/pdf" else "text/plain; charset=utf-8"
    if request.method == "HEAD":
        return _without_body(version, headers, media_type)
    wanted = _asked(request).within(version.id, version.size_bytes)
    return _stream(client_id, version, headers, media_type, wanted)


@permission("document:view")
@require_safe
def page(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponseBase:
    """Answer with one page of a PDF as a picture, for browsers that run no scripts; `number` counts from 1.

    Like `content`, it is part of an opening, or one itself.
    """
    opening = _view(request, document_id)
    version, number = opening.version, request.GET.get("number", "1")
    if version.media_type != "application/pdf":
        raise NotShown
    if not (number.isascii() and number.isdigit()) or len(number) > _NUMBER_DIGITS_MOST:
        raise Invalid
    give_back()  # drawing takes a while
    with vault.open_blob(client_id, version.blob_id) as blob:
        data, media_type = pictures.page(blob.read(), version.size_bytes, int(number))
    headers = _headers(opening.document.name, version, attachment=False)
    headers.pop("ETag")  # of other bytes
    headers.pop("Repr-Digest", None)
    return HttpResponse(b"" if request.method == "HEAD" else data, content_type=media_type, headers=headers)


@permission("document:download")
@require_safe
def download(request: ActorRequest, client_id: UUID, document_id: UUID) -> HttpResponseBase:
    """Answer with a version's bytes, or a range of them, as a file to keep."""
    number = _version_number(request)
    if request.method == "HEAD":
        document, version = queries.readable_version(request.actor, document_id, "document:download", number)
        headers = _headers(document.name, version, attachment=True)
        return _without_body(version, headers, kinds.OPAQUE)
    slot = slots.take(request.actor.person_id)
    try:
        opening = actions.download_document(
            request.actor, document_id=document_id, number=number, asked=_asked(request)
        )
        headers = _headers(opening.document.name, opening.version, attachment=True)
        return _stream(client_id, opening.version, headers, kinds.OPAQUE, opening.wanted, slot)
    except BaseException:
        slot.release()
        raise


@permission("document:download")
@require_http_methods(["GET", "POST"])
def pack(request: ActorRequest, client_id: UUID) -> HttpResponseBase:
    """Answer with a zip archive: of the chosen documents, of all below a folder, or of all there are."""
    slot = slots.take(request.actor.person_id)
    try:
        chosen = _ids(request.POST.getlist("document")) if request.method == "POST" else []
        folder = _ids([request.GET["folder"]])[0] if request.GET.get("folder") else None
        whole = request.method == "GET" and folder is None
        packed = actions.pack_documents(request.actor, document_ids=chosen, folder_id=folder, whole=whole)
        name = packed[0].path.split("/", 1)[0] if folder and packed else "documents"
        give_back()
        inside = [document for document in packed if document.version.vetting.is_open]
        pieces = partial(_packed_pieces, request.actor, client_id)
        body = _Body(packing.archive(inside, pieces, _missing(packed)), slot)
        response = StreamingHttpResponse(body, content_type="application/zip")
        response.headers["Content-Disposition"] = _disposition(f"{name}.zip", attachment=True)
        response.headers["Content-Security-Policy"] = SANDBOX
        return response
    except BaseException:
        slot.release()
        raise


class _Pieces(Protocol):
    """Bytes that come one after the other, and can be given up."""

    def __next__(self) -> bytes:
        """Return the next piece."""

    def close(self) -> None:
        """Let go of what they come from."""


class _Body:
    """Bytes on their way out. Closed at the end, on an error, and when the other side goes away."""

    def __init__(self, pieces: _Pieces, slot: slots.Slot | None) -> None:
        self._pieces = pieces
        self._slot = slot

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._slot is not None:
            self._slot.renew()
        return next(self._pieces)

    def close(self) -> None:
        """Let go of the blob and of the slot; also if nothing was read."""
        self._pieces.close()
        if self._slot is not None:
            self._slot.release()


def _view(request: ActorRequest, document_id: UUID) -> Opening:
    number = _version_number(request)
    handle = request.GET.get("opening", "")
    going_on = actions.open_viewed(request.actor, document_id=document_id, number=number, handle=handle)
    return going_on or actions.view_document(request.actor, document_id=document_id, number=number)


def _stream(
    client_id: UUID,
    version: VersionFacts,
    headers: dict[str, str],
    media_type: str,
    wanted: tuple[int, int] | None,
    slot: slots.Slot | None = None,
) -> HttpResponseBase:
    """Answer with the wanted bytes of a version (None: all), a piece at a time."""
    start, end = wanted or (0, version.size_bytes)
    blob = vault.open_blob(client_id, version.blob_id)
    give_back()
    body = _Body(blob.stream(start, end), slot)
    response = StreamingHttpResponse(body, status=206 if wanted else 200, content_type=media_type, headers=headers)
    _describe(response, wanted, version)
    return response


def _without_body(version: VersionFacts, headers: dict[str, str], media_type: str) -> HttpResponse:
    response = HttpResponse(content_type=media_type, headers=headers)
    _describe(response, None, version)  # RFC 9110, section 14.2: a range has a meaning for GET only
    return response


def _describe(response: HttpResponseBase, wanted: tuple[int, int] | None, version: VersionFacts) -> None:
    start, end = wanted or (0, version.size_bytes)
    response.headers["Content-Length"] = str(end - start)
    if wanted:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{version.size_bytes}"


def _asked(request: ActorRequest) -> ranges.Asked:
    return ranges.Asked(request.headers.get("Range"), request.headers.get("If-Range"))


def _headers(name: str, version: VersionFacts, *, attachment: bool) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": SANDBOX,
        "Content-Disposition": _disposition(name, attachment=attachment),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "ETag": ranges.etag(version.id),
    }
    if version.sha256 is not None:
        # RFC 9530: of the whole, whatever range is sent.
        headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(version.sha256).decode()}:"
    return headers


def _disposition(name: str, *, attachment: bool) -> str:
    """Return how to call the file: in UTF-8, and in ASCII for programs that read no more (RFC 6266)."""
    kind = "attachment" if attachment else "inline"
    return f"{kind}; filename=\"{names.ascii_fallback(name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def _version_number(request: ActorRequest) -> int | None:
    text = request.GET.get("version", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > _NUMBER_DIGITS_MOST:
        raise Invalid
    return int(text)


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [ids.private(text) for text in texts]
    except ValueError as error:
        raise Invalid from error


def _missing(packed: list[PackedDocument]) -> tuple[str, str]:
    """Return the name and the text of the file that says what is not in an archive, or nothing."""
    paths = [document.path for document in packed if not document.version.vetting.is_open]
    if not paths:
        return "", ""
    said = _("Not in this archive, because the check of uploads is not over, or holds them back:")
    return _("Not in this archive.txt"), "\r\n".join([said, *paths, ""])


def _packed_pieces(actor: Actor, client_id: UUID, document: PackedDocument) -> Iterator[bytes]:
    """Yield one document of an archive, after deciding anew that it may be downloaded."""
    queries.document(actor, document.document.id, "document:download")
    with vault.open_blob(client_id, document.version.blob_id) as blob:
        give_back()
        yield from blob.read()
