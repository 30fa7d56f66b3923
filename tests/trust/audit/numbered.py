"""Number what waits, as the worker does."""

import time

from muniment.trust.audit import queries
from muniment.trust.audit.sequencing.numbering import Batch, number_entries
from tests.worker import as_worker

# Tests beside this one share the server, and the sequencer waits for whatever writes there: see docs/log.md.
PATIENCE_SECONDS = 60.0


def number() -> Batch:
    """Do batches in the worker's role until nothing waits, and return what they numbered together."""
    until, entries, clients = time.monotonic() + PATIENCE_SECONDS, 0, 0
    while True:
        batch = number_once()
        entries, clients = entries + batch.entries, max(clients, batch.clients)
        if not queries.log_health().pending or time.monotonic() > until:
            return Batch(entries, clients, batch.is_full)
        time.sleep(0.05)


def number_once() -> Batch:
    """Do one batch in the worker's role."""
    with as_worker():
        return number_entries()
