"""Texts that the installation signs about itself: counts of rows, reports of drills.

The key is the log's. A text begins with a brace, and a checkpoint with the name of its log, so neither passes for
the other.

Source: C2SP signed-note.
"""

import json
from typing import Any

from muniment.trust.audit import queries as audit
from muniment.trust.vault import actions as vault
from muniment_verify.errors import VerifyError
from muniment_verify.notes import (
    LOG_KEY,
    format_note,
    format_signature,
    key_id,
    parse_note,
    parse_vkey,
    verify_note,
)


def written(facts: dict[str, Any]) -> str:
    """Return facts (numbers, texts, lists and dictionaries of them) as the one text that says them."""
    return json.dumps(facts, sort_keys=True, indent=1) + "\n"


def signature_of(text: str) -> str:
    """Return the line that stands under a text (ending with a newline) in a signed note, with its newline."""
    signer, name = vault.log_signer(), audit.register_origin()
    return format_signature(name, key_id(name, LOG_KEY, signer.public), signer.sign(text.encode()))


def is_signed(text: str, signature: str) -> bool:
    """Tell whether the installation signed exactly this text, with the log's present key or an older one."""
    try:
        verify_note(parse_note(format_note(text, [signature])), [parse_vkey(key) for key in audit.log_keys()])
    except VerifyError:
        return False
    return True
