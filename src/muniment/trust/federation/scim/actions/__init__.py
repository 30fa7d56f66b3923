"""What is done about directories, and what they do."""

from muniment.trust.federation.scim.actions.records import (
    create_record,
    forget_records,
    remove_record,
    replace_record,
    settle_record,
)
from muniment.trust.federation.scim.actions.tokens import make_token, note_reading, revoke_token

__all__ = [
    "create_record",
    "forget_records",
    "make_token",
    "note_reading",
    "remove_record",
    "replace_record",
    "revoke_token",
    "settle_record",
]
