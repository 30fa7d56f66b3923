"""Begin an epoch of every log after a restore: a new name, and a first entry that says what the log was before.

A restored log may be shorter than what was signed and shown. Going on under its old name it would sign a second
history of the same size; under a new one it says itself from where on entries were lost.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction

from muniment.core.errors import NotFound
from muniment.trust.audit.epochs.former import former_logs, former_registers
from muniment.trust.audit.models import ClientTree, RegisterTree
from muniment.trust.audit.types import FormerLog
from muniment.trust.vault import actions as vault
from muniment_verify.encoding import to_base64
from muniment_verify.errors import VerifyError
from muniment_verify.notes import LOG_KEY, Checkpoint, Note, key_id, parse_checkpoint, parse_note


@dataclass(frozen=True)
class Known:
    """What somebody had seen of logs, by their origins.

    `heads` are the largest ones that this installation signed. `unproved` says how many more texts there were that
    this backup can tell nothing of: the key that signed them came after it, or they are no checkpoints (origin "").
    """

    heads: Mapping[str, Checkpoint] = field(default_factory=dict)
    unproved: Mapping[str, int] = field(default_factory=dict)


def begin_epochs() -> int:
    """Give every log that can take entries, and the register, a new name; return how many logs that were.

    In the owner's role alone, before the restored portal serves anybody. Each call begins another epoch.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select app.begin_epochs()")
        return int(cursor.fetchone()[0])


def known_heads(notes: Iterable[str]) -> Known:
    """Return what checkpoints that somebody had kept say of logs; nothing of them is left out unsaid."""
    heads: dict[str, Checkpoint] = {}
    unproved: Counter[str] = Counter()
    keys = vault.log_public_keys()
    for note in notes:
        try:
            taken = parse_note(note)
            head = parse_checkpoint(taken.text)
        except VerifyError:
            unproved[""] += 1
            continue
        if not _is_ours(taken, head.origin, keys):
            unproved[head.origin] += 1
        elif head.origin not in heads or head.size > heads[head.origin].size:
            heads[head.origin] = head
    return Known(heads, unproved)


def _is_ours(note: Note, origin: str, keys: Iterable[bytes]) -> bool:
    ours = {key_id(origin, LOG_KEY, public): public for public in keys}
    for line in note.signatures:
        public = ours.get(line.key_id) if line.name == origin else None
        if public is not None and vault.is_signed(public, note.text.encode(), line.signature):
            return True
    return False


def epoch_facts(client_id: UUID, known: Known) -> dict[str, str | int]:
    """Return what the first entry of the bound client's new epoch says: what its log and the register were before.

    Raises:
        NotFound: no epoch has begun for this client.
    """
    logs, registers = former_logs(client_id), former_registers()
    if not logs or not registers or ClientTree.objects.get(client_id=client_id).origin == logs[-1].origin:
        raise NotFound
    facts: dict[str, str | int] = {"register": RegisterTree.objects.get().origin}
    return facts | _facts("", logs[-1], known) | _facts("register_", registers[-1], known)


def _facts(of: str, log: FormerLog, known: Known) -> dict[str, str | int]:
    facts: dict[str, str | int] = {
        f"former_{of}origin": log.origin,
        f"former_{of}size": log.size,
        f"former_{of}root": to_base64(log.root),
    }
    newer = known.heads.get(log.origin)
    if newer is not None and newer.size > log.size:
        facts |= {f"known_{of}size": newer.size, f"known_{of}root": to_base64(newer.root)}
    if unproved := known.unproved.get(log.origin):
        facts[f"unproved_{of}heads"] = unproved
    return facts
