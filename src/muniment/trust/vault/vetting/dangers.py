"""Signs of macros, scripts and hidden content in documents: found by their marks, without running anything."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

_PIECE = 256 * 1024
_OVERLAP = 64
_PDF_WINDOW = 8 * 2**20
_PDF_OVERLAP = 2 * 2**20
_OBJECTS_MOST = 5_000
_OBJECT_BYTES_MOST = 2**23

_VBA = "_VBA_PROJECT".encode("utf-16-le")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OLE_NATIVE = "\x01Ole10Native".encode("utf-16-le")
_MACRO_SHEET = re.compile(rb"\x85\x00[\x09-\x60]\x00....[\x00-\x02]\x01", re.DOTALL)  # BIFF8 BoundSheet, dt = 1
_RTF_OBJECT = re.compile(rb"\\(objdata|objocx|objupdate|ddeauto)")
_OUTSIDE = re.compile(rb"(attachedTemplate|oleObject|frame)[^>]{0,400}TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|Launch|RichMedia)(?![A-Za-z0-9])|/XFA[\s\[]")
_ATTACHED = re.compile(rb"/EmbeddedFiles?(?![A-Za-z0-9])")
_LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT_STREAM = re.compile(rb"/ObjStm.{0,600}?stream\r?\n", re.DOTALL)


def in_ole(source: BinaryIO) -> set[str]:
    """Return the dangers in an old office document: the names in its directory, wherever that lies."""
    found = set()
    for window in _windows(source):
        if _VBA in window or _OLE_NATIVE in window or _MACRO_SHEET.search(window):
            found.add("macros")
        if _ENCRYPTED_PACKAGE in window:
            found.add("encrypted")
    return found


def in_rtf(source: BinaryIO) -> set[str]:
    """Return the dangers in a rich text file: objects that start when it opens."""
    return {"macros" for window in _windows(source) if _RTF_OBJECT.search(window)}


def in_part(name: str, data: bytes) -> set[str]:
    """Return the dangers in one part of an office document: macros, controls, and what is fetched from elsewhere."""
    lower = name.lower()
    is_program = lower.endswith("vbaproject.bin") or "/macrosheets/" in lower or "/activex/" in lower
    is_basic = lower.startswith(("basic/", "scripts/")) and not lower.endswith(("script-lc.xml", "script-lb.xml"))
    says_so = lower == "[content_types].xml" and b"macroenabled" in data.lower()
    reaches_out = lower.endswith(".rels") and bool(_OUTSIDE.search(data))
    return {"macros"} if is_program or is_basic or says_so or reaches_out else set()


def in_pdf(source: BinaryIO) -> set[str]:
    """Return the dangers in a PDF, also in its packed objects.

    "active" for scripts, "files" for files inside it, "locked" for one that says it is encrypted: what its packed
    objects hold is not seen.
    """
    found, objects = set(), 0
    for window in _windows(source, _PDF_WINDOW, _PDF_OVERLAP):
        for text in (window, *_unpacked(window)):
            objects += 1
            plain = _spelt_out(text)
            if _ACTIVE_PDF.search(plain):
                found.add("active")
            if _ATTACHED.search(plain):
                found.add("files")
            if _LOCKED.search(plain):
                found.add("locked")
        if objects > _OBJECTS_MOST:
            return found | {"too-many"}
    return found


def _unpacked(window: bytes) -> Iterator[bytes]:
    for match in _OBJECT_STREAM.finditer(window):
        with suppress(zlib.error):  # of another packing: what shows the document starts nothing
            packed = window[match.end() : match.end() + _PDF_OVERLAP]
            yield zlib.decompressobj().decompress(packed, _OBJECT_BYTES_MOST)


def _windows(source: BinaryIO, size: int = _PIECE, overlap: int = _OVERLAP) -> Iterator[bytes]:
    """Yield a file in pieces that overlap, so that nothing hides on a border."""
    source.seek(0)
    end = b""
    while piece := source.read(size):
        yield end + piece
        end = piece[-overlap:]


def _spelt_out(data: bytes) -> bytes:
    """Return a PDF's bytes with names written plainly: /J#53 is /JS."""
    return _HEX.sub(lambda match: bytes([int(match[1], 16)]), data) if b"#" in data else data
