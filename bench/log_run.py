"""Numbers entries of 1, 100 and 1,000 clients, and proves places in large trees, in the worker's role.

The entries are hollow: commitments to nothing, of clients that were closed; the sequencer sees no more of any entry.
Trees for proofs are laid in tiles past the sequencer. Django must be set up.
"""

import json
import os
import random
import statistics
import sys
import time
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from muniment.core import config
from muniment.trust.audit import queries as log
from muniment.trust.audit.sequencing.numbering import number_entries
from muniment.trust.audit.tree.frontier import HASH_BYTES, WIDTH, Frontier

CHUNK = WIDTH * WIDTH
PROOFS = 200
PAUSE_SECONDS = 0.005
_CLIENTS = (
    "insert into client (id, kind, created_at, closed_at) "
    "select gen_random_uuid(), 'client', now(), now() from generate_series(1, %s) returning id"
)
_ENTRIES = """
insert into entry (client_id, id, event, allowed, object_kind, leaf, core_commitment, private_commitment)
select h.client_id, h.id, 'document.viewed', true, 'document',
  sha256('\\x00'::bytea || convert_to('muniment-entry-v1', 'UTF8') || '\\x00'::bytea || h.core || h.private),
  h.core, h.private
from (
  select c.id as client_id, gen_random_uuid() as id,
    sha256(uuid_send(c.id) || int4send(n)) as core, sha256(int4send(n) || uuid_send(c.id)) as private
  from unnest(%s::uuid[]) as c (id) cross join generate_series(1, %s) as n
) h
"""


def numbered_per_second(server: "psycopg.Connection[Any]", clients: int, entries: int) -> float:
    """Return how many entries a second get their numbers; the portal's own worker takes a hand."""
    found = [client_id for (client_id,) in server.execute(_CLIENTS, [clients])]
    server.execute(_ENTRIES, [found, entries // clients])
    server.commit()
    begun = time.monotonic()
    while log.log_health().pending:
        if not number_entries().entries:
            time.sleep(PAUSE_SECONDS)
    return (entries // clients) * clients / (time.monotonic() - begun)


def lay_tree(server: "psycopg.Connection[Any]", size: int) -> UUID:
    """Lay a tree of made-up leaves and return whose it is."""
    (client_id,) = server.execute(_CLIENTS, [1]).fetchone() or (None,)
    server.execute("insert into client_tree (client_id, size) values (%s, %s)", [client_id, size])
    frontier, above = Frontier(0, {}), dict[tuple[int, int], bytes]()
    with server.cursor().copy("copy client_tile (client_id, level, n, hashes) from stdin (format binary)") as stream:
        stream.set_types(("uuid", "int2", "int8", "bytea"))
        for begin in range(0, size, CHUNK):
            noise = os.urandom(HASH_BYTES * min(CHUNK, size - begin))
            for (level, n), hashes in frontier.append(
                [noise[at : at + HASH_BYTES] for at in range(0, len(noise), HASH_BYTES)]
            ).items():
                if level:
                    above[level, n] = hashes
                else:
                    stream.write_row((client_id, level, n, hashes))
        for (level, n), hashes in above.items():
            stream.write_row((client_id, level, n, hashes))
    server.commit()
    assert isinstance(client_id, UUID)  # noqa: S101 - what the database returns has no type
    return client_id


def proof_milliseconds(client_id: UUID, size: int) -> float:
    """Return the median time to prove that an entry is among the first `size`."""
    chance, taken = random.Random(size), []  # noqa: S311 - which entries are proved is no secret
    for _ in range(PROOFS):
        index, begun = chance.randrange(size), time.monotonic()
        log.inclusion(client_id, index, size)
        taken.append(1000 * (time.monotonic() - begun))
    return statistics.median(taken)


def main() -> None:
    """Measure for so many entries, a tree so large, and the numbers of clients given; print what was found."""
    entries, size, *clients = map(int, sys.argv[1:])
    with psycopg.connect(make_conninfo(**config.connection(config.current(), "super").parameters())) as server:
        told: dict[str, Any] = {
            "numbered": {str(count): numbered_per_second(server, count, entries) for count in clients}
        }
        owner = lay_tree(server, size)
        server.execute("analyze client_tile")
        sizes = [10**power for power in range(3, 10) if 10**power < size] + [size]
        told["proof"] = {str(one): proof_milliseconds(owner, one) for one in sizes}
    print(json.dumps(told))
