"""Fills a client with documents whose keys are really wrapped, and prints the client's id; Django must be set up."""

import json
import sys
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from bench import filling
from muniment.core import clock, config
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Person
from muniment.trust.vault import queries as vault
from muniment.trust.vault.keys import wrapping


def wrap(server: "psycopg.Connection[tuple[UUID]]", client_id: UUID) -> None:
    """Give every blob of a client a key of its own under the client's."""
    key = vault.client_key(client_id)
    blobs = [blob_id for (blob_id,) in server.execute("select id from blob where client_id = %s", [client_id])]
    keys = [wrapping.wrap(key, wrapping.new_key(), client_id.bytes + blob_id.bytes) for blob_id in blobs]
    server.execute(
        "update blob b set wrapped_key = v.wrapped from unnest(%s::uuid[], %s::bytea[]) as v (id, wrapped) "
        "where b.client_id = %s and b.id = v.id",
        [blobs, keys, client_id],
    )
    server.commit()


def main() -> None:
    """Fill for the reader's address and the count given."""
    reader = people.find_person(sys.argv[1])
    if reader is None:
        raise LookupError(f"nobody has the address {sys.argv[1]}")
    count = int(sys.argv[2])
    client_id = filling.open_client(reader.id, f"Turned with {count}")
    author = Person.objects.filter(kind="staff").values_list("id", flat=True)[0]
    with psycopg.connect(make_conninfo(**config.connection(config.current(), "super").parameters())) as server:
        filling.copy(server, client_id, filling.rows(client_id, count, [author], clock.now()))
        wrap(server, client_id)
        server.autocommit = True
        server.execute("vacuum (analyze) document, version, blob")
    print(json.dumps(str(client_id)))
