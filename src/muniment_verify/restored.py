"""Checkpoints from before and after a restore, held together by a receipt of the entry that says so."""

from __future__ import annotations

from collections.abc import Sequence

from muniment_verify.checkpoints import Opened, any_log
from muniment_verify.entries import Part
from muniment_verify.epochs import Former, Restore, lost_sentence, read_restore, unseen_sentence, with_former_names
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.notes import parse_checkpoint, parse_note
from muniment_verify.proofs import parse_proof
from muniment_verify.reading import json_object, moment, shown, text_of
from muniment_verify.receipts import open_receipt
from muniment_verify.report import Report
from muniment_verify.trust import Trust


def check_across(notes: Sequence[tuple[str, str]], receipt: bytes, trust: Trust) -> Report:
    """Check that checkpoints, given as name and text, of two names of one log, or register, are on one line.

    `receipt` is that of the entry about the restore between them.

    Raises:
        Unreadable: a file is not in the format, or the receipt is of another entry.
        NotValid: a signature or a proof is wrong, or a checkpoint contradicts what the entry says.
    """
    restore, origin = _told(receipt)
    trust = with_former_names(trust, origin, [restore])
    open_receipt(receipt, trust)
    report = Report("Every checkpoint is signed by the log, which goes on under a new name since it was restored.")
    report.facts = {
        "Log": shown(origin),
        "Before": f"{shown(restore.log.origin)}, {restore.place} entries",
        "Restored": moment(restore.at),
    }
    report.checked.append("The receipt of the entry that names the former log, and each signature.")
    report.not_checked.append(unseen_sentence(restore))
    for name, note in notes:
        _place(report, name, any_log(note, trust), restore, origin)
    return report


def _told(receipt: bytes) -> tuple[Restore, str]:
    """Return what a receipt says of a restore, and the log's name since; nothing of it is proved yet."""
    found = json_object(receipt, "The receipt")
    entry, proof = found.get("entry"), parse_proof(text_of(found, "proof", "The receipt"))
    core = Part.read(entry.get("core") if isinstance(entry, dict) else None, "The entry")
    restore = None if core.text is None else read_restore(proof.index, core.text)
    if restore is None:
        raise Unreadable("The receipt is not of the entry about a restore.")
    return restore, parse_checkpoint(parse_note(proof.note).text).origin


def _place(report: Report, name: str, opened: Opened, restore: Restore, origin: str) -> None:
    """Say where one checkpoint stands."""
    head = opened.checkpoint
    if head.origin in (origin, restore.new_register):
        end = restore.log.size if head.origin == origin else restore.register.size
        if head.size <= end:
            raise NotValid(f"{name} is of the new name, which began after {end}, and has a size of {head.size}.")
        report.not_checked.append(
            f"Whether the log at {head.size} ({name}) begins as the restored one: that takes an "
            "export of the log (--log)."
        )
        return
    former = next((one for one in (restore.log, restore.register) if one.origin == head.origin), None)
    if former is None:
        raise NotValid(f"{name} comes from another log, which the entry about the restore does not name.")
    _hold(report, name, opened, former, "Entries" if former is restore.log else "Heads of logs")


def _hold(report: Report, name: str, opened: Opened, former: Former, of: str) -> None:
    head = opened.checkpoint
    if head.size > former.size:
        report.lost.append(lost_sentence(former.size, name, head.size, of))
    elif head.size < former.size:
        report.not_checked.append(
            f"Whether what was restored begins with the {head.size} of {name}: that takes an export of the log (--log)."
        )
    elif head.root != former.root:
        raise NotValid(f"What was restored is not what {name} proves: history was written anew. Keep both files.")
    else:
        report.checked.append(f"The restored log is the one of {name}.")
