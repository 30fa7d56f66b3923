"""Turns the key of a client until nothing of it is under the old one, in the worker's role; Django must be set up."""

import json
import sys
import time
from uuid import UUID

from muniment.trust.vault.keys import turning
from muniment.trust.vault.models import Turning

PAUSE_SECONDS = 0.05
MOST_SECONDS = 600.0


def main() -> None:
    """Turn the key of the client given and print how long it took; the portal's own worker may take a hand."""
    processor, begun = time.process_time(), time.monotonic()
    row = turning.begin("client", subject_id=UUID(sys.argv[1]), reencrypts=False, person_id=None)
    while row.step in {"keys", "values"}:
        if time.monotonic() - begun > MOST_SECONDS or row.trouble:
            raise TimeoutError(f"the rotation does not come to an end: {row.trouble}")
        if turning.run(row.id, seconds=MOST_SECONDS) is None:
            time.sleep(PAUSE_SECONDS)
        row = Turning.objects.get(id=row.id)
    told = {
        "seconds": time.monotonic() - begun,
        "processor_seconds": time.process_time() - processor,
        "wrapped": row.keys_wrapped,
        "sealed": row.values_sealed,
    }
    print(json.dumps(told))
