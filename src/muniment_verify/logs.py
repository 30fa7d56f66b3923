"""Check a whole log: every entry hashed again, every head, its place in the register, and the times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from muniment_verify.checkpoints import Recorded, open_checkpoint, open_record, say_register
from muniment_verify.encoding import HASH_BYTES
from muniment_verify.errors import NotValid, Unreadable
from muniment_verify.exports import Export, read_export
from muniment_verify.kept import Kept, compare
from muniment_verify.merkle import CompactRange
from muniment_verify.notes import Checkpoint
from muniment_verify.reading import shown
from muniment_verify.report import Report
from muniment_verify.times import refuse_false_times, sightings
from muniment_verify.timestamps import stamped_times
from muniment_verify.trust import Trust


@dataclass(frozen=True)
class Proved:
    """An export whose entries lead to the log's signed heads."""

    export: Export
    head: Checkpoint
    records: tuple[Recorded, ...]
    roots: dict[int, bytes]


def roots_at(export: Export, sizes: Iterable[int]) -> dict[int, bytes]:
    """Return the root of the log at each of these sizes, none above its size, in one pass."""
    wanted, found, growing = sorted(set(sizes), reverse=True), {}, CompactRange()
    leaves = memoryview(export.leaves)
    while wanted:
        size = wanted.pop()
        for at in range(growing.size * HASH_BYTES, size * HASH_BYTES, HASH_BYTES):
            growing.append(bytes(leaves[at : at + HASH_BYTES]))
        found[size] = growing.root()
    return found


def prove(export: Export, trust: Trust, more_sizes: Iterable[int] = ()) -> Proved:
    """Hold the entries of an export against its signed heads; also return the roots at `more_sizes`.

    Raises:
        Unreadable: a head is not in the format.
        NotValid: the entries do not lead to a head, a signature or proof is wrong, or heads contradict each other.
    """
    last = open_checkpoint(export.checkpoint, trust.log_keys).checkpoint
    if (last.origin, last.size) != (export.origin, export.size):
        raise NotValid("The checkpoint of the export is of another log or of another size than the export says.")
    heads = [open_checkpoint(note, trust.log_keys).checkpoint for note, _ in export.heads]
    for head in heads:
        if head.origin != export.origin:
            raise NotValid("The export has a head of another log.")
        if head.size > export.size:
            raise NotValid(f"The log signed a head of {head.size} entries; the export holds {export.size}: it was cut.")
    sizes = [size for size in more_sizes if size <= export.size]
    roots = roots_at(export, [last.size, *(head.size for head in heads), *sizes])
    for head in (last, *heads):
        if roots[head.size] != head.root:
            raise NotValid(
                f"The first {head.size} entries are not the ones that the log signed: one of them was changed, "
                "added, removed or moved."
            )
    records = tuple(open_record(proof, head, trust) for head, (_, proof) in zip(heads, export.heads))
    _refuse_disorder(records)
    return Proved(export, last, records, roots)


def _refuse_disorder(records: Sequence[Recorded]) -> None:
    """Refuse heads that grow while their places do not, and registers that contradict each other."""
    roots: dict[int, bytes] = {}
    for one, other in zip(records, records[1:]):
        if other.head.size < one.head.size or other.index < one.index:
            raise NotValid("The heads in the export are out of order.")
    for recorded in records:
        register = recorded.register.checkpoint
        if register.origin != records[0].register.checkpoint.origin:
            raise NotValid("The heads in the export stand in different registers.")
        if roots.setdefault(register.size, register.root) != register.root:
            raise NotValid(f"The register was signed with two different histories of {register.size} heads.")


def check_log(lines: Iterable[bytes], trust: Trust, kept: Sequence[Kept] = ()) -> Report:
    """Check an export of a whole log, and hold it against checkpoints, receipts and promises that somebody kept.

    Raises:
        Unreadable: it is no export, or what was kept is of another log.
        NotValid: something in it was changed, is missing, out of order, falsely dated or not seen by enough witnesses.
    """
    export = read_export(lines)
    for one in kept:
        if one.origin != export.origin:
            raise Unreadable(f"{one.name} is of the log {shown(one.origin)}, not of this one.")
    proved = prove(export, trust, [one.checkpoint.size for one in kept if one.checkpoint])
    report = Report(f"All {export.size} entries of this log are the ones that were logged, in their order.")
    report.facts = {"Log": shown(export.origin), "Entries": str(export.size), "Exported": shown(export.exported_at)}
    report.checked += [
        f"Every entry was hashed again; together they give the root that the log's key signed ({export.size} entries).",
        f"Signed heads that lead to the same entries: {len(proved.records)}. "
        "Nothing was changed, removed or put between.",
    ]
    for one in kept:
        compare(report, one, export, proved.roots)
    _say_register(report, proved, trust)
    _say_times(report, proved, trust)
    _say_missing(report, export)
    return report


def _say_register(report: Report, proved: Proved, trust: Trust) -> None:
    """Say how far the register and the witnesses cover the log; refuse when nothing of it has the quorum."""
    enough = [recorded for recorded in proved.records if len(recorded.register.cosigners) >= trust.quorum]
    if trust.quorum and not enough:
        raise NotValid(f"No head of this log was seen by the {trust.quorum} witnesses that were asked for.")
    covered = enough[-1].head.size if enough else 0
    if enough:
        say_register(report, enough[-1], trust)
    if covered < proved.head.size:
        report.not_checked.append(
            f"The last {proved.head.size - covered} entries are signed by the log and not yet shown to be in the "
            "register" + (" as your witnesses saw it." if trust.witnesses else ".")
        )


def _say_times(report: Report, proved: Proved, trust: Trust) -> None:
    stamps = stamped_times(report, proved.export, [one.register for one in proved.records], trust)
    seen = sightings(proved.records, stamps, trust.quorum)
    refuse_false_times(proved.export, seen, trust.tolerance_seconds)
    if seen:
        report.checked.append(
            f"No entry bears a time that is off by more than {trust.tolerance_seconds} seconds from the "
            f"{len(seen)} moments at which witnesses or time stamps saw the log."
        )
    else:
        report.not_checked.append(
            "The times of the entries: without witnesses or time stamps they are what the portal wrote."
        )


def _say_missing(report: Report, export: Export) -> None:
    cores, privates = export.size - export.cores_kept, export.size - export.privates_kept
    if cores:
        report.not_checked.append(
            f"What was done in {cores} entries: the text was withheld or dropped; that they stand there was checked."
        )
    if privates:
        report.not_checked.append(f"Who did it in {privates} entries: that part was withheld or dropped.")
    report.not_checked.append(
        "Whether what the entries say is true, and whether an act was never logged at all: promises and receipts that "
        "you kept show the latter (--kept)."
    )
