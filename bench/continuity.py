"""Backup and restore beside pg_basebackup and cp of the same data, a whole drill, and pages while a backup runs."""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from bench import beside, process_tree
from bench.callers import Crowd, TusUpload
from bench.portal import Portal, Visitor, fetch
from bench.results import Result, compared, limited

DATABASE_MEGABYTES = 150
DOCUMENTS_OF_MEGABYTE = 2
DOCUMENT_BYTES = 100_000
PAGES = 60
DRILL_SECONDS = 30.0
SLOWER = "<= 1.3"
READY_SECONDS = 900.0


def measure(
    portal: Portal,
    visitor: Visitor,
    *,
    megabytes: int = DATABASE_MEGABYTES,
    rounds: int = 3,
) -> list[Result]:
    """Fill the portal and measure. `visitor` may upload, and their page of documents is the one that is timed.

    So many megabytes go into the database, and two documents of 100 KB for each into the store.
    """
    count = DOCUMENTS_OF_MEGABYTE * megabytes
    _upload(portal, visitor, count)
    beside.ask(portal, "bench.continuity_run", "fill", megabytes, role="job")
    process_tree.settle(portal.process_id)
    quiet = _latency(portal, visitor, PAGES)
    found = beside.ask(portal, "bench.continuity_run", "measure", rounds, role="job")
    busy = _while(portal, visitor)
    return [
        compared("backup of the database", found["backup"], "MB/s", "pg_basebackup", found["pg_basebackup"]),
        compared("backup of documents", found["store"], "MB/s", "cp", found["cp"]),
        compared("restore of the database", found["restore"], "MB/s", "tar", found["tar"]),
        compared("restore of documents", found["store_back"], "MB/s", "cp", found["cp"]),
        compared("page while a backup runs", busy, "ms", "quiet", quiet, aim=SLOWER),
        limited(f"drill, {found['bytes'] / 1e9:.1f} GB and {count:,} documents", _drill(portal), "s", DRILL_SECONDS),
    ]


def _upload(portal: Portal, visitor: Visitor, count: int) -> None:
    path = f"/{visitor.client}/uploads/"
    callers = min(4, count)
    with Crowd(callers) as crowd:
        crowd.run([TusUpload(portal.address, path, DOCUMENT_BYTES, count // callers, visitor.headers)] * callers)


def _latency(portal: Portal, visitor: Visitor, pages: int) -> float:
    """Return the median of a page in milliseconds, over one connection."""
    connection, found = portal.address.connect(), []
    try:
        for _ in range(pages):
            begun = time.monotonic()
            fetch(connection, visitor.documents, visitor.headers)
            found.append((time.monotonic() - begun) * 1000)
    finally:
        connection.close()
    return statistics.median(found)


def _while(portal: Portal, visitor: Visitor) -> float:
    """Return the same while the agent makes a backup."""
    begun = threading.Thread(target=_command, args=(portal, "backup", "run"))
    begun.start()
    found: list[float] = []
    while begun.is_alive() or not found:
        found.append(_latency(portal, visitor, 5))
    begun.join()
    return statistics.median(found)


def _drill(portal: Portal) -> float:
    """Hold a drill once everything is saved, and return its seconds."""
    _command(portal, "backup", "run")
    begun = time.monotonic()
    said = _command(portal, "drill", "--every-document")
    seconds = time.monotonic() - begun
    report = json.loads(said.rpartition("\n\n")[0])
    if report["state"] != "passed":
        raise RuntimeError(f"the drill failed: {report['checks']}")
    return seconds


def _command(portal: Portal, *arguments: str) -> str:
    program = Path(sys.executable).with_name("muniment")
    done = subprocess.run(
        [str(program), *arguments, "--data", str(portal.data)],
        env={**_environment(), "MUNIMENT_DEMO": "true"},
        capture_output=True,
        text=True,
        timeout=READY_SECONDS,
        check=True,
    )
    return done.stdout


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MUNIMENT_")}
