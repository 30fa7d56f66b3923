"""Lists of people as spreadsheets save them: read whatever people really have, and written so that nothing runs."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Final

from django.utils.translation import gettext as _

from muniment.core.days import is_far

MOST_LINES: Final = 500
LONGEST_CELL: Final = 500
_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide ones run in Asia
_SEPARATORS: Final = ",;\t|"
_COLUMNS: Final = {
    "name": ("name", "full name", "person"),
    "email": ("email", "e-mail", "e-mail address", "email address", "mail", "address"),
    "role": ("role", "as"),
    "purpose": ("purpose", "why", "reason"),
    "until": ("until", "end", "ends", "end date", "access until"),
}
NEEDED: Final = ("name", "email", "role", "purpose")
_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_AMBIGUOUS_MOST: Final = 12


class Unreadable(Exception):
    """A list that cannot be read; the text says why, in a sentence for people."""


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8 or UTF-16 with its mark, else UTF-8, else what Windows writes.

    Raises:
        Unreadable: it is no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\0" in data:
        raise Unreadable(_("This is no text file. Save the list as CSV, and send that."))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252")


def read(text: str) -> list[tuple[int, dict[str, str]]]:
    """Return the lines of a list, each with its number and its cells by the names of the columns.

    Raises:
        Unreadable: the first line names no columns, one is missing or there twice, or there are too many lines.
    """
    if "\0" in text:
        raise Unreadable(_("This is no text file. Save the list as CSV, and send that."))
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.lower().startswith("sep=") and "\n" in text:  # as Excel marks its separator
        text = text.split("\n", 1)[1]
    head = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        table = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
        rows = [(table.line_num, [cell.strip() for cell in row]) for row in table]
    except csv.Error as error:
        raise Unreadable(_("A quotation mark is opened and not closed. Look for a stray one.")) from error
    rows = [(number, row) for number, row in rows if any(row)]
    if not rows:
        raise Unreadable(_("There is nothing in this list."))
    columns = _columns(rows[0][1])
    if len(rows) - 1 > MOST_LINES:
        raise Unreadable(_("At most %s people at once. Send the list in parts.") % MOST_LINES)
    if len(rows) == 1:
        raise Unreadable(_("There is nobody in this list, only the names of the columns."))
    return [(number, {name: _cell(row, place) for name, place in columns.items()}) for number, row in rows[1:]]


def day(text: str) -> datetime | None:
    """Return the end of a day that was typed, in UTC; None of nothing.

    Raises:
        Unreadable: it is no day, or could be two.
    """
    if not text:
        return None
    parts = text.replace("/", ".").split(".")
    if len(parts) == 3 and "/" in text and all(part.isdecimal() for part in parts):  # noqa: PLR2004 - day, month, year
        first, second = int(parts[0]), int(parts[1])
        if first <= _AMBIGUOUS_MOST and second <= _AMBIGUOUS_MOST and first != second:
            raise Unreadable(_("This day could be read in two ways. Write it as 2026-12-31."))
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %B %Y", "%d %b %Y"):
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
        if is_far(found):
            raise Unreadable(_("This day is too far away."))
        return datetime.combine(found, time(23, 59, 59), UTC)
    raise Unreadable(_("This is no day. Write it as 2026-12-31."))


def write(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV in which no cell is taken for a formula."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(names)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """Keep a spreadsheet from taking what somebody typed for a formula."""
    is_moved = cell[:1] in {"\t", "\r", "\n"}
    return f"'{cell}" if is_moved or cell.lstrip().startswith(_FORMULAS) else cell


def _columns(head: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, title in enumerate(head):
        name = next((name for name, spellings in _COLUMNS.items() if title.casefold().strip(" *:") in spellings), None)
        if name in found:
            raise Unreadable(_("Two columns are called alike: %s.") % title)
        if name is not None:
            found[name] = place
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise Unreadable(
            _("The first line must name the columns name, e-mail, role and purpose. Missing: %s.") % ", ".join(missing)
        )
    return found


def _cell(row: list[str], place: int) -> str:
    cell = row[place] if place < len(row) else ""
    if cell.startswith("'") and harmless(cell[1:]) != cell[1:]:
        cell = cell[1:].strip()  # as our own export wrote it
    return cell[:LONGEST_CELL]


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_("The letters of this file cannot be read. Save it as “CSV UTF-8”.")) from error
