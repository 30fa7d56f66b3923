"""Which providers and domains there are, and who signs in whom."""

from muniment.trust.federation.queries.providers import (
    domains,
    expiring,
    is_firm_enforced,
    is_somebody_left,
    issuer_of,
    known_people,
    proved_domains,
    provider,
    providers,
    renewable,
    running_or_tried,
    running_provider,
    subject_of,
    testable_provider,
    vouches_alone,
    whom,
)
from muniment.trust.federation.queries.ways import elsewhere, start_path, way_of

__all__ = [
    "domains",
    "elsewhere",
    "expiring",
    "is_firm_enforced",
    "is_somebody_left",
    "issuer_of",
    "known_people",
    "proved_domains",
    "provider",
    "providers",
    "renewable",
    "running_or_tried",
    "running_provider",
    "start_path",
    "subject_of",
    "testable_provider",
    "vouches_alone",
    "way_of",
    "whom",
]
