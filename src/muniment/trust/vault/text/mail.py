"""The text of mails: who wrote to whom about what, what they wrote, and the texts they attached."""

import email
import email.policy
import io
from collections.abc import Iterator
from email.message import EmailMessage, Message
from html.parser import HTMLParser
from typing import BinaryIO

from muniment.trust.vault.isolation.confined import TaskRefused
from muniment.trust.vault.text import office, pdf, plain
from muniment.trust.vault.text.types import CSV, DOCX, PDF, PPTX, XLSX

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_UNSHOWN = frozenset({"script", "style", "head", "template"})
_INSIDE_WORDS = frozenset(
    {"a", "abbr", "b", "em", "font", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u"}
)
_ATTACHED = {
    PDF: pdf.pieces,
    DOCX: office.pieces_of_document,
    XLSX: office.pieces_of_workbook,
    PPTX: office.pieces_of_slides,
    CSV: plain.pieces_of_table,
}


def pieces(source: BinaryIO) -> Iterator[str]:
    """Yield headers, bodies, names and texts of attachments, of mails inside mails too."""
    message = email.message_from_binary_file(source, policy=email.policy.default)
    for part in message.walk():
        yield from (str(part[name]) for name in _HEADERS if name in part)
        if part.is_multipart():
            continue
        if name := part.get_filename():
            yield name
        yield from _body(part)


def _body(part: EmailMessage) -> Iterator[str]:
    kind = part.get_content_type()
    if part.get_content_maintype() == "text" and kind != CSV:
        text = _text(part)
        yield _Shown.of(text) if kind == "text/html" else text
    elif kind in _ATTACHED:
        try:
            yield from _ATTACHED[kind](io.BytesIO(_bytes(part)))
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001 - one damaged attachment does not keep the mail from being found
            return


def _text(part: EmailMessage) -> str:
    encoding = part.get_content_charset("utf-8")
    try:
        return _bytes(part).decode(encoding, "replace")
    except LookupError:  # an encoding nobody knows
        return _bytes(part).decode("utf-8", "replace")


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise TaskRefused("malformed")
    return data


class _Shown(HTMLParser):
    """Collects what a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self._hidden = 0
        self._found: list[str] = []

    @classmethod
    def of(cls, html: str) -> str:
        """Return the text that a page shows."""
        reader = cls()
        reader.feed(html)
        reader.close()
        return "".join(reader._found)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what is not shown, and keep words of different elements apart."""
        self._hidden += tag in _UNSHOWN
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        """End what is not shown."""
        self._hidden = max(0, self._hidden - (tag in _UNSHOWN))
        self._part(tag)

    def handle_data(self, data: str) -> None:
        """Take what is shown."""
        if not self._hidden:
            self._found.append(data)

    def _part(self, tag: str) -> None:
        if tag not in _INSIDE_WORDS:
            self._found.append(" ")
