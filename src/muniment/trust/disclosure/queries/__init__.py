"""What can be asked about logs and receipts, and how the portal is."""

from muniment.trust.disclosure.queries.exports import batches, readable, written
from muniment.trust.disclosure.queries.health import health
from muniment.trust.disclosure.queries.receipts import earned, entry, packed, proof, receipt

__all__ = ["batches", "earned", "entry", "health", "packed", "proof", "readable", "receipt", "written"]
