"""Receipts: one entry, its place in the client's log, and that log's place in the register."""

from __future__ import annotations

from dataclasses import dataclass

from muniment_verify.checkpoints import Opened, Recorded, demand_quorum, open_checkpoint, open_record, say_register
from muniment_verify.entries import Part, entry_leaf, say_entry, written_at
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.merkle import verify_inclusion
from muniment_verify.proofs import parse_proof
from muniment_verify.reading import LARGEST_FILE, json_object, moment, only, shown, text_of
from muniment_verify.report import Report
from muniment_verify.trust import Trust

FORMAT = "muniment-receipt/1"


@dataclass(frozen=True)
class Receipt:
    """A receipt whose proofs and signatures are right."""

    core: Part
    private: Part
    leaf: bytes
    index: int
    log: Opened
    recorded: Recorded


def open_receipt(raw: bytes, trust: Trust) -> Receipt:
    """Return a receipt after checking all of it but the quorum.

    Raises:
        Unreadable: it is no receipt.
        NotValid: a proof or a signature is wrong, or the entry bears a time after it was witnessed.
    """
    if len(raw) > LARGEST_FILE:
        raise Unreadable("The receipt is too large to be one.")
    found = json_object(raw, "The receipt")
    if found.get("format") != FORMAT:
        raise Unreadable(f"This is not a receipt: it does not say that its format is {FORMAT}.")
    only(found, ("format", "entry", "proof", "register"), "The receipt")
    entry = found["entry"]
    if not isinstance(entry, dict):
        raise Unreadable("The receipt has no entry.")
    only(entry, ("core", "private"), "The entry")
    core, private = Part.read(entry["core"], "The entry"), Part.read(entry["private"], "The private part of the entry")
    if core.text is None:
        raise Unreadable("The receipt does not say what was done: its entry is withheld.")
    leaf = entry_leaf(core.commitment, private.commitment)
    proof = parse_proof(text_of(found, "proof", "The receipt"))
    log = open_checkpoint(proof.note, trust.log_keys)
    if not verify_inclusion(leaf, proof.index, log.checkpoint.size, proof.hashes, log.checkpoint.root):
        raise NotValid("This entry is not in the log where the receipt says: it was changed, or never logged.")
    recorded = open_record(text_of(found, "register", "The receipt"), log.checkpoint, trust)
    _refuse_future(written_at(core) or 0, recorded, trust)
    return Receipt(core, private, leaf, proof.index, log, recorded)


def _refuse_future(at: float, recorded: Recorded, trust: Trust) -> None:
    for seen in recorded.register.times():
        if at > seen + trust.tolerance_seconds:
            raise NotValid(f"The entry bears a time ({moment(at)}) after a witness had seen it ({moment(seen)}).")


def check_receipt(raw: bytes, trust: Trust) -> Report:
    """Check a receipt.

    Raises:
        Unreadable: it is no receipt.
        NotValid: it proves nothing.
    """
    receipt = open_receipt(raw, trust)
    demand_quorum(receipt.recorded.register, trust)
    log = receipt.log.checkpoint
    report = Report("The log holds this entry, as the receipt shows it.")
    say_entry(report.facts, receipt.core, receipt.private)
    report.facts["Log"] = f"{shown(log.origin)}, entry {receipt.index} (from 0) of {log.size}"
    report.checked += [
        "The text of the entry is the one that was logged: its salted hash is in the log.",
        f"The log's key signed the log of {log.size} entries with this one in it.",
    ]
    say_register(report, receipt.recorded, trust)
    if receipt.private.text is None:
        report.not_checked.append("Who did it from where: that part of the entry is withheld or was dropped.")
    report.not_checked += [
        "Whether the entry was written as early as it says: backdating shows only in an export of the whole log.",
        "Whether what the entry says is true: the log proves what was written down and when, not that it happened.",
    ]
    return report
