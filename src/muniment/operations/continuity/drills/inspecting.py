"""Look at what was restored: a program of its own, in the worker's role, on the drill's data.

It prints what it found as JSON: numbers and words of the code alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

DELETABLE_SHARE = 0.5  # of rows that people may remove, so many may have gone within the hour before
_ONLY_GROWING = """
select c.relname from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
  and not has_table_privilege('muniment_app', c.oid, 'delete')
  and not has_table_privilege('muniment_job', c.oid, 'delete')
"""


def rows() -> dict[str, Any]:
    """Compare the rows there are with the newest count in the restored database, which is signed.

    What it counted was committed before it, so nothing of it may be missing.
    """
    from django.db import connection

    from muniment.assurance.continuity import queries

    census, counts = queries.newest_census(), queries.row_counts()
    told = {"name": "rows", "amount": sum(counts.values())}
    if census is None:
        return {**told, "outcome": "skipped", "at": None}
    with connection.cursor() as cursor:
        cursor.execute(_ONLY_GROWING)
        growing = {name for (name,) in cursor.fetchall()}
    missing = [
        table
        for table, count in census.counts.items()
        if counts.get(table, -1) < (count if table in growing else count * DELETABLE_SHARE)
    ]
    right = census.is_signed and not missing
    return {
        "name": "rows",
        "outcome": _outcome(right=right),
        "amount": sum(counts.values()),
        "at": census.at.isoformat(),
    }


def logs() -> dict[str, Any]:
    """Hash all logs and the register anew, and compare with every head that was signed."""
    from muniment.trust.audit import actions as audit
    from muniment.trust.audit import queries as log

    done = audit.rehash_all()
    head = log.newest_register_head()
    return {
        "name": "logs",
        "outcome": _outcome(right=not done.found),
        "amount": done.entries,
        "register": [head.size, head.root.hex()] if head else None,
    }


def walls() -> dict[str, Any]:
    """Ask the restored catalogue whether every wall between clients stands."""
    from muniment.core.db import catalogue

    return {"name": "walls", "outcome": _outcome(right=not catalogue.problems()), "amount": 1}


def documents(listed: Path) -> dict[str, Any]:
    """Read restored documents back whole: each must open, and hash to what it did when it was taken in."""
    from uuid import UUID

    from muniment.trust.vault import actions as vault
    from muniment.trust.vault.errors import BlobDamaged, BlobMissing, KeyDestroyed

    wrong = read = 0
    for client_id, blob_id, known in json.loads(listed.read_text(encoding="ascii")):
        try:
            digest = vault.prove_blob(UUID(client_id), UUID(blob_id))
        except KeyDestroyed:
            continue  # on purpose: it opens nowhere
        except (BlobDamaged, BlobMissing):
            wrong += 1
        else:
            wrong += known is not None and digest.hex() != known
        read += 1
    return {"name": "documents", "outcome": _outcome(right=not wrong), "amount": read}


def _outcome(*, right: bool) -> str:
    return "passed" if right else "failed"


def main() -> None:
    """Look at all of it; the argument names the list of documents."""
    django.setup()
    found = [rows(), logs(), documents(Path(sys.argv[1])), walls()]
    print(json.dumps(found))  # noqa: T201 - read by the drill


if __name__ == "__main__":
    main()
