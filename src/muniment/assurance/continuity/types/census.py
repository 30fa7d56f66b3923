"""Counts of rows as they are compared."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CensusFacts:
    """How many rows each table had at a moment (UTC), and how long the log's register was, with its root (32 bytes).

    `is_signed` says whether the signature is the installation's own and fits all of this.
    """

    id: UUID
    at: datetime
    counts: dict[str, int]
    register_size: int
    register_root: bytes
    is_signed: bool
