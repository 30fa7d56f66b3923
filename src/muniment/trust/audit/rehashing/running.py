"""One full re-hash of all logs and of the register, and what it found."""

from muniment.core import clock, ids
from muniment.core.unit import bound
from muniment.trust.audit.models import ClientTree, Rehash
from muniment.trust.audit.rehashing.logs import Rehashed, rehash_log
from muniment.trust.audit.rehashing.register import rehash_register
from muniment.trust.audit.sequencing.numbering import SEQUENCER
from muniment.trust.audit.types import Finding

MOST = 100  # findings that are kept


def rehash_all() -> Rehash:
    """Hash everything anew and write down what came of it; repeating it changes nothing but adds a row.

    It runs in the worker: the web may not look at all logs.
    """
    begun_at = clock.now()
    with bound(SEQUENCER):  # also the logs of clients that have left
        client_ids = list(ClientTree.objects.order_by("client_id").values_list("client_id", flat=True))
    results: list[tuple[str, Rehashed]] = [(str(client_id), rehash_log(client_id)) for client_id in client_ids]
    heads = sum(done.heads for _, done in results)
    register = rehash_register()
    if register.entries < heads:  # more may have come since
        register.found.append(Finding("register", register.entries))
    results.append(("register", register))
    found = [{"log": name, "what": one.what, "place": one.place} for name, done in results for one in done.found]
    return Rehash.objects.create(
        id=ids.new(),
        begun_at=begun_at,
        finished_at=clock.now(),
        logs=len(results) - 1,
        entries=sum(done.entries for _, done in results[:-1]),
        heads=heads,
        found=found[:MOST],
    )
