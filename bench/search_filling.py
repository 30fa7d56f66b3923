"""Fills clients with documents that have names and words, and asks questions; Django must be set up.

Tokens are made as the portal makes them; rows are copied in past it, and the index of tokens is built at the end.
"""

import itertools
import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from bench import filling
from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.portal.documents import queries
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Person
from muniment.trust.vault.index import keys, tokens
from muniment.trust.vault.index.types import RULES, WHOLE

WORDS, WORDS_A_DOCUMENT = 30_000, 200
ROUNDS = 25
RARE = 500  # the document that has the rare word in every client
COLUMNS = "client_id, id, sort, kind, ranked_at, edition, rules, state, tokens, shared"
TYPES = ("uuid", "uuid", "text", "text", "timestamptz", "int4", "int2", "text", "int8[]", "int8[]")
QUESTIONS = {  # how rare each is follows from the names that `filling` gives and from the words' frequencies
    "a part of one name": "0000123",
    "a part of every name": "statement",
    "parts of every name": "statement supporting papers",
    "a rare word": "word29000",
    "a common word": "word0",
    "common words": "word0 word1 word2",
    "a common and a rare word": "word0 word29000",
    "nothing": "zzqxj",
}
Row = tuple[Any, ...]


def rows(client_id: UUID, facts: Iterable[Row]) -> Iterator[Row]:
    """Yield the tokens of each document (id, kind, time); frequent words are frequent as in a language."""
    with bound(Binding(client_id)):
        key = keys.key_to_write(client_id)
    if key is None:
        raise LookupError("the search is switched off")
    vocabulary = [next(iter(tokens.of_words(key, [f"word{number}"]))) for number in range(WORDS)]
    weights = list(itertools.accumulate(1 / (number + 5) for number in range(WORDS)))
    chance = random.Random(str(client_id))  # noqa: S311 - which words a document has is no secret
    for number, (document_id, kind, changed_at) in enumerate(facts):
        names = tokens.of_name(key, f"Statement {number:07}, year end and supporting papers.pdf")
        said = set(chance.choices(vocabulary, cum_weights=weights, k=WORDS_A_DOCUMENT * 2))
        if number == RARE:
            said |= {vocabulary[0], vocabulary[29_000]}
        yield client_id, document_id, "document", kind, changed_at, 1, RULES, WHOLE, sorted(names | said), []


def fill(server: "psycopg.Connection[Any]", client_id: UUID, count: int, authors: list[UUID]) -> None:
    """Write the documents of a new client and their tokens."""
    facts: list[Row] = []

    def noted() -> Iterator[Row]:
        for row in filling.rows(client_id, count, authors, clock.now()):
            facts.append((row[0], row[3], row[9]))
            yield row

    filling.copy(server, client_id, noted())
    with server.cursor().copy(f"copy indexed_thing ({COLUMNS}) from stdin (format binary)") as stream:
        stream.set_types(TYPES)
        for row in rows(client_id, facts):
            stream.write_row(row)
    server.commit()


def milliseconds(ask: Callable[[], object]) -> tuple[float, float]:
    """Return the processor time of a question, the database's included, and the median of the whole time."""
    taken, before = [], _processor_seconds()
    for _ in range(ROUNDS):
        begun = time.monotonic()
        ask()
        taken.append(1000 * (time.monotonic() - begun))
    return 1000 * (_processor_seconds() - before) / ROUNDS, statistics.median(taken)


def _processor_seconds() -> float:
    """Return the processor time of this process and of what serves it in the database."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (backend,) = cursor.fetchone()
    ticks = Path(f"/proc/{backend}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Fill the portal of the environment for the reader's address and the counts given; print what was measured."""
    reader = people.find_person(sys.argv[1])
    if reader is None:
        raise LookupError(f"nobody has the address {sys.argv[1]}")
    authors = list(Person.objects.filter(kind="staff").values_list("id", flat=True)[:4])
    counts = [int(text) for text in sys.argv[2:]]
    made = {count: filling.open_client(reader.id, f"Searched with {count}") for count in counts}
    with psycopg.connect(make_conninfo(**config.connection(config.current(), "super").parameters())) as server:
        (definition,) = server.execute("select pg_get_indexdef('indexed_tokens'::regclass)").fetchone() or ("",)
        server.execute("drop index indexed_tokens")
        for count, client_id in made.items():
            fill(server, client_id, count, authors)
        server.execute("set maintenance_work_mem = '256MB'")
        server.execute(definition)
        server.commit()
        server.autocommit = True
        server.execute("vacuum (analyze) document, version, blob, indexed_thing")
        told = _measured(made, reader.id)
        told["index_megabytes"] = _megabytes(server, "pg_relation_size('indexed_tokens')")
        told["tokens_megabytes"] = _megabytes(server, "pg_table_size('indexed_thing')")
    print(json.dumps(told))


def _measured(made: dict[int, UUID], reader_id: UUID) -> dict[str, Any]:
    found: dict[str, tuple[float, float]] = {}
    before = _resident_megabytes()
    for count, client_id in made.items():
        actor = Actor(kind="staff", person_id=reader_id, client_id=client_id)
        for name, text in QUESTIONS.items():
            page = queries.search(actor, text)
            if bool(page.rows) != (name != "nothing"):
                raise LookupError(f"{name}: {len(page.rows)} documents found among {count}")
            found[f"search {name} among {count:,}"] = milliseconds(lambda: queries.search(actor, text))  # noqa: B023 - called at once
    actor = Actor(kind="staff", person_id=reader_id, client_id=next(iter(made.values())))
    for name in ("a part of one name", "a common word", "parts of every name"):
        asked = milliseconds(lambda: queries.search_everywhere(actor, QUESTIONS[name]))  # noqa: B023 - called at once
        found[f"search {name} in all clients"] = asked
    return {"milliseconds": found, "grown_megabytes": _resident_megabytes() - before}


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _megabytes(server: "psycopg.Connection[Any]", size: str) -> float:
    row = server.execute(f"select {size}").fetchone()
    return float(row[0]) / 2**20 if row else 0.0
