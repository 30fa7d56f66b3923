"""What a file is by its bytes, as far as its danger goes; the name can only make it worse.

This makes nothing safe: it decides which rule of a client applies. Whatever the rule, files are handed out as
opaque bytes to keep, or shown by viewers of the portal's own.
"""

import re
from typing import Final

import puremagic

HEAD_BYTES: Final = 64 * 1024
TAIL_BYTES: Final = 66 * 1024  # the end record of a zip archive, with the longest comment there can be
_PROGRAMS: Final = (
    b"MZ",  # Windows
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",  # Mach-O
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",  # Java, and Mach-O for several processors
    b"dex\n",
    b"\x00asm",
    b"!<arch>\n",
    b"\xed\xab\xee\xdb",  # RPM
    b"L\x00\x00\x00\x01\x14\x02\x00",  # a Windows shortcut
    b"ITSF",  # compiled help
)
_ARCHIVES: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"MSCF",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
)
_IMAGES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_SOUNDS: Final = (b"ID3", b"fLaC", b"OggS")
_FILMS: Final = (b"\x1a\x45\xdf\xa3", b"\x00\x00\x01\xba")
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_PROGRAM_WORDS: Final = (
    "exe com scr pif cpl msi msp msix appx appxbundle dll sys drv ocx xll wll jar apk app deb rpm lnk url chm gadget "
    "msc application reg inf scf iso img vhd vhdx desktop library-ms search-ms settingcontent-ms"
)
_SCRIPT_WORDS: Final = (
    "bat cmd ps1 psm1 psd1 vbs vbe js jse mjs wsf wsh wsc sct hta sh bash zsh ksh csh command py pyw pl rb php jnlp "
    "ahk applescript scpt"
)
_PROGRAM_NAMES: Final = frozenset(_PROGRAM_WORDS.split())
_SCRIPT_NAMES: Final = frozenset(_SCRIPT_WORDS.split())
_HTML_NAMES: Final = frozenset({"html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml"})
_HTML: Final = re.compile(
    rb"<(!doctype\s+html|html|head|body|script|iframe|meta|form|object|embed)[\s>/]", re.IGNORECASE
)
_SVG: Final = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_MAIL: Final = re.compile(
    rb"\A(?:(?:received|return-path|delivered-to|mime-version|message-id|from|to|date|subject|dkim-signature|x-[\w-]+|"
    rb"content-type|reply-to|arc-seal):[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3}",
    re.IGNORECASE,
)
_LONG_FORM: Final = 0xFFFFFFFF
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\x1b\x08")) + b"\x7f"


def kind_of(head: bytes, name: str = "") -> str:
    """Return the kind (one of `KINDS`) of a file that begins with `head` and is called `name`.

    A name never makes a file harmless: a program stays one whatever it is called, and what a receiver's machine
    would run because of its name is a program or script whatever it holds.
    """
    extension = name.rpartition(".")[2].lower().rstrip(". ") if "." in name else ""
    found = _by_bytes(head)
    if found == "program" or extension in _PROGRAM_NAMES:
        return "program"
    if found == "script" or extension in _SCRIPT_NAMES:
        return "script"
    return "html" if extension in _HTML_NAMES and found == "text" else found


def polyglot(head: bytes, tail: bytes, length: int) -> bool:
    """Return whether a file is of two kinds at once: harmless to who checks it, something else to who opens it."""
    first = _by_bytes(head)
    if first not in {"archive", "office"} and _ends_as_zip(tail, length):
        return True
    if first == "archive" and head.startswith(b"PK") and not _zip_begins_at_start(tail, length):
        return True
    pdf = head[:1024].find(b"%PDF-")
    if pdf > 0 and first != "archive" and head[:pdf].strip(b" \t\r\n\xef\xbb\xbf"):
        return True
    return first in {"image", "audio", "video", "pdf"} and bool(_HTML.search(head[:1024]))


def is_text(head: bytes) -> bool:
    """Return whether bytes read as text: UTF-8, UTF-16 with its mark, or an older code page; never with controls."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            head[: len(head) // 2 * 2].decode("utf-16")
        except UnicodeDecodeError:
            return False
        return True
    return len(head.translate(None, _CONTROLS)) == len(head)


def _by_bytes(head: bytes) -> str:
    for kind, starts in (("program", _PROGRAMS), ("archive", _ARCHIVES), ("image", _IMAGES), ("audio", _SOUNDS)):
        if head.startswith(starts):
            return kind
    later = {
        "script": head.startswith(b"#!"),
        "pdf": head[:1024].lstrip(b" \t\r\n\xef\xbb\xbf").startswith(b"%PDF-"),
        "office": head.startswith((OLE, b"{\\rtf")),
        "archive": head[257:262] == b"ustar",
        "program": head[32769:32774] == b"CD001",  # a disc image: opening it starts what is inside
    }
    if any(later.values()):
        return next(kind for kind, is_it in later.items() if is_it)
    return _by_container(head) or (_by_words(head) if is_text(head) else _by_library(head))


def _by_container(head: bytes) -> str:
    """Return the kind of a file that says it a few bytes after its beginning, or nothing."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "image", b"WAVE": "audio", b"AVI ": "video"}.get(head[8:12], "other")
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "image" if brand in {b"heic", b"heix", b"mif1", b"avif"} else "audio" if brand == b"M4A " else "video"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "image"
    if head.startswith(_FILMS):
        return "video"
    return "audio" if head[:1] == b"\xff" and head[1:2] in {b"\xfb", b"\xf3", b"\xf2", b"\xf1", b"\xf9"} else ""


def _by_words(head: bytes) -> str:
    text = head.decode("utf-16", "replace").encode() if head.startswith((b"\xff\xfe", b"\xfe\xff")) else head
    if _MAIL.match(text):
        return "mail"
    if _SVG.search(text[:4096]):
        return "svg"
    return "html" if _HTML.search(text[:4096]) else "text"


def _by_library(head: bytes) -> str:
    """Return what a library of many formats finds; only kinds that are shown or kept, never a harmless verdict."""
    try:
        found = {match.mime_type.partition("/")[0] for match in puremagic.magic_string(head) if match.confidence > 0.5}  # noqa: PLR2004 - of 1
    except (puremagic.PureError, ValueError, IndexError):
        return "other"
    return next((kind for kind in ("image", "audio", "video") if kind in found), "other")


def _ends_as_zip(tail: bytes, length: int) -> bool:
    """Return whether a reader of zip archives, which starts at the end, would open this file."""
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:  # noqa: PLR2004 - the size of the record
        return False
    size = int.from_bytes(tail[place + 12 : place + 16], "little")
    begins = length - len(tail) + place - size
    within = begins - (length - len(tail))
    return size > 0 and begins >= 0 and (within < 0 or tail[within : within + 4] == b"PK\x01\x02")


def _zip_begins_at_start(tail: bytes, length: int) -> bool:
    """Return whether the offsets in a zip archive count from its first byte: nothing was put before it."""
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:  # noqa: PLR2004 - the size of the record
        return True  # cut or of another build: reading it decides
    size = int.from_bytes(tail[place + 12 : place + 16], "little")
    offset = int.from_bytes(tail[place + 16 : place + 20], "little")
    if _LONG_FORM in {size, offset}:
        return True  # the long form, whose reader decides
    return offset + size == length - len(tail) + place
