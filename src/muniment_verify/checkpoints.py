"""Open a signed checkpoint: whose it is, who signed it, which witnesses saw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from muniment_verify.entries import head_leaf
from muniment_verify.errors import NotValid
from muniment_verify.merkle import EMPTY_ROOT, verify_consistency, verify_inclusion
from muniment_verify.notes import (
    LOG_KEY,
    WITNESS_KEY,
    Checkpoint,
    Key,
    Signer,
    parse_checkpoint,
    parse_note,
    verify_note,
)
from muniment_verify.proofs import parse_proof
from muniment_verify.reading import moment, shown
from muniment_verify.report import Report
from muniment_verify.trust import Trust


@dataclass(frozen=True)
class Opened:
    """A checkpoint that the log's key signed, and the given witnesses that cosigned it, each once."""

    checkpoint: Checkpoint
    text: str
    cosigners: tuple[Signer, ...] = ()

    def times(self) -> list[int]:
        """Return when witnesses saw it, oldest first."""
        return sorted(signer.at for signer in self.cosigners if signer.at is not None)


@dataclass(frozen=True)
class Recorded:
    """A head of a client's log that stands in the register at `index`, and the register's checkpoint."""

    head: Checkpoint
    index: int
    register: Opened


def open_checkpoint(note: str, log_keys: Sequence[Key], witnesses: Sequence[Key] = ()) -> Opened:
    """Return a checkpoint after checking who signed it.

    Raises:
        Unreadable: it is none.
        NotValid: no given key of this very log signed it, or a signature of a given key is wrong.
    """
    taken_apart = parse_note(note)
    checkpoint = parse_checkpoint(taken_apart.text)
    keys = [key for key in log_keys if key.name == checkpoint.origin]
    if not keys:
        raise NotValid(f"This comes from the log {shown(checkpoint.origin)}, and you gave no key of that log.")
    signers = verify_note(taken_apart, [*keys, *witnesses])
    if not any(signer.key.kind == LOG_KEY for signer in signers):
        raise NotValid(f"Witnesses signed this checkpoint, but the log {shown(checkpoint.origin)} did not.")
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise NotValid("The checkpoint is of an empty log, and its root is not that of an empty log.")
    cosigners = tuple(signer for signer in signers if signer.key.kind == WITNESS_KEY)
    return Opened(checkpoint, taken_apart.text, cosigners)


def open_record(proof_text: str, head: Checkpoint, trust: Trust) -> Recorded:
    """Return the place of a head in the register after checking proof and signatures; the quorum is not asked for.

    Raises:
        Unreadable: the proof is none.
        NotValid: the head is not in the register there, or the register is not signed.
    """
    proof = parse_proof(proof_text)
    origin = parse_checkpoint(parse_note(proof.note).text).origin
    register = open_checkpoint(proof.note, trust.keys_of_register(origin), trust.witnesses)
    leaf = head_leaf(head.origin, head.size, head.root)
    at = register.checkpoint
    if not verify_inclusion(leaf, proof.index, at.size, proof.hashes, at.root):
        raise NotValid(f"The head of size {head.size} is not in the register where its proof says.")
    return Recorded(head, proof.index, register)


def seen_by(register: Opened) -> str:
    """Return which witnesses saw a checkpoint and when, for people."""
    return ", ".join(f"{signer.key.name} on {moment(signer.at or 0)}" for signer in register.cosigners)


def say_register(report: Report, recorded: Recorded, trust: Trust) -> None:
    """Add to a report what was found about a head's place in the register and its witnesses."""
    at = recorded.register.checkpoint
    report.facts["Register"] = f"{shown(at.origin)}, head at place {recorded.index} of {at.size}"
    report.checked.append(
        f"The head of size {recorded.head.size} stands in the installation's register of all heads, which is signed."
    )
    if not trust.register_keys:
        report.not_checked.append(
            "You gave no key of the register: a register of any name was accepted that the log's own key signed."
        )
    if trust.witnesses:
        report.checked.append(
            f"{len(recorded.register.cosigners)} of your {len(trust.witnesses)} witnesses saw this register "
            f"({trust.quorum} were asked for): {seen_by(recorded.register)}."
        )
    else:
        report.not_checked.append(
            "You gave no witness: whether somebody else is shown another history than you cannot be told from this."
        )


def demand_quorum(register: Opened, trust: Trust) -> None:
    """Refuse a register checkpoint that too few witnesses saw.

    Raises:
        NotValid: fewer than the quorum signed.
    """
    if len(register.cosigners) < trust.quorum:
        raise NotValid(
            f"{len(register.cosigners)} of your witnesses signed the register; {trust.quorum} were asked for."
        )


def check_checkpoints(notes: Sequence[str], trust: Trust, proof: Sequence[bytes] | None = None) -> Report:
    """Check the signatures of checkpoints of one log, that no two of one size differ, and, by a proof, that one grew.

    Raises:
        Unreadable: one is no checkpoint.
        NotValid: a signature is wrong, they are of different logs, they contradict each other, or the proof is wrong.
    """
    opened = sorted((_any_log(note, trust) for note in notes), key=lambda one: one.checkpoint.size)
    first, last = opened[0].checkpoint, opened[-1].checkpoint
    for one, other in zip(opened, opened[1:]):
        if one.checkpoint.origin != other.checkpoint.origin:
            raise NotValid("These checkpoints come from different logs: they say nothing about each other.")
        if one.checkpoint.size == other.checkpoint.size and one.checkpoint.root != other.checkpoint.root:
            raise NotValid(
                f"The log signed two different histories of {one.checkpoint.size} entries. "
                "Keep both files: together they are the evidence."
            )
    report = Report("Every checkpoint is signed by the log.")
    report.facts = {"Log": shown(first.origin), "Sizes": ", ".join(str(one.checkpoint.size) for one in opened)}
    report.checked.append("Each signature, and that no two checkpoints of one size differ.")
    if proof is not None:
        if not verify_consistency(first.size, last.size, first.root, last.root, proof):
            raise NotValid(f"By this proof, the log of {last.size} entries does not begin with that of {first.size}.")
        report.checked.append(f"The log of {last.size} entries begins with the {first.size} entries of the older one.")
    elif first.size != last.size:
        report.not_checked.append(
            "Whether the later log begins with the earlier one: that takes an export of the log (--log) or a proof."
        )
    for one in opened:
        if one.cosigners:
            report.checked.append(f"Size {one.checkpoint.size} was seen by {seen_by(one)}.")
    return report


def _any_log(note: str, trust: Trust) -> Opened:
    """Return a checkpoint of the client's log or of the register."""
    origin = parse_checkpoint(parse_note(note).text).origin
    keys = trust.log_keys if any(key.name == origin for key in trust.log_keys) else trust.keys_of_register(origin)
    return open_checkpoint(note, keys, trust.witnesses)
