"""Which documents of a restored database are looked at, and where their bytes are in the repository."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg

from muniment.operations.continuity.restic import Repository, Snapshot

SAMPLE = 50
_BLOBS = """
select client_id::text, id::text, coalesce(place_id, id)::text, size_bytes, encode(sha256, 'hex') from app.blob
where sealed_at is not null and deleted_at is null and store = 'disk' order by {} limit %s
"""
_TOTAL = """
select count(*), coalesce(sum(size_bytes), 0) from app.blob
where sealed_at is not null and deleted_at is null and store = 'disk'
"""


@dataclass(frozen=True)
class Restored:
    """One blob that should be in the store: its ids, its size, and the SHA-256 it had (hexadecimal) if known."""

    client_id: str
    id: str
    place_id: str
    size_bytes: int
    sha256: str | None

    @property
    def path(self) -> str:
        """Where it is in a snapshot of the store."""
        client, name = UUID(self.client_id).hex, UUID(self.place_id).hex
        return f"/store/{client}/{name[-2:]}/{name}.mnb"


def total(server: "psycopg.Connection[tuple[object, ...]]") -> tuple[int, int]:
    """Return how many blobs a restored database says there are, and how many bytes."""
    count, size = server.execute(_TOTAL).fetchone() or (0, 0)
    return int(str(count)), int(str(size))


def choose(server: "psycopg.Connection[tuple[object, ...]]", *, whole: bool) -> list[Restored]:
    """Return all blobs, or a sample that chance chooses and that holds the newest one, too."""
    if whole:
        rows = server.execute(_BLOBS.format("id"), [None]).fetchall()
    else:
        rows = server.execute(_BLOBS.format("random()"), [SAMPLE]).fetchall()
        rows += server.execute(_BLOBS.format("sealed_at desc"), [1]).fetchall()
    return [Restored(*row) for row in dict.fromkeys(rows)]  # type: ignore[arg-type] # columns of the statement


def fetch(repository: Repository, snapshot: Snapshot, chosen: Sequence[Restored], into: Path, *, whole: bool) -> None:
    """Bring the chosen blobs out of a snapshot of the store, or all of it."""
    if chosen:
        repository.restore_tree(snapshot.id, into, include=() if whole else [one.path for one in chosen])
