"""What the installation signs for its logs: heads, as checkpoints.

One Ed25519 key signs for every log; in a note it stands under the name of the log.

Source: C2SP signed-note, tlog-checkpoint.
"""

from muniment.trust.vault import actions as vault
from muniment_verify.notes import LOG_KEY, checkpoint_text, format_note, format_signature, format_vkey, key_id


def checkpoint(signer: vault.Signer, origin: str, size: int, root: bytes) -> str:
    """Return the signed note of a head."""
    text = checkpoint_text(origin, size, root)
    line = format_signature(origin, key_id(origin, LOG_KEY, signer.public), signer.sign(text.encode()))
    return format_note(text, [line])


def vkeys(origin: str) -> list[str]:
    """Return the public keys that checkpoints of a log are checked with, as text, newest first."""
    return [format_vkey(origin, LOG_KEY, public) for public in vault.log_public_keys()]
