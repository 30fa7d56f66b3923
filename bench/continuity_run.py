"""The portal's own data, saved and brought back by us and by the programs that do nothing else: beside a portal."""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from bench import rounds
from muniment.core import config
from muniment.core.config import Config
from muniment.operations import binaries
from muniment.operations.continuity import base
from muniment.operations.continuity.restic import Repository

MEGABYTE = 1e6
_FILL = """
insert into public.ballast
select string_agg(sha256((i || ' ' || j)::bytea), ''::bytea) from generate_series(1, %s) i, generate_series(1, 31250) j
group by i, j / 250
"""


def fill(present: Config, megabytes: int) -> None:
    """Put so many megabytes that cannot be packed into the database."""
    with psycopg.connect(**config.connection(present, "super").parameters(), autocommit=True) as server:  # type: ignore[arg-type] # texts
        server.execute("set work_mem = '256MB'")
        server.execute("create table if not exists public.ballast (noise bytea)")
        server.execute("alter table public.ballast alter column noise set storage external")
        server.execute(_FILL, [megabytes])
        server.execute("checkpoint")


def measure(present: Config, count: int) -> dict[str, float]:
    """Return megabytes a second of each way, in medians over interleaved rounds."""
    with tempfile.TemporaryDirectory(dir=present.data, prefix="bench-") as name:
        top = Path(name)
        (top / "key").write_text("bench")
        size, store = base.size_bytes(present) / MEGABYTE, present.data / "store"
        stored = sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) / MEGABYTE
        repositories = [_repository(top, number) for number in range(count)]
        waiting, kept = iter(repositories), repositories[0]
        found = rounds.medians(
            {
                "pg_basebackup": lambda: size / _timed(lambda: _peer(present, top / "base.tar")),
                "backup": lambda: size / _timed(lambda: _ours(present, next(waiting))),
                "tar": lambda: size / _timed(lambda: _unpack(top / "base.tar", top / "unpacked")),
                "restore": lambda: size / _timed(lambda: _back(kept, top / "back")),
            },
            count,
        )
        later = iter(repositories)
        found |= rounds.medians(
            {
                "cp": lambda: stored / _timed(lambda: _copy(store, top / "copy")),
                "store": lambda: stored / _timed(lambda: _save(next(later), store)),
                "store_back": lambda: stored / _timed(lambda: _store_back(kept, top / "store-back")),
            },
            count,
        )
    return {**found, "bytes": (size + stored) * MEGABYTE}


def _repository(top: Path, number: int) -> Repository:
    made = Repository(str(top / f"repository-{number}"), password=top / "key", work=top / f"work-{number}")
    made.init()
    return made


def _timed(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def _peer(present: Config, into: Path) -> None:
    """Save the database by pg_basebackup alone, and see it on the disk."""
    program = binaries.copy(present.data / "pg") / "bin" / "pg_basebackup"
    command = [str(program), "--host", str(present.run), "--username", "muniment_backup", "--no-password"]
    with into.open("wb") as file:
        subprocess.run(
            [*command, "--pgdata=-", "--format=tar", "--wal-method=none", "--checkpoint=fast", "--no-manifest"],
            stdout=file,
            check=True,
        )
    _sync(into)


def _ours(present: Config, into: Repository) -> None:
    with base.stream(present, lambda: False) as source:
        into.backup_stdin("base.tar", source, tags=["base"])


def _unpack(packed: Path, into: Path) -> None:
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    subprocess.run(["tar", "-xf", str(packed), "-C", str(into)], check=True)
    _sync(into)


def _back(repository: Repository, into: Path) -> None:
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    with (
        repository.dump(repository.snapshots("base")[-1].id, "/base.tar") as stream,
        tarfile.open(fileobj=stream, mode="r|") as packed,
    ):
        packed.extractall(into, filter="data")
    _sync(into)


def _copy(store: Path, into: Path) -> None:
    shutil.rmtree(into, ignore_errors=True)
    subprocess.run(["cp", "-r", str(store), str(into)], check=True)
    _sync(into)


def _save(repository: Repository, store: Path) -> None:
    repository.backup_tree(store, tags=["store"], seconds=None)


def _store_back(repository: Repository, into: Path) -> None:
    shutil.rmtree(into, ignore_errors=True)
    repository.restore_tree(repository.snapshots("store")[-1].id, into)
    _sync(into)


def _sync(path: Path) -> None:
    subprocess.run(["sync", "--file-system", str(path)], check=True)


def main() -> None:
    """Do what the first argument says, with the number of the second, and print what came of it as JSON."""
    present, what, number = config.current(), sys.argv[1], int(sys.argv[2])
    if what == "fill":
        fill(present, number)
        print("{}")
    else:
        print(json.dumps(measure(present, number)))
