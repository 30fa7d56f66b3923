"""Number what waits, as the worker does."""

from muniment.trust.audit.sequencing.numbering import Batch, number_entries
from tests.worker import as_worker


def number() -> Batch:
    """Do one batch in the worker's role."""
    with as_worker():
        return number_entries()
