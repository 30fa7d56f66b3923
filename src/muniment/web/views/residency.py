"""Where a client's documents lie, in words for the client's page and for Home."""

from typing import Any
from uuid import UUID

from muniment.trust.vault import queries as vault


def residency(client_id: UUID) -> dict[str, Any]:
    """Return who runs the stores that hold a client's documents, in which region, and where alone they may lie."""
    facts = vault.expected_residency(client_id)
    return {
        "only_in": facts.region,
        "places": [{"provider": place.provider, "region": place.region} for place in facts.places],
    }
