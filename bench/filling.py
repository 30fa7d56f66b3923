"""Fills clients with many documents, beside a running portal; Django must be set up.

Names are sealed one by one as the portal seals them; rows are copied in past it, because a million uploads
would take a night. The documents' bytes are not there: lists never touch them.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.portal.documents.models import Document
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Person
from muniment.trust.vault import queries as vault
from muniment.trust.vault.keys import wrapping

STEP = timedelta(minutes=1)
KINDS = (
    ("pdf", "application/pdf"),
    ("sheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("image", "image/jpeg"),
    ("text", "text/csv"),
)
COLUMNS = (
    "id, client_id, name, kind, media_type, size_bytes, version_count, created_at, created_by, changed_at, changed_by, "
    "label"
)
TYPES = ("uuid", "uuid", "bytea", "text", "text", "int8", "int4", "timestamptz", "uuid", "timestamptz", "uuid", "text")
Row = tuple[Any, ...]


def open_client(reader_id: UUID, name: str) -> UUID:
    """Open a client, let a person of the firm work for it, and return its id."""
    firm = Actor.system(clients.firm_id(), purpose="Measure")
    company = identity.open_client(firm, name=name)
    identity.assign_staff(
        Actor.system(company.id, purpose="Measure"), person_id=reader_id, role="advisor", purpose="Measure"
    )
    return company.id


def rows(client_id: UUID, count: int, authors: list[UUID], newest: datetime) -> Iterator[Row]:
    """Yield documents at the top of a client, newest first, a minute apart, by each author in turn."""
    key = vault.client_key(client_id)
    where = f"{Document._meta.db_table}.name".encode()
    for number in range(count):
        document_id = ids.new()
        name = f"Statement {number:07}, year end and supporting papers.pdf"
        sealed = wrapping.seal(key, name.encode(), client_id.bytes + document_id.bytes + where)
        kind, media_type = KINDS[number % len(KINDS)]
        author = authors[number % len(authors)]
        changed = newest - number * STEP
        added = (changed, author)
        yield document_id, client_id, sealed, kind, media_type, 100_000 + number, 1, *added, *added, "normal"


def copy(connection: "psycopg.Connection[Any]", client_id: UUID, documents: Iterable[Row]) -> None:
    """Write the documents of a new client, each with its one version and blob."""
    connection.execute("set session_replication_role = replica")  # checking every reference, all right, takes minutes
    with connection.cursor().copy(f"copy document ({COLUMNS}) from stdin (format binary)") as stream:
        stream.set_types(TYPES)
        for row in documents:
            stream.write_row(row)
    connection.execute(
        "insert into blob (id, client_id, size_bytes, received_bytes, salt, wrapped_key, created_at, sealed_at) "
        "select id, client_id, size_bytes, size_bytes, sha256(uuid_send(id)), "
        "substr(sha256(uuid_send(id)) || sha256(uuid_send(client_id)), 1, 60), created_at, created_at "
        "from document where client_id = %s",
        [client_id],
    )
    connection.execute(
        "insert into version (id, client_id, document_id, blob_id, number, media_type, size_bytes, added_at, added_by) "
        "select id, client_id, id, id, 1, media_type, size_bytes, created_at, created_by "
        "from document where client_id = %s",
        [client_id],
    )
    connection.commit()


def fill(connection: "psycopg.Connection[Any]", reader_email: str, counts: list[int]) -> list[UUID]:
    """Open a client for each count, with so many documents that the reader may view, and return their ids."""
    reader = people.find_person(reader_email)
    if reader is None:
        raise LookupError(f"nobody has the address {reader_email}")
    authors = list(Person.objects.filter(kind="staff").values_list("id", flat=True)[:4])
    now = clock.now()
    found = []
    for count in counts:
        client_id = open_client(reader.id, f"Measured with {count}")
        copy(connection, client_id, rows(client_id, count, authors, now))
        found.append(client_id)
    connection.autocommit = True
    connection.execute("vacuum (analyze) document, version, blob")
    return found


def main() -> None:
    """Fill the portal of the environment for the reader's address and the counts given; print the new public ids."""
    server = make_conninfo(**config.connection(config.current(), "super").parameters())
    with psycopg.connect(server) as connection:
        found = fill(connection, sys.argv[1], [int(text) for text in sys.argv[2:]])
    print(json.dumps([ids.public(client_id) for client_id in found]))
