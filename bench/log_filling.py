"""Fills the logs of clients with entries, beside a running portal; Django must be set up.

Each entry is sealed and committed to as the portal does; rows are copied in past it, with their numbers but without a
tree: pages never look at it, and numbering a million takes the sequencer a while.
"""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from bench import filling
from muniment.core import clock, config, ids
from muniment.trust.audit.canonical import Part, leaf_hash
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Person
from muniment.trust.vault import queries as vault
from muniment.trust.vault.keys import wrapping

STEP = timedelta(seconds=90)  # about a thousand a day, so that a million fill three years
COLUMNS = (
    "client_id, id, at, event, allowed, object_kind, object_id, person_id, leaf, core_commitment, private_commitment, "
    "core, private, position"
)
TYPES = ("uuid", "uuid", "timestamptz", "text", "bool", "text", "uuid", "uuid", *["bytea"] * 5, "int8")
EVENTS = ("document.viewed", "document.downloaded", "page.opened", "document.renamed")
Row = tuple[Any, ...]


def rows(client_id: UUID, count: int, persons: list[UUID], *, are_numbered: bool) -> Iterator[Row]:
    """Yield entries of a client, oldest first, evenly apart, by each person in turn."""
    key, begin = vault.client_key(client_id), clock.now() - count * STEP
    for number in range(count):
        entry_id, document_id = ids.new(), ids.new()
        at, event, person_id = begin + number * STEP, EVENTS[number % len(EVENTS)], persons[number % len(persons)]
        core = Part.of(
            {
                "v": 1,
                "id": ids.public(entry_id),
                "event": event,
                "action": "",
                "at": at.isoformat(timespec="microseconds"),
                "allowed": True,
                "object_kind": "document",
                "object_id": ids.public(document_id),
                "purpose": "Year end 2026",
                "facts": {},
            }
        )
        private = Part.of(
            {"person": ids.public(person_id), "kind": "staff", "ip": "192.0.2.10", "device": "Firefox on Linux"}
        )
        sealed = [
            wrapping.seal(key, part.plain, client_id.bytes + f"entry.{name}".encode() + entry_id.bytes)
            for name, part in (("core", core), ("private", private))
        ]
        place = number if are_numbered else None
        hashes = leaf_hash(core.commitment, private.commitment), core.commitment, private.commitment
        yield client_id, entry_id, at, event, True, "document", document_id, person_id, *hashes, *sealed, place


def fill(
    server: "psycopg.Connection[Any]", client_id: UUID, count: int, persons: list[UUID], *, are_numbered: bool = True
) -> None:
    """Write the entries of a client; without numbers, the worker gives them."""
    with server.cursor().copy(f"copy entry ({COLUMNS}) from stdin (format binary)") as stream:
        stream.set_types(TYPES)
        for row in rows(client_id, count, persons, are_numbered=are_numbered):
            stream.write_row(row)
    server.commit()


def main() -> None:
    """Open a client for the reader's address and each count given, fill its log, and print the public ids."""
    reader = people.find_person(sys.argv[1])
    if reader is None:
        raise LookupError(f"nobody has the address {sys.argv[1]}")
    persons = list(Person.objects.filter(kind="staff").values_list("id", flat=True)[:4])
    found = []
    with psycopg.connect(make_conninfo(**config.connection(config.current(), "super").parameters())) as server:
        for count in map(int, sys.argv[2:]):
            client_id = filling.open_client(reader.id, f"Log of {count}")
            fill(server, client_id, count, persons)
            found.append(ids.public(client_id))
        server.autocommit = True
        server.execute("vacuum (analyze) entry")
    print(json.dumps(found))
