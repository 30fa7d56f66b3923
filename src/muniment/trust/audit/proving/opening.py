"""The two parts of an entry as they were committed to, while they are still there."""

from muniment.trust.audit.canonical import SALT_BYTES, Part
from muniment.trust.audit.models import Entry
from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import KeyMissing
from muniment_verify.encoding import to_base64


def part_of(row: Entry, name: str) -> Part | None:
    """Return a part ("core" or "private") of an entry; nothing once it was dropped or its key was destroyed.

    Raises:
        SealBroken: what is stored is not what was sealed for this entry.
    """
    sealed = getattr(row, name)
    if sealed is None:
        return None
    try:
        plain = vault.open_for(row.client_id, f"entry.{name}".encode() + row.id.bytes, bytes(sealed))
    except KeyMissing:  # also: destroyed on purpose
        return None
    return Part(plain[:SALT_BYTES], plain[SALT_BYTES:])


def commitment_of(row: Entry, name: str, part: Part | None) -> bytes | None:
    """Return the commitment to a part; nothing for a dropped part of an entry from before these were kept."""
    kept = getattr(row, f"{name}_commitment")
    if kept is not None:
        return bytes(kept)
    return part.commitment if part else None


def open_part(part: Part) -> dict[str, str]:
    """Return a part as receipts and exports show it."""
    return {"salt": to_base64(part.salt), "text": part.text.decode()}
