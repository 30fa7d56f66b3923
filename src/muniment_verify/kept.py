"""What somebody kept from earlier: checkpoints, receipts and promises, to be held against an export."""

from __future__ import annotations

from dataclasses import dataclass

from muniment_verify import promises, receipts
from muniment_verify.checkpoints import open_checkpoint
from muniment_verify.encoding import HASH_BYTES
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.exports import Export
from muniment_verify.notes import Checkpoint
from muniment_verify.reading import LARGEST_FILE, moment, seconds_of
from muniment_verify.report import Report
from muniment_verify.trust import Trust


@dataclass(frozen=True)
class Kept:
    """What a kept file proves of a log: a signed head, a leaf at its place, or a leaf by its deadline."""

    name: str
    origin: str
    checkpoint: Checkpoint | None = None
    leaf: bytes = b""
    index: int | None = None
    deadline: float = 0


def open_kept(name: str, raw: bytes, trust: Trust) -> Kept:
    """Return what a kept file proves after checking its signatures.

    Raises:
        Unreadable: it is neither a checkpoint nor a receipt nor a promise.
        NotValid: it proves nothing by itself.
    """
    if len(raw) > LARGEST_FILE:
        raise Unreadable(f"{name} is too large to be a checkpoint, a receipt or a promise.")
    start = raw.lstrip()[:1]
    if b"\n\n" in raw and start != b"{":
        try:
            note = raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable(f"{name} is not UTF-8 text.") from None
        checkpoint = open_checkpoint(note, trust.log_keys).checkpoint
        return Kept(name, checkpoint.origin, checkpoint)
    if receipts.FORMAT.encode() in raw:
        receipt = receipts.open_receipt(raw, trust)
        return Kept(name, receipt.log.checkpoint.origin, receipt.log.checkpoint, receipt.leaf, receipt.index)
    promise = promises.open_promise(raw, trust)
    return Kept(name, promise.origin, None, promise.leaf, None, promise.deadline)


def compare(report: Report, kept: Kept, export: Export, roots: dict[int, bytes]) -> None:
    """Hold one kept file against the log and say what was found.

    Raises:
        NotValid: the log was cut or written anew since, or a promise was broken.
    """
    if kept.checkpoint is None:
        _compare_promise(report, kept, export)
        return
    size = kept.checkpoint.size
    if size > export.size:
        raise NotValid(
            f"The log was cut: {kept.name} proves that it had {size} entries, the export has {export.size}. Keep both."
        )
    if roots[size] != kept.checkpoint.root:
        raise NotValid(
            f"History was written anew: the first {size} entries are not those that {kept.name} proves. Keep both."
        )
    if kept.index is not None and export.leaf(kept.index) != kept.leaf:
        raise NotValid(f"Entry {kept.index} is not the one that {kept.name} proves. Keep both.")
    report.checked.append(f"The log begins with the {size} entries that {kept.name} proves.")


def _compare_promise(report: Report, kept: Kept, export: Export) -> None:
    found = export.leaves.find(kept.leaf)
    while found >= 0 and found % HASH_BYTES:
        found = export.leaves.find(kept.leaf, found + 1)
    if found >= 0:
        report.checked.append(f"The entry that {kept.name} promises is entry {found // HASH_BYTES}.")
    elif seconds_of(export.exported_at, "The time of the export") > kept.deadline:
        raise NotValid(
            f"A promise was broken: the entry that {kept.name} promises was due by {moment(kept.deadline)} and is not "
            "in the log. Keep both files."
        )
    else:
        report.not_checked.append(
            f"Whether {kept.name} was kept: by its own account, the export was made before it was due."
        )
