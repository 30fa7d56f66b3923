"""What can be asked about logs and receipts, and how the portal is."""

from muniment.trust.disclosure.queries.exports import batches, readable, written
from muniment.trust.disclosure.queries.health import health

__all__ = ["batches", "health", "readable", "written"]
