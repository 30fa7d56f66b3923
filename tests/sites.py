"""An installation of its own for tests of backups: a data directory with keys, a cluster and the cast, made once.

The server of other tests holds hundreds of databases, which a backup would all read; this one holds the portal's alone.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from muniment.core import config
from muniment.core.config import Config
from muniment.operations import accounts, preparation, programs
from muniment.operations.database import EmbeddedDatabase
from muniment.operations.places import Accounts, make_places
from tests.server import FAST

ROOT = Path(__file__).parents[1]
_TEMPLATE = "-site"


@dataclass
class Site:
    """A copy of the installation: its settings, and its server while `running`."""

    present: Config
    database: EmbeddedDatabase

    @property
    def data(self) -> Path:
        return self.present.data

    def task(
        self, *arguments: str, path: Sequence[Path] = (), module: str = "continuity.task"
    ) -> "subprocess.Popen[str]":
        """Start a program of the portal beside the server; folders in `path` come first where programs are sought."""
        environment = programs.environment(self.present, "job")
        environment["PATH"] = os.pathsep.join([*map(str, path), os.environ["PATH"]])
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        return subprocess.Popen(
            programs.command(module, *arguments),
            env=environment,
            cwd=self.data,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, module: str = "continuity.task") -> str:
        """Run such a program to its end and return what it said; it must end well."""
        process = self.task(*arguments, module=module)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, said
        return said

    def ask(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database, as its superuser."""
        with psycopg.connect(self.database.dsn("super"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Site]:
    """Give a copy of the installation in `folder`, with its server running; further settings as in the environment."""
    data = folder / "data"
    copy_to(data)
    with started(data, **settings) as site:
        yield site


@contextmanager
def started(data: Path, **settings: str) -> Iterator[Site]:
    """Start the server of a data directory for as long as the block takes."""
    present = _settings(data, **settings)
    found = Site(present, _server(present))
    found.database.start()
    try:
        yield found
    finally:
        found.database.stop()


def copy_to(data: Path) -> None:
    """Copy the installation, whose server does not run, into a directory that is not there yet, or is empty."""
    data.mkdir(exist_ok=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", f"{_template()}/.", str(data)], check=True)


def remove(data: Path) -> None:
    """Remove the installation that copies are made of; called by the controlling process."""
    shutil.rmtree(_place(data), ignore_errors=True)


def _place(data: Path) -> Path:
    return data.with_name(data.name + _TEMPLATE)


def _template() -> Path:
    """Return the data directory that copies are made of, made by whoever needs it first."""
    place = _place(Path(os.environ["_MUNIMENT_TEST_DATA"]))
    place.mkdir(mode=0o755, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "done").exists():
            _make(place / "data")
            (place / "done").touch()
    return place / "data"


def _make(data: Path) -> None:
    present = _settings(data)
    account = accounts.ensure_system_user() if accounts.is_root() else None
    make_places(present, Accounts(account, None))
    database = _server(present)
    database.start()
    try:
        preparation.prepare(present)
        for role, step in (("owner", "owner"), ("app", "cast")):
            environment = {**os.environ, **config.environment(present), "_MUNIMENT_DATABASE_ROLE": role}
            subprocess.run([sys.executable, "-m", "tests.template", step], env=environment, cwd=ROOT, check=True)
    finally:
        database.stop()


def _settings(data: Path, **more: str) -> Config:
    return config.load({"MUNIMENT_DATA": str(data), "MUNIMENT_PASSWORD_HASH_PASSES": "1", **more})


def _server(present: Config) -> EmbeddedDatabase:
    account = accounts.ensure_system_user() if accounts.is_root() else None
    database = EmbeddedDatabase.of(present, account)
    database.settings |= {name: value for name, value in FAST.items() if name != "wal_keep_size"}
    return database
