"""The beginning of an upload for an item, as tus has it: it goes on at the address of uploads, like every other.

Source: https://tus.io/protocols/resumable-upload
"""

import base64
import binascii
from datetime import UTC
from email.utils import format_datetime
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from muniment.portal.checklists import actions
from muniment.portal.checklists.requests import ActorRequest
from muniment.portal.documents import actions as documents
from muniment.portal.documents.errors import Malformed, ProtocolUnknown
from muniment.trust.access.types import permission

VERSION = "1.0.0"
NUMBER_DIGITS_MOST = 15
METADATA_MOST = 4096


@permission("checklist:answer")
@require_POST
def uploads(request: ActorRequest, client_id: UUID, item_id: UUID) -> HttpResponse:
    """Begin the upload of a file for an item; its bytes come later, in parts."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise ProtocolUnknown
    length = request.headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdigit()) or len(length) > NUMBER_DIGITS_MOST:
        raise Malformed
    name = _file_name(request.headers.get("Upload-Metadata", ""))
    upload = actions.begin_file(request.actor, item_id=item_id, name=name, size_bytes=int(length))
    if not upload.size_bytes:
        documents.finish_upload(request.actor, upload_id=upload.id)
    response = HttpResponse(status=201)
    response.headers.pop("Content-Type", None)  # there is no content
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Upload-Offset"] = "0"
    response.headers["Upload-Expires"] = format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)
    response.headers["Location"] = reverse("documents:upload", kwargs={"client_id": client_id, "upload_id": upload.id})
    return response


def _file_name(metadata: str) -> str:
    """Return what the file is called where it comes from: of `filename <base64>,name <base64>`."""
    if len(metadata) > METADATA_MOST:
        raise Malformed
    for pair in metadata.split(","):
        name, _, value = pair.strip().partition(" ")
        if name != "filename":
            continue
        try:
            return base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise Malformed from error
    return ""
