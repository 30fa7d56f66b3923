"""Whatever dies, and whenever: what was acknowledged is there, its entry is in the log, and the log is whole.

Fifty kills here; `make nightly` makes a thousand of them, in at most fifteen minutes.
"""

import copy
import hashlib
import json
import os
import random
import subprocess
import sys
from typing import Any

import pytest

from muniment.operations import programs
from tests.faults.chaos import WRITERS, hurt
from tests.faults.portal import ROOT, Small, wait_until
from tests.faults.test_kills import answers, doomed  # noqa: F401 - a portal that may be hurt
from tests.faults.visitor import Visitor

KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 2**31)
SECONDS = 840.0  # at most; a part that was killed often waits longer before it starts again
LOOK = """
import django, json, sys
django.setup()
from uuid import UUID
from muniment.trust.audit import actions as audit
from muniment.trust.vault import actions as vault
digests = [vault.prove_blob(UUID(client), UUID(blob)).hex() for client, blob in json.load(sys.stdin)]
print(json.dumps({"digests": digests, "found": audit.rehash_all().found}))
"""
VERSIONS = """
select v.client_id::text, v.blob_id::text from app.version v join app.document d on d.client_id = v.client_id
and d.id = v.document_id
"""

pytestmark = [pytest.mark.slow, pytest.mark.control("rpo-rto-met")]


def test_what_was_acknowledged_outlives_kills_of_everything(doomed: Small) -> None:  # noqa: F811 - the fixture
    cleo = Visitor(doomed).sign_in("cleo", "okoye")
    people = [copy.copy(cleo) for _ in range(WRITERS)]

    killer, writers = hurt(doomed, people, kills=KILLS, seconds=SECONDS, seed=SEED)

    kept = {name: content for writer in writers for name, content in writer.acknowledged.items()}
    print(f"seed {SEED}: {dict(killer.killed)}, {len(kept)} uploads acknowledged")  # noqa: T201 - read after a failure
    assert killer.killed.total() == KILLS, (SEED, killer.killed)
    assert len(kept) >= KILLS // 10, (SEED, len(kept))  # hundreds, on a machine that does nothing else
    assert [name for writer in writers for name in writer.gave_up] == [], SEED
    assert wait_until(lambda: {"server", "worker", "postgres"} <= set(doomed.parts()) and answers(cleo)), SEED
    with doomed.database() as database:
        waiting = "select count(*) from app.entry where position is null"
        assert wait_until(lambda: database.execute(waiting).fetchone() == (0,)), SEED
        documents, entries = database.execute(
            "select count(*), count(e.id) from app.document d left join app.entry e "
            "on e.client_id = d.client_id and e.object_id = d.id and e.event = 'document.added' and e.allowed"
        ).fetchone() or (0, 0)
        versions = database.execute(VERSIONS).fetchall()
    assert documents == entries >= len(kept), SEED
    there = _looked(doomed, versions)
    lost = [name for name, content in kept.items() if hashlib.sha256(content).hexdigest() not in there["digests"]]
    assert lost == [], SEED
    assert there["found"] == [], SEED


def _looked(portal: Small, versions: list[Any]) -> dict[str, Any]:
    """Read every document back, and hash all logs anew, in the worker's role."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=ROOT,
        env={**programs.environment(portal.present, "job"), "PYTHONPATH": str(ROOT / "src")},
        input=json.dumps(versions),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
