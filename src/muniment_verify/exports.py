"""Read an export of a whole log, line by line, keeping 40 bytes of each entry and the few signed lines."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from muniment_verify.encoding import HASH_BYTES, from_base64
from muniment_verify.entries import Part, entry_leaf, written_at
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.reading import json_object, number_of, only, shown, text_of

FORMAT = "muniment-log/1"
LONGEST_LINE = 1_048_576
MOST_LINES_AFTER = 200_000  # heads and time stamps: one head a day and one stamp an hour for twenty years
_UNKNOWN = float("nan")


@dataclass
class Export:
    """What an export says, with every line understood and nothing yet proved.

    `leaves` holds 32 bytes for each entry; `times` the time each bears, or not-a-number where its core is withheld
    or dropped; `heads` are pairs of a signed checkpoint and its proof in the register; `stamps` are triples of a
    register checkpoint, a token (DER) and the name of its authority.
    """

    origin: str
    size: int
    checkpoint: str
    exported_at: str
    leaves: bytearray = field(default_factory=bytearray)
    times: array[float] = field(default_factory=lambda: array("d"))
    cores_kept: int = 0
    privates_kept: int = 0
    heads: list[tuple[str, str]] = field(default_factory=list)
    stamps: list[tuple[str, bytes, str]] = field(default_factory=list)

    def leaf(self, index: int) -> bytes:
        """Return the leaf hash of one entry."""
        return bytes(self.leaves[index * HASH_BYTES : (index + 1) * HASH_BYTES])


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Return the lines of a file, refusing one that is too long before it is in memory.

    Raises:
        Unreadable: a line has more than `LONGEST_LINE` bytes.
    """
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise Unreadable("The export has a line that is too long.")
        yield line


def read_export(lines: Iterable[bytes]) -> Export:
    """Return what an export says.

    Raises:
        Unreadable: it is no export, or a line is not in the format.
        NotValid: an entry is missing or out of order, or the end of the file is missing.
    """
    iterator = iter(lines)
    export = _beginning(json_object(next(iterator, b""), "The first line of the export"))
    ended = False
    for line in iterator:
        if ended:
            raise Unreadable("The export goes on after its end.")
        found = json_object(line, f"A line after entry {len(export.times)} of the export")
        if "i" in found:
            _add_entry(export, found)
        elif "head" in found:
            _add_head(export, found)
        elif "time_stamp" in found:
            _add_stamp(export, found)
        else:
            _add_end(export, found)
            ended = True
    if not ended:
        raise NotValid("The export is cut off: its last line is missing.")
    return export


def _beginning(found: dict[str, Any]) -> Export:
    what = "The first line of the export"
    if found.get("format") != FORMAT:
        raise Unreadable(f"This is not an export of a log: it does not say that its format is {FORMAT}.")
    only(found, ("format", "origin", "size", "checkpoint", "exported_at"), what)
    return Export(
        text_of(found, "origin", what),
        number_of(found, "size", what),
        text_of(found, "checkpoint", what),
        text_of(found, "exported_at", what),
    )


def _add_entry(export: Export, found: dict[str, Any]) -> None:
    place = len(export.times)
    if export.heads or export.stamps:
        raise Unreadable("The export has an entry after the heads.")
    if number_of(found, "i", "An entry") != place:
        raise NotValid(f"Entry {place} is missing or out of order: entry {shown(found['i'])} stands in its place.")
    if place >= export.size:
        raise NotValid(f"The export has more entries than the {export.size} that it announces.")
    if "leaf" in found:
        only(found, ("i", "leaf"), f"Entry {place}")
        export.leaves += from_base64(found["leaf"], f"The leaf of entry {place}", HASH_BYTES)
        export.times.append(_UNKNOWN)
        return
    only(found, ("i", "core", "private"), f"Entry {place}")
    core = Part.read(found["core"], f"Entry {place}")
    private = Part.read(found["private"], f"The private part of entry {place}")
    at = written_at(core)
    export.leaves += entry_leaf(core.commitment, private.commitment)
    export.times.append(_UNKNOWN if at is None else at)
    export.cores_kept += core.text is not None
    export.privates_kept += private.text is not None


def _add_head(export: Export, found: dict[str, Any]) -> None:
    only(found, ("head",), "A line with a head")
    if export.stamps:
        raise Unreadable("The export has a head after the time stamps.")
    head = _object(found["head"], ("checkpoint", "register"), "A head")
    _refuse_too_many(export)
    export.heads.append((text_of(head, "checkpoint", "A head"), text_of(head, "register", "A head")))


def _add_stamp(export: Export, found: dict[str, Any]) -> None:
    only(found, ("time_stamp",), "A line with a time stamp")
    stamp = _object(found["time_stamp"], ("checkpoint", "token", "authority"), "A time stamp")
    _refuse_too_many(export)
    export.stamps.append(
        (
            text_of(stamp, "checkpoint", "A time stamp"),
            from_base64(stamp["token"], "The token of a time stamp"),
            text_of(stamp, "authority", "A time stamp"),
        )
    )


def _add_end(export: Export, found: dict[str, Any]) -> None:
    only(found, ("end",), "The last line of the export")
    if not number_of(found, "end", "The last line of the export") == export.size == len(export.times):
        raise NotValid(
            f"The export announces {export.size} entries and holds {len(export.times)}: entries are missing."
        )


def _object(value: object, names: tuple[str, ...], what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is not in the format.")
    only(value, names, what)
    return value


def _refuse_too_many(export: Export) -> None:
    if len(export.heads) + len(export.stamps) >= MOST_LINES_AFTER:
        raise Unreadable("The export has too many heads and time stamps.")


def looks_like_export(raw: bytes) -> bool:
    """Tell whether a file begins as an export does."""
    first = raw.split(b"\n", 1)[0]
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("format") == FORMAT
