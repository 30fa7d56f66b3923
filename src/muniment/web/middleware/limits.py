"""Bodies have a size: small ones for forms, declared streams for uploads; forms have files where a view says so."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase

from muniment.core.errors import PortalError
from muniment.trust.identity import queries as identity
from muniment.web.views import errors

DRAIN_BYTES = 16 * 1024 * 1024
REDIRECTED = 300
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class TooLarge(PortalError):
    """A form or a JSON text beyond what any page sends."""

    code = "too-large"
    status = 413
    sentence = "This request is larger than anything the portal takes here. Nothing was changed. Use Upload for files."


class FileTooLarge(PortalError):
    """A file in a form beyond what may stand in memory."""

    code = "file-too-large"
    status = 413
    sentence = "This file is too large to be sent in one piece. Nothing was stored. With JavaScript it goes in pieces."


class BodyLimits:
    """Refuses large bodies by their declared length, before a byte is read into memory."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the view is known in `process_view`. Whoever is refused or sent elsewhere may finish sending first."""
        response = self.get_response(request)
        if response.status_code >= REDIRECTED:
            drain(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse a body that the view does not read as a stream, and is not a form with the file it asks for."""
        is_form = (request.content_type or "") in _FORMS
        if getattr(view, "streams", False) and not is_form:
            return None
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        refusal: PortalError = TooLarge()
        if file_bytes := getattr(view, "file_bytes", 0):
            if request.user.is_authenticated or identity.is_guest(request):  # nobody else may fill the memory
                request.upload_handlers = [InMemory(request)]
                most += file_bytes
            refusal = FileTooLarge()
        if length(request) <= most:
            return None
        drain(request)
        return errors.refused(request, refusal)


def length(request: HttpRequest) -> int:
    """Return the declared length of the body in bytes; 0 where none is declared, and then none is read."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    return int(declared) if declared.isdecimal() else 0


def drain(request: HttpRequest) -> None:
    """Read a bounded rest of a body and drop it, or a browser still sending sees a closed connection and no answer."""
    if length(request) > DRAIN_BYTES:
        return
    try:
        while request.read(65_536):
            pass
    except OSError:
        return  # the other side is gone: nobody waits for the answer


class NoFiles(FileUploadHandler):
    """Refuses files in forms: Django's own handlers would write them to disk in plaintext."""

    chunk_size = 64 * 1024

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Stop reading as soon as a file begins."""
        raise TooManyFilesSent

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep nothing."""
        return None

    def file_complete(self, file_size: int) -> None:
        """Make no file."""


class InMemory(MemoryFileUploadHandler):
    """Keeps the file of a form in memory, of whatever size the middleware let pass: disks are for sealed bytes."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take the file; there is no other handler that could write it somewhere."""
        self.activated = True
