"""Counts of rows that were kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.assurance.continuity import statements
from muniment.assurance.continuity.models import Census
from muniment.assurance.continuity.types import CensusFacts


def newest_census(before: datetime | None = None) -> CensusFacts | None:
    """Return the newest counts, or the newest from before a moment; None if there are none."""
    rows = Census.objects.all() if before is None else Census.objects.filter(at__lt=before)
    found = rows.order_by("-at").first()
    return census_facts(found) if found else None


def census_text(
    *, census_id: UUID, at: datetime, counts: dict[str, int], register_size: int, register_root: bytes
) -> str:
    """Return what is signed of counts."""
    facts: dict[str, Any] = {
        "is": "muniment census v1",
        "id": str(census_id),
        "at": at.isoformat(),
        "rows": counts,
        "register": {"size": register_size, "root": register_root.hex()},
    }
    return statements.written(facts)


def census_facts(census: Census) -> CensusFacts:
    """Return kept counts as a value, with whether they are as they were signed."""
    root = bytes(census.register_root)
    text = census_text(
        census_id=census.id,
        at=census.at,
        counts=census.counts,
        register_size=census.register_size,
        register_root=root,
    )
    signed = statements.is_signed(text, census.signature)
    return CensusFacts(census.id, census.at, census.counts, census.register_size, root, signed)
