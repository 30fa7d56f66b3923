"""How many documents a second get a new key around their own: the rotation of a client's key while the portal runs.

It is the worker's own code, in a process of its own in the worker's role: their data keys are wrapped anew, their
names sealed anew, nothing of their content is touched.
"""

from bench import beside
from bench.portal import Portal
from bench.results import Result

DOCUMENTS = 20_000


def measure(portal: Portal, reader: str, documents: int = DOCUMENTS) -> list[Result]:
    """Fill a client and turn its key."""
    email = portal.people()[reader]["email"]
    client_id = beside.ask(portal, "bench.turning_filling", email, documents)
    told = beside.ask(portal, "bench.turning_run", client_id, role="job")
    what = f"{told['wrapped']:,} keys wrapped, {told['sealed']:,} values sealed anew"
    rate, used = documents / told["seconds"], 1000 * told["processor_seconds"] / documents
    return [
        Result(f"rotation of a client's key, {documents:,} documents", rate, "documents/s", what),
        Result("rotation, the worker's CPU for each document", used, "ms", "the database's comes on top"),
    ]
