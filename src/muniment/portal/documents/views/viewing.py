"""Which of our viewers shows a version, and what it needs for that."""

from typing import Any
from uuid import UUID

from muniment.portal.documents import kinds
from muniment.portal.documents.types import Opening, VersionFacts
from muniment.trust.vault import actions as vault

TEXT_BYTES_MOST = 512 * 1024


def viewer_of(version: VersionFacts) -> str:
    """Return which of our viewers shows a version: "pdf", "image", "text", or "none" also if nobody may open it."""
    if not version.vetting.is_open:
        return "none"
    if version.media_type == "application/pdf":
        return "pdf"
    if version.media_type in kinds.TEXT_TYPES:
        return "text"
    return "image" if kinds.is_shown(version.media_type) else "none"


def shown(client_id: UUID, opening: Opening, viewer: str, content_url: str, page_url: str) -> dict[str, Any]:
    """Return what the viewer needs: the addresses of the bytes, or the text itself."""
    version = opening.version
    if viewer == "text":
        end = min(version.size_bytes, TEXT_BYTES_MOST)
        with vault.open_blob(client_id, version.blob_id) as blob:
            text = b"".join(blob.read(0, end)).decode("utf-8-sig", errors="replace")
        return {"text": text, "text_is_cut": end < version.size_bytes}
    which = f"?version={version.number}&opening={opening.handle}"
    return {"content_url": f"{content_url}{which}", "page_url": f"{page_url}{which}&number=1"}
