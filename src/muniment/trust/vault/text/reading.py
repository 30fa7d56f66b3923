"""Read the text of a document: the task "text" of the sandbox, and which media types it knows."""

import codecs
import io
from collections.abc import Callable, Iterable
from typing import BinaryIO, Final

from muniment.trust.vault.isolation.confined import TaskRefused
from muniment.trust.vault.text import mail, office, pdf, plain
from muniment.trust.vault.text.types import CHARACTERS_MOST, CSV, DOCX, EML, PDF, PLAIN, PPTX, TSV, XLSX

Reader = Callable[[BinaryIO], Iterable[str]]

READERS: Final[dict[str, Reader]] = {
    PDF: pdf.pieces,
    DOCX: office.pieces_of_document,
    XLSX: office.pieces_of_workbook,
    PPTX: office.pieces_of_slides,
    CSV: plain.pieces_of_table,
    TSV: plain.pieces_of_table,
    EML: mail.pieces,
    **dict.fromkeys(PLAIN, plain.pieces),
}

ENCODINGS: Final = (
    *("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "ascii", "latin-1", "idna", "punycode", "mac-roman"),
    *(f"iso8859-{number}" for number in range(2, 17) if number != 12),  # noqa: PLR2004 - there is no part 12
    *(f"cp{number}" for number in range(1250, 1259)),
    *("koi8-r", "koi8-u", "cp437", "cp850", "cp866", "gb2312", "gbk", "gb18030", "big5", "shift-jis", "euc-jp"),
    *("iso2022-jp", "euc-kr", "cp949", "tis-620", "raw-unicode-escape", "unicode-escape"),
)
"""Encodings of texts and mails, loaded before the sandbox closes: after that no file can be opened any more."""

for _encoding in ENCODINGS:
    codecs.lookup(_encoding)


def extract(media_type: str, source: BinaryIO) -> str:
    """Return the text of a document, its parts on lines of their own; at most 4,000,000 characters.

    Raises:
        TaskRefused: "no text" for a media type without text; the libraries raise what they like for damaged files.
    """
    if media_type not in READERS:
        raise TaskRefused("no text")
    found: list[str] = []
    left = CHARACTERS_MOST
    for piece in READERS[media_type](source):
        found.append(piece[:left])
        left -= len(piece) + 1
        if left <= 0:
            break
    return "\n".join(found)[:CHARACTERS_MOST]


def text(source: BinaryIO, media_type: str) -> bytes:
    """Return the text of a document as UTF-8: the task "text" of the sandbox."""
    whole = source if source.seekable() else io.BytesIO(source.read())
    return extract(media_type, whole).encode("utf-8", "replace")
