"""Names of documents and folders: what people type, made safe to show, to store and to unpack.

Signs that change the direction of writing are refused rather than shown isolated: a name also leaves the
portal, in archives and on disks, where nobody would isolate it.
"""

import unicodedata

from muniment.portal.documents.errors import NameRefused

MAXIMUM_CHARACTERS = 255

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEPARATORS = frozenset("/\\")
_UNSEEN = ("C", "Z", "M")  # categories that leave nothing to click on when they are all there is
_WINDOWS_FORBIDDEN = frozenset('<>:"|?*')
_WINDOWS_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"com{digit}" for digit in range(10)), *(f"lpt{digit}" for digit in range(10)))
)


def clean(name: str) -> str:
    """Return `name` in normal form C without spaces around it; cleaning twice changes nothing more.

    Raises:
        NameRefused: empty, invisible, longer than 255 characters, "." or "..", or with a control character,
            a line break, a path separator, half a character, or a sign that changes the direction of writing.
    """
    cleaned = unicodedata.normalize("NFC", name).strip()
    if not cleaned or len(cleaned) > MAXIMUM_CHARACTERS or cleaned in {".", ".."}:
        raise NameRefused
    if any(_is_refused(character) for character in cleaned):
        raise NameRefused
    if all(unicodedata.category(character)[0] in _UNSEEN for character in cleaned):
        raise NameRefused
    return cleaned


def _is_refused(character: str) -> bool:
    return character in _SEPARATORS or character in _BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def ascii_fallback(name: str) -> str:
    """Return a name for programs that read plain ASCII only; never empty, safe inside double quotes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    kept = "".join(c if c.isprintable() and c not in _SEPARATORS and c not in '"%;' else "_" for c in plain)
    return kept.strip(" .") or "document"


def for_archive(name: str) -> str:
    """Return a name that every system can unpack: without what Windows forbids, and never a device."""
    safe = "".join("_" if c in _WINDOWS_FORBIDDEN or c in _SEPARATORS or ord(c) < ord(" ") else c for c in name)
    safe = safe.rstrip(" .") or "_"
    return f"_{safe}" if safe.split(".", 1)[0].strip().lower() in _WINDOWS_DEVICES else safe


def distinct(name: str, taken: set[str]) -> str:
    """Return `name`, numbered if it is in `taken` (whatever its case), and add it there."""
    stem, dot, extension = name.rpartition(".")
    stem, ending = (stem, dot + extension) if stem else (name, "")
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem} ({number}){ending}"
    taken.add(candidate.casefold())
    return candidate
