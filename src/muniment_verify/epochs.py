"""Restores: an entry says that the portal was restored from a backup, and under which name its log was known before.

The log keeps the entries that the backup held and goes on under a new name. Whoever holds a larger checkpoint of the
former name holds proof of entries that the restore lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from muniment_verify.encoding import HASH_BYTES, from_base64
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.reading import json_object, moment, number_of, seconds_of, shown, text_of
from muniment_verify.report import Report
from muniment_verify.trust import Trust

EVENT = "portal.restored"
_WHAT = "The entry about a restore"


@dataclass(frozen=True)
class Former:
    """A log, or the register, as a restore found it in the backup; `known_size` is what had been seen of it."""

    origin: str
    size: int
    root: bytes
    known_size: int | None


@dataclass(frozen=True)
class Restore:
    """What the entry at `place` says: the log and the register as they were, and when it was (seconds since 1970)."""

    place: int
    log: Former
    register: Former
    new_register: str
    at: float

    @property
    def lost(self) -> int:
        """How many entries were lost by the log's own account; 0 where it names no newer head."""
        return max(0, (self.log.known_size or 0) - self.place)


def read_restore(place: int, core: str) -> Restore | None:
    """Return what an entry says about a restore, from the text of its core; nothing for any other entry.

    Raises:
        Unreadable: it is about a restore and is not in the format.
        NotValid: it stands elsewhere than at the end of what it says there was.
    """
    if EVENT not in core:  # before it is parsed: exports have millions of entries
        return None
    said = json_object(core.encode(), "The text of an entry")
    if said.get("event") != EVENT or said.get("allowed") is not True:
        return None
    facts = said.get("facts")
    if not isinstance(facts, dict):
        raise Unreadable(f"{_WHAT} says nothing of the log that there was.")
    restore = Restore(
        place,
        _former(facts, ""),
        _former(facts, "register_"),
        text_of(facts, "register", _WHAT),
        seconds_of(said.get("at"), "The time of an entry"),
    )
    if restore.log.size != place:
        raise NotValid(
            f"Entry {place} says that the log had {restore.log.size} entries when it was restored: it was moved."
        )
    return restore


def _former(facts: dict[str, Any], of: str) -> Former:
    known = number_of(facts, f"known_{of}size", _WHAT) if f"known_{of}size" in facts else None
    root = from_base64(facts.get(f"former_{of}root"), "The root of a former log", HASH_BYTES)
    return Former(text_of(facts, f"former_{of}origin", _WHAT), number_of(facts, f"former_{of}size", _WHAT), root, known)


def with_former_names(trust: Trust, origin: str, restores: Sequence[Restore]) -> Trust:
    """Return a trust in which a key given for one name of a log, or of the register, counts for its other names.

    It is the same key: in a note it stands under the name that the log has at the time.
    """
    logs = {origin, *(one.log.origin for one in restores)}
    registers = {name for one in restores for name in (one.register.origin, one.new_register)}
    return trust.naming(logs).naming_registers(registers) if restores else trust


def lost_sentence(size: int, name: str, seen: int, of: str = "Entries") -> str:
    """Return the sentence about what a restore lost, seen in the file `name`."""
    return f"{of} after {size} were lost by a restore: {name} proves that there were {seen}."


def unseen_sentence(restore: Restore) -> str:
    """Return the sentence about what a log cannot show of what a restore lost, whatever it says itself."""
    if restore.lost:
        return (
            f"What {restore.lost} entries said that followed the first {restore.place} before the restore: by the "
            "log's own account, they were lost. Entries that it does not know of may have been lost, too."
        )
    return (
        f"Whether entries followed the first {restore.place} before the restore and were lost: the log names none. A "
        "later checkpoint or receipt of its former name shows it."
    )


def say_restores(report: Report, restores: Iterable[Restore]) -> None:
    """Add to a report what a log says itself of its restores."""
    for one in restores:
        lost = f"{one.lost} that had been signed were lost" if one.lost else "it names no newer head"
        report.facts[f"Restored at entry {one.place}"] = (
            f"{moment(one.at)}; before, the log was {shown(one.log.origin)} with {one.place} entries; {lost}"
        )
        report.checked.append(
            f"The first {one.place} entries are those of the log {shown(one.log.origin)}, which this one goes on from "
            "after a restore."
        )
        report.not_checked.append(unseen_sentence(one))
