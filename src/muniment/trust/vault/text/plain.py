"""The text of text files and tables."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

PIECE_CHARACTERS = 1_000_000
_FIELD_MOST = 10_000_000


def pieces(source: BinaryIO) -> Iterator[str]:
    """Yield a text file in large pieces, each ending where a line ends if there is one."""
    reader = _opened(source)
    while piece := reader.read(PIECE_CHARACTERS):
        yield piece + reader.readline(PIECE_CHARACTERS)


def pieces_of_table(source: BinaryIO) -> Iterator[str]:
    """Yield the rows of a table, whatever separates its columns."""
    reader = _opened(source)
    first = reader.readline(PIECE_CHARACTERS)
    separator = max(",;\t|", key=first.count)
    csv.field_size_limit(_FIELD_MOST)
    for rows in (csv.reader([first], delimiter=separator), csv.reader(reader, delimiter=separator)):
        for row in rows:
            yield " ".join(row)


def _opened(source: BinaryIO) -> io.TextIOWrapper:
    return io.TextIOWrapper(source, encoding="utf-8-sig", errors="replace", newline="")
