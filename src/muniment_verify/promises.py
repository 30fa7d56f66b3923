"""Promises: what the portal signs at once, before an entry has its place in the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from muniment_verify import ed25519
from muniment_verify.encoding import HASH_BYTES, from_base64
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.reading import LARGEST_FILE, json_object, moment, number_of, only, seconds_of, shown, text_of
from muniment_verify.report import Report
from muniment_verify.trust import Trust

FORMAT = "muniment-promise/1"
_SIGNED = ("format", "origin", "leaf", "at", "within_seconds")


@dataclass(frozen=True)
class Promise:
    """A promise that the log's key signed: by `deadline` (seconds since 1970) `leaf` is in the log `origin`."""

    origin: str
    leaf: bytes
    at: float
    deadline: float


def message(fields: dict[str, Any]) -> bytes:
    """Return what the log's key signs: the promise without its signature, as canonical JSON."""
    said = {name: fields[name] for name in _SIGNED}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return b"muniment-promise-v1\0" + text.encode()


def open_promise(raw: bytes, trust: Trust) -> Promise:
    """Return a promise after checking its signature; `raw` is its JSON or, as in the header, the base64 of it.

    Raises:
        Unreadable: it is no promise.
        NotValid: no given key of its log signed it.
    """
    if len(raw) > LARGEST_FILE:
        raise Unreadable("The promise is too large to be one.")
    if not raw.lstrip().startswith(b"{"):
        raw = from_base64(raw.decode("latin-1").strip(), "The promise")
    found = json_object(raw, "The promise")
    if found.get("format") != FORMAT:
        raise Unreadable(f"This is not a promise: it does not say that its format is {FORMAT}.")
    only(found, (*_SIGNED, "signature"), "The promise")
    origin = text_of(found, "origin", "The promise")
    leaf = from_base64(found["leaf"], "The leaf of the promise", HASH_BYTES)
    at = seconds_of(found["at"], "The time of the promise")
    within = number_of(found, "within_seconds", "The promise")
    signature = from_base64(found["signature"], "The signature of the promise", ed25519.SIGNATURE_BYTES)
    keys = [key for key in trust.log_keys if key.name == origin]
    if not keys:
        raise NotValid(f"This promise is about the log {shown(origin)}, and you gave no key of that log.")
    if not any(ed25519.verify(key.public, message(found), signature) for key in keys):
        raise NotValid("The signature of the promise is wrong: it was changed, or another key signed it.")
    return Promise(origin, leaf, at, at + within)


def check_promise(raw: bytes, trust: Trust) -> Report:
    """Check that a promise was given.

    Raises:
        Unreadable: it is no promise.
        NotValid: the log's key did not sign it.
    """
    promise = open_promise(raw, trust)
    report = Report("The portal promised to log an act, and signed the promise.")
    report.facts = {
        "Log": shown(promise.origin),
        "Promised": moment(promise.at),
        "Due by": moment(promise.deadline),
    }
    report.checked.append("The log's key signed this promise.")
    report.not_checked.append(
        "Whether it was kept: compare it with a receipt or an export made after it was due (--receipt, --log)."
    )
    return report
