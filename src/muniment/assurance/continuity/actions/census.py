"""Count the rows of all tables and sign it: what a restored database is compared with."""

from datetime import timedelta
from typing import Final

from muniment.assurance.continuity import statements
from muniment.assurance.continuity.models import Census
from muniment.assurance.continuity.queries.census import census_facts, census_text
from muniment.assurance.continuity.queries.counting import row_counts
from muniment.assurance.continuity.types import CensusFacts
from muniment.core import clock, ids
from muniment.trust.audit import queries as audit

KEPT: Final = timedelta(days=90)


def take_census() -> CensusFacts:
    """Count, sign, keep; forget what is older than 90 days. No act of anybody, so no entry: the signature proves it.

    Raises:
        KeyServiceDown: nothing can be signed now.
    """
    at, census_id = clock.now(), ids.new()
    heads = audit.newest_register_head()
    size, root = (heads.size, heads.root) if heads else (0, b"")
    counts = row_counts()
    text = census_text(census_id=census_id, at=at, counts=counts, register_size=size, register_root=root)
    census = Census.objects.create(
        id=census_id,
        at=at,
        counts=counts,
        register_size=size,
        register_root=root,
        signature=statements.signature_of(text),
    )
    Census.objects.filter(at__lt=at - KEPT).delete()
    return census_facts(census)
