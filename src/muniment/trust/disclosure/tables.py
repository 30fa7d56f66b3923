"""A log as CSV and as JSON: written while it is read, so its length does not matter."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from muniment.core import ids
from muniment.trust.disclosure.types import LogLine, Title

COLUMNS = ("entry", "at", "who", "side", "what", "event", "outcome", "thing", "purpose", "address", "device")
JSON_FORMAT = "muniment-entries/1"
_PIECE = 200
# Programs for tables take a cell for a formula when it begins with one of these, also in full width, and some look
# behind spaces and signs that nobody sees: a document may be called =HYPERLINK(..).
_FORMULA = frozenset("=+-@|\uff1d\uff0b\uff0d\uff20\u2212")
_BREAKS = ("\t", "\r", "\n")
_SIDES = {"staff": "firm", "contact": "client", "system": "portal", "anonymous": "nobody known"}


def as_csv(lines: Iterable[LogLine]) -> Iterator[bytes]:
    """Return the lines as CSV (RFC 4180) in UTF-8, a few hundred at a time; every cell is text."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    out.write("\ufeff")  # without it the commonest program for tables takes the text for a one-byte code page
    writer.writerow(COLUMNS)
    for number, line in enumerate(lines, 1):
        writer.writerow([_cell(value) for value in _facts(line).values()])
        if number % _PIECE == 0:
            yield _taken(out)
    yield _taken(out)


def as_json(title: Title, lines: Iterable[LogLine]) -> Iterator[bytes]:
    """Return the lines as one JSON object, an entry a line; `entries_count` at its end tells that it is whole."""
    head = {
        "format": JSON_FORMAT,
        "client": title.client,
        "exported_at": title.at.isoformat(timespec="seconds"),
        "exported_by": title.taker,
        "filters": list(title.filters),
    }
    yield json.dumps(head, ensure_ascii=False).encode()[:-1] + b', "entries": [\n'
    count = 0
    for line in lines:
        yield (b",\n" if count else b"") + json.dumps(_facts(line), ensure_ascii=False).encode()
        count += 1
    yield f'\n], "entries_count": {count}}}\n'.encode()


def _facts(line: LogLine) -> dict[str, Any]:
    facts = asdict(line)
    values = (
        ids.public(line.id),
        line.at.isoformat(timespec="milliseconds"),
        line.name,
        _SIDES.get(line.kind, ""),
        line.words,
        line.event,
        "done" if line.allowed else "refused",
        *(facts[name] for name in ("thing", "purpose", "place", "device")),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _cell(value: str) -> str:
    """Return a cell that no program takes for a formula: an apostrophe in front says that it is text."""
    seen = next((letter for letter in value if unicodedata.category(letter)[0] not in "CZ"), "")
    return f"'{value}" if seen in _FORMULA or value.startswith(_BREAKS) else value


def _taken(out: io.StringIO) -> bytes:
    piece = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return piece
