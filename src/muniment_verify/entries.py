"""The leaves: what an entry of a client's log and a head in the register commit to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from muniment_verify.encoding import HASH_BYTES, from_base64
from muniment_verify.errors import Unreadable
from muniment_verify.merkle import leaf_hash
from muniment_verify.reading import json_object, moment, only, seconds_of, shown, text_of

_HEADINGS = {
    "event": "What",
    "at": "When",
    "object_kind": "Kind of object",
    "object_id": "Object",
    "purpose": "Purpose",
    "person": "Who",
    "ip": "Address",
    "country": "Country",
    "device": "Device",
}


def commitment(salt: bytes, text: bytes) -> bytes:
    """Return the 32-byte salted commitment to one part of an entry; `salt` has 32 bytes."""
    return hashlib.sha256(b"muniment-part-v1\0" + salt + text).digest()


def entry_leaf(core: bytes, private: bytes) -> bytes:
    """Return the leaf hash of an entry from the commitments to its two parts."""
    return leaf_hash(b"muniment-entry-v1\0" + core + private)


def pseudonym(origin: str) -> bytes:
    """Return the 32 bytes that stand for a client's log in the register."""
    return hashlib.sha256(b"muniment-pseudonym-v1\0" + origin.encode()).digest()


def head_leaf(origin: str, size: int, root: bytes) -> bytes:
    """Return the leaf hash of a head of the log `origin` in the register."""
    return leaf_hash(b"muniment-head-v1\0" + pseudonym(origin) + size.to_bytes(8, "big") + root)


@dataclass(frozen=True)
class Part:
    """One part of an entry: what it commits to, and its text unless that was withheld or dropped."""

    commitment: bytes
    text: str | None

    @classmethod
    def read(cls, value: object, what: str) -> Part:
        """Return a part out of a file.

        Raises:
            Unreadable: it has neither salt and text nor a commitment, or both.
        """
        if not isinstance(value, dict):
            raise Unreadable(f"{what} is not there.")
        if "commitment" in value:
            only(value, ("commitment",), what)
            return cls(from_base64(value["commitment"], f"The commitment of {what}", HASH_BYTES), None)
        only(value, ("salt", "text"), what)
        salt = from_base64(value["salt"], f"The salt of {what}", HASH_BYTES)
        text = text_of(value, "text", what)
        return cls(commitment(salt, text.encode()), text)

    def facts(self, what: str) -> dict[str, Any]:
        """Return what the text says.

        Raises:
            Unreadable: the text is no JSON object.
        """
        return {} if self.text is None else json_object(self.text.encode(), what)


def written_at(core: Part) -> float | None:
    """Return the time that an entry bears, in seconds since 1970; nothing when its core was withheld or dropped.

    Raises:
        Unreadable: it bears none.
    """
    if core.text is None:
        return None
    return seconds_of(core.facts("The text of an entry").get("at"), "The time of an entry")


def say_entry(facts: dict[str, str], core: Part, private: Part) -> None:
    """Put what an entry says under headings for people."""
    said = {**core.facts("The text of the entry"), **private.facts("The private part of the entry")}
    for name, heading in _HEADINGS.items():
        if said.get(name):
            facts[heading] = shown(said[name])
    if core.text is not None:
        facts["When"] = f"{moment(written_at(core) or 0)}, as the portal wrote it"
    if said.get("allowed") is False:
        facts["Outcome"] = "refused"
    if said.get("facts"):
        facts["Details"] = shown(said["facts"])
