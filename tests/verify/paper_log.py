"""An installation on paper: its log key, one client's log, the register and witnesses, for the verifiers' tests."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment_verify import notes
from muniment_verify.entries import commitment, entry_leaf, head_leaf
from muniment_verify.merkle import EMPTY_ROOT, node_hash
from muniment_verify.notes import LOG_KEY, WITNESS_KEY, Key
from muniment_verify.promises import message
from muniment_verify.proofs import format_proof

ORIGIN = "muniment/abcdefghijklmnopqrstuvwxyz"
REGISTER = "muniment-register/zyxwvutsrqponmlkjihgfedcba"
START = 1_790_000_000
MINUTE = 60


def b64(raw):
    return base64.b64encode(raw).decode()


def private_key(number):
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def root(leaves):
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root(leaves[:half]), root(leaves[half:]))


def inclusion(leaves, index):
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*inclusion(leaves[:half], index), root(leaves[half:])]
    return [*inclusion(leaves[half:], index - half), root(leaves[:half])]


def consistency(leaves, old, *, whole=True):
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return [*consistency(leaves[:half], old, whole=whole), root(leaves[half:])]
    return [*consistency(leaves[half:], old - half, whole=False), root(leaves[:half])]


def iso(seconds):
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


@dataclass
class PaperLog:
    """A log that a test writes to, and the files that a portal would hand out about it."""

    origin: str = ORIGIN
    signing: Ed25519PrivateKey = field(default_factory=lambda: private_key(1))
    witnesses: tuple[tuple[str, int], ...] = (
        ("witness.example/one", 11),
        ("witness.example/two", 12),
        ("witness.example/three", 13),
    )
    entries: list[Any] = field(default_factory=list)
    leaves: list[Any] = field(default_factory=list)
    register: list[Any] = field(default_factory=list)
    heads: list[Any] = field(default_factory=list)

    @property
    def key(self):
        return Key(self.origin, LOG_KEY, self.signing.public_key().public_bytes_raw())

    @property
    def register_key(self):
        return self.key.named(REGISTER)

    @property
    def witness_keys(self):
        return [
            Key(name, WITNESS_KEY, private_key(seed).public_key().public_bytes_raw()) for name, seed in self.witnesses
        ]

    def add(self, at, event="document.downloaded", **more):
        """Log one act and return its place."""
        index = len(self.entries)
        core = {
            "allowed": True,
            "at": iso(at),
            "event": event,
            "facts": {},
            "id": f"entry-{index}",
            "purpose": "",
            **more,
        }
        private = {"device": "", "ip": "192.0.2.7", "person": "ada"}
        parts = []
        for name, facts in (("core", core), ("private", private)):
            text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            parts.append({"salt": b64(hashlib.sha256(f"{name} {index}".encode()).digest()), "text": text})
        self.entries.append(parts)
        self.leaves.append(
            entry_leaf(*(commitment(base64.b64decode(one["salt"]), one["text"].encode()) for one in parts))
        )
        return index

    def signed(self, text, name, cosigned_at=None, seen_by=3):
        """Return a note of the log's key, with cosignatures of the first witnesses when `cosigned_at` says when."""
        key = self.key.named(name)
        lines = [notes.format_signature(name, key.id, self.signing.sign(text.encode()))]
        for witness, (_, seed) in list(zip(self.witness_keys, self.witnesses, strict=True))[
            : seen_by if cosigned_at else 0
        ]:
            signature = private_key(seed).sign(notes.cosignature_message(text, cosigned_at))
            lines.append(notes.format_signature(witness.name, witness.id, notes.cosignature(cosigned_at, signature)))
        return notes.format_note(text, lines)

    def checkpoint(self, size=None):
        size = len(self.leaves) if size is None else size
        return self.signed(notes.checkpoint_text(self.origin, size, root(self.leaves[:size])), self.origin)

    def publish(self, at=None, seen_by=3, strangers=2):
        """Sign the log as it is, record its head among those of other clients, have it witnessed."""
        self.register += [
            hashlib.sha256(f"stranger {len(self.register)} {one}".encode()).digest() for one in range(strangers)
        ]
        index, size = len(self.register), len(self.leaves)
        self.register.append(head_leaf(self.origin, size, root(self.leaves)))
        text = notes.checkpoint_text(REGISTER, len(self.register), root(self.register))
        note = self.signed(text, REGISTER, at, seen_by)
        self.heads.append((size, self.checkpoint(), format_proof(index, inclusion(self.register, index), note)))

    def receipt(self, index, head=-1):
        size, note, register = self.heads[head]
        core, private = self.entries[index]
        proof = format_proof(index, inclusion(self.leaves[:size], index), note)
        return {
            "format": "muniment-receipt/1",
            "entry": {"core": dict(core), "private": dict(private)},
            "proof": proof,
            "register": register,
        }

    def export(self, exported_at=START + 90 * 24 * 3600):
        """Return the lines of an export, as objects."""
        size, note, _ = self.heads[-1]
        begin = {
            "format": "muniment-log/1",
            "origin": self.origin,
            "size": size,
            "checkpoint": note,
            "exported_at": iso(exported_at),
        }
        entries = [
            {"i": place, "core": dict(core), "private": dict(private)}
            for place, (core, private) in enumerate(self.entries[:size])
        ]
        heads = [{"head": {"checkpoint": one, "register": proof}} for _, one, proof in self.heads]
        return [begin, *entries, *heads, {"end": size}]

    def promise(self, index, at, within=600):
        fields = {
            "format": "muniment-promise/1",
            "origin": self.origin,
            "leaf": b64(self.leaves[index]),
            "at": iso(at),
            "within_seconds": within,
        }
        return {**fields, "signature": b64(self.signing.sign(message(fields)))}


def as_lines(objects):
    return [json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for one in objects]


def three_days():
    """A log of 23 entries over three days with three witnessed heads."""
    log = PaperLog()
    for day, count in enumerate((5, 8, 10)):
        for number in range(count):
            log.add(START + day * 86_400 + number * MINUTE)
        log.publish(START + day * 86_400 + count * MINUTE)
    return log
