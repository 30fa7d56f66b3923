"""What can be asked about logs and receipts, and how the portal is."""

from muniment.trust.disclosure.queries.exports import batches, readable, written
from muniment.trust.disclosure.queries.health import health
from muniment.trust.disclosure.queries.letters import has_receipts_to_send, is_month_due, is_weekly_due, letters_of
from muniment.trust.disclosure.queries.receipts import earned, entry, packed, proof, receipt

__all__ = [
    "batches",
    "earned",
    "entry",
    "has_receipts_to_send",
    "health",
    "is_month_due",
    "is_weekly_due",
    "letters_of",
    "packed",
    "proof",
    "readable",
    "receipt",
    "written",
]
