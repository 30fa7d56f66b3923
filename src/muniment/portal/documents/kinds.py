"""What a file is: its first bytes and its extension must agree, or it is simply a file.

What the sender says is not believed, and nothing is made safe by knowing it: a kind decides icons, filters
and which of our own viewers is tried. Files are always served as opaque bytes, or by a viewer of ours.
"""

from typing import Final, NamedTuple

import puremagic

HEAD_BYTES: Final = 8192
OPAQUE: Final = "application/octet-stream"
KINDS: Final = ("pdf", "image", "text", "sheet", "word", "archive", "other")
SHOWN: Final = ("pdf", "image", "text")
"""Kinds that the portal shows in the browser."""

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."
_TEXT_CONTROLS: Final = frozenset("\t\n\r\f\x1b")


class Kind(NamedTuple):
    """A kind of file (one of `KINDS`) and its media type."""

    kind: str
    media_type: str


OTHER: Final = Kind("other", OPAQUE)

# By extension: the kind, and the first bytes it must have; no bytes means "found by puremagic as this media type".
_STARTS: Final[dict[str, tuple[Kind, bytes]]] = {
    "pdf": (Kind("pdf", "application/pdf"), b"%PDF-"),
    "docx": (Kind("word", f"{_OOXML}wordprocessingml.document"), _ZIP),
    "xlsx": (Kind("sheet", f"{_OOXML}spreadsheetml.sheet"), _ZIP),
    "pptx": (Kind("other", f"{_OOXML}presentationml.presentation"), _ZIP),
    "odt": (Kind("word", f"{_ODF}text"), _ZIP),
    "ods": (Kind("sheet", f"{_ODF}spreadsheet"), _ZIP),
    "odp": (Kind("other", f"{_ODF}presentation"), _ZIP),
    "doc": (Kind("word", "application/msword"), _OLE),
    "xls": (Kind("sheet", "application/vnd.ms-excel"), _OLE),
    "ppt": (Kind("other", "application/vnd.ms-powerpoint"), _OLE),
    "rtf": (Kind("word", "application/rtf"), b"{\\rtf"),
    "zip": (Kind("archive", "application/zip"), _ZIP),
    "7z": (Kind("archive", "application/x-7z-compressed"), b"7z\xbc\xaf\x27\x1c"),
    "gz": (Kind("archive", "application/gzip"), b"\x1f\x8b"),
    "tgz": (Kind("archive", "application/gzip"), b"\x1f\x8b"),
}
_PICTURES: Final = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "bmp": "image/x-ms-bmp",
}
_TEXTS: Final = {
    "txt": Kind("text", "text/plain"),
    "md": Kind("text", "text/plain"),
    "log": Kind("text", "text/plain"),
    "csv": Kind("sheet", "text/csv"),
    "tsv": Kind("sheet", "text/tab-separated-values"),
    "json": Kind("text", "application/json"),
    "xml": Kind("text", "application/xml"),
    "eml": Kind("text", "message/rfc822"),
}
TEXT_TYPES: Final = frozenset(kind.media_type for kind in _TEXTS.values())
"""Media types that are shown as plain text."""


def decide(head: bytes, name: str) -> Kind:
    """Return what a file is that begins with `head` (its first 8 KiB, or all of it) and is called `name`."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in _STARTS:
        kind, start = _STARTS[extension]
        return kind if head.startswith(start) else OTHER
    if extension in _PICTURES:
        return Kind("image", _PICTURES[extension]) if _PICTURES[extension] in _found(head) else OTHER
    if extension in _TEXTS:
        return _TEXTS[extension] if is_text(head) else OTHER
    if head.startswith(b"%PDF-"):  # files from scanners often have no extension
        return _STARTS["pdf"][0]
    return OTHER


def is_shown(media_type: str) -> bool:
    """Return whether the portal has a viewer for this media type."""
    return media_type == "application/pdf" or media_type in TEXT_TYPES or media_type in _PICTURES.values()


def is_text(head: bytes) -> bool:
    """Return whether bytes read as UTF-8 text; a character cut at the end of `head` does no harm."""
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or len(head) < HEAD_BYTES:
            return False
        text = head[: error.start].decode("utf-8-sig")
    return all(character >= " " or character in _TEXT_CONTROLS for character in text)


def _found(head: bytes) -> set[str]:
    """Return the media types that the first bytes stand for."""
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()
