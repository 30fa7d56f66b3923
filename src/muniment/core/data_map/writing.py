"""Writes the map as a page of the documentation and as CSV."""

import csv
import io
from itertools import groupby

from muniment.core.data_map.classes import Class
from muniment.core.data_map.places import PLACES
from muniment.core.data_map.reading import Line, lines

HEAD = """\
# Data map

Every field that the portal keeps: what it is for, how long it stays, and how it is protected where it lies. The classes
are

- **personal**: says something about a person. Sealed.
- **content**: what a client wrote, or what gives it away. Sealed.
- **secret**: gives access. Sealed, wrapped, or kept as a hash alone.
- **clear**: ids, times, sizes, states and counts, with which the database works. An id of a person is one of these: it
  leads to nobody without the people key.

*Sealed* is AES-256-GCM, bound to client, table, column and row; addresses are sealed with AES-256-SIV, so that equal
ones can be found. A field without a class, or one whose class its type contradicts, stops the start.

This page is written by `muniment data-map`; a test fails when it differs.
"""
COLUMNS = ("app", "table", "field", "class", "purpose", "kept until", "protection")


def markdown() -> str:
    """Return the map as a page."""
    return "\n".join([HEAD, _counts(), *_tables(), _outside()])


def as_csv() -> str:
    """Return the map as CSV, one line a field, and the places outside the tables behind them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines():
        writer.writerow([line.app, line.table, line.field, line.kind, line.purpose, line.until, line.protection])
    for place in PLACES:
        writer.writerow(["", _plain(place.name), "", place.kind, place.purpose, place.until, place.protection])
    return out.getvalue()


def _counts() -> str:
    found = [line.kind for line in lines()]
    shares = ", ".join(f"{found.count(kind)} {kind}" for kind in Class)
    return f"{len(found)} fields: {shares}.\n"


def _tables() -> list[str]:
    return [
        section
        for app, of_app in groupby(lines(), key=lambda line: line.app)
        for section in (f"## {app}\n", *_of_app(list(of_app)))
    ]


def _of_app(of_app: list[Line]) -> list[str]:
    return [
        section
        for (table, until), found in groupby(of_app, key=lambda line: (line.table, line.until))
        for section in (
            f"### `{table}`\n",
            f"Kept: {until}.\n",
            "| field | class | purpose | protection |\n|---|---|---|---|",
            *(f"| `{line.field}` | {line.kind} | {line.purpose} | {line.protection} |" for line in found),
            "",
        )
    ]


def _outside() -> str:
    rows = "\n".join(
        f"| {place.name} | {place.kind} | {place.purpose} | {place.until} | {place.protection} |" for place in PLACES
    )
    return (
        "## Outside the tables\n\n| place | class | what is there | kept until | protection |\n"
        f"|---|---|---|---|---|\n{rows}\n"
    )


def _plain(text: str) -> str:
    return text.replace("`", "")
