"""Receipts: that one entry stands in a client's log, and the log's head in the register. And promises of them."""

import json
from typing import Any
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.trust.audit.canonical import canonical
from muniment.trust.audit.models import Entry
from muniment.trust.audit.proving import trees
from muniment.trust.audit.proving.opening import commitment_of, open_part, part_of
from muniment.trust.audit.proving.records import register_head_for
from muniment.trust.vault import actions as vault
from muniment_verify.encoding import to_base64
from muniment_verify.proofs import format_proof

RECEIPT = "muniment-receipt/1"
PROMISE = "muniment-promise/1"
WITHIN_SECONDS = 600


def receipt(actor: Actor, entry_id: UUID, *, with_private: bool = True) -> dict[str, Any] | None:
    """Return the receipt of an entry in the log of the actor's client; nothing while no signed head covers it yet.

    What was dropped, and the private part when it is not wanted, is there as a commitment.

    Raises:
        NotFound: there is no such entry, or it is from before commitments were kept and a part was dropped.
    """
    with acting_as(actor, "muniment_auditor"):
        row = Entry.objects.filter(client_id=actor.client, id=entry_id).first()
        if row is None:
            raise NotFound
        if row.position is None:
            return None
        head = trees.head_covering(actor.client, row.position)
        place = None if head is None else head.register_index
        top = None if place is None else register_head_for(place)
        if head is None or place is None or top is None:
            return None
        parts = {name: _part(row, name, opened=name == "core" or with_private) for name in ("core", "private")}
        path = trees.inclusion(actor.client, row.position, head.size)
        register_path = trees.register_inclusion(place, top.size)
    return {
        "format": RECEIPT,
        "entry": parts,
        "proof": format_proof(row.position, path, head.note),
        "register": format_proof(place, register_path, top.note),
    }


def promise(actor: Actor, entry_id: UUID) -> dict[str, Any]:
    """Return the signed promise that an entry of the actor's client will have a receipt within ten minutes.

    Raises:
        NotFound: there is no such entry.
        KeyServiceDown: the log key cannot be opened now.
    """
    with acting_as(actor, "muniment_auditor"):
        leaf = Entry.objects.filter(client_id=actor.client, id=entry_id).values_list("leaf", flat=True).first()
    if leaf is None:
        raise NotFound
    promised = {
        "format": PROMISE,
        "origin": trees.origin_of(actor.client),
        "leaf": to_base64(bytes(leaf)),
        "at": clock.now().isoformat(timespec="seconds"),
        "within_seconds": WITHIN_SECONDS,
    }
    signature = vault.log_signer().sign(b"muniment-promise-v1\0" + canonical(promised))
    return {**promised, "signature": to_base64(signature)}


def promise_header(actor: Actor, entry_id: UUID) -> str:
    """Return a promise as the value of the header `Muniment-Promise`: base64 of its JSON.

    Raises:
        NotFound, KeyServiceDown: as for `promise`.
    """
    return to_base64(json.dumps(promise(actor, entry_id), separators=(",", ":")).encode())


def _part(row: Entry, name: str, *, opened: bool) -> dict[str, str]:
    part = part_of(row, name)
    if part is not None and opened:
        return open_part(part)
    commitment = commitment_of(row, name, part)
    if commitment is None:
        raise NotFound
    return {"commitment": to_base64(commitment)}
