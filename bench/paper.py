"""An export of a log of any size, made out of nothing and signed with a key made for it: for measuring verifiers."""

import base64
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from muniment_verify import notes
from muniment_verify.entries import commitment, entry_leaf, head_leaf
from muniment_verify.merkle import CompactRange
from muniment_verify.proofs import format_proof

ORIGIN = "muniment/" + "a" * 26
REGISTER = "muniment-register/" + "b" * 26
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=20)


def write_export(path: Path, count: int) -> str:
    """Write an export of `count` entries and return the key to check it with."""
    signing, tree = Ed25519PrivateKey.generate(), CompactRange()
    lines = []
    for number in range(count):
        parts, commitments = {}, []
        for name, facts in _facts(number):
            salt, text = os.urandom(32), json.dumps(facts, sort_keys=True, separators=(",", ":"))
            parts[name] = {"salt": base64.b64encode(salt).decode(), "text": text}
            commitments.append(commitment(salt, text.encode()))
        tree.append(entry_leaf(*commitments))
        lines.append(_line({"i": number, **parts}))
    root = tree.root()
    note = _signed(signing, ORIGIN, count, root)
    register = _signed(signing, REGISTER, 1, head_leaf(ORIGIN, count, root))
    first = {"format": "muniment-log/1", "origin": ORIGIN, "size": count, "checkpoint": note}
    with path.open("wb") as file:
        file.write(_line({**first, "exported_at": (BEGIN + (count + 1) * STEP).isoformat()}))
        file.writelines(lines)
        file.write(_line({"head": {"checkpoint": note, "register": format_proof(0, [], register)}}))
        file.write(_line({"end": count}))
    return notes.format_vkey(ORIGIN, notes.LOG_KEY, signing.public_key().public_bytes_raw())


def _facts(number: int) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the two parts of an entry, as large as those of a download."""
    core: dict[str, object] = {
        "v": 1,
        "id": f"{number:022}",
        "event": "document.downloaded",
        "action": "download_document",
        "at": (BEGIN + number * STEP).isoformat(timespec="microseconds"),
        "allowed": True,
        "object_kind": "document",
        "object_id": f"{number % 1000:022}",
        "purpose": "Year end 2026",
        "facts": {"version": f"{number % 1000:022}", "size_bytes": 100_000 + number},
    }
    yield "core", core
    yield (
        "private",
        {
            "person": f"{number % 7:022}",
            "membership": f"{number % 7:022}",
            "kind": "staff",
            "ip": "192.0.2.10",
            "country": "DE",
            "device": "Firefox on Linux",
            "session": f"{number % 90:022}",
            "request": f"{number:022}",
            "factors": ["password", "totp"],
        },
    )


def _line(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _signed(signing: Ed25519PrivateKey, origin: str, size: int, root: bytes) -> str:
    text = notes.checkpoint_text(origin, size, root)
    key_id = notes.key_id(origin, notes.LOG_KEY, signing.public_key().public_bytes_raw())
    return notes.format_note(text, [notes.format_signature(origin, key_id, signing.sign(text.encode()))])
