"""A base backup: the database's files as one stream, read by pg_basebackup while people work."""

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo

from muniment.assurance.continuity.types import Trouble
from muniment.core import config
from muniment.core.config import Config
from muniment.operations import binaries, processes
from muniment.operations.continuity.troubles import Failed
from muniment.operations.continuity.wal import Segment

START = re.compile(rb"START WAL LOCATION: [0-9A-F]+/[0-9A-F]+ \(file ([0-9A-F]{24})\)")
LABEL_BYTES = 65536  # the label is the first file of the stream
SILENT_SECONDS = 900.0  # it waits for its own write-ahead log to be archived, which a full disk stops
STOP_STEPS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))


class Stopped(Failed):
    """The agent was told to stop in the middle; it begins anew when it starts again."""

    trouble = Trouble.INTERRUPTED


class Stream:
    """What pg_basebackup or pg_dump writes; its end is only an end if the program ended well.

    `first` is the segment of the write-ahead log that a base backup begins in, known once its label was read.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", output: IO[bytes], stopping: Callable[[], bool]) -> None:
        self._process = process
        self._output = output
        self._stopping = stopping
        self._head = b""
        self.first: Segment | None = None

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end.

        Raises:
            Failed: the program failed, or said nothing for a quarter of an hour.
            Stopped: the agent was told to stop.
        """
        self._await()
        chunk = os.read(self._output.fileno(), size)
        if self.first is None and len(self._head) < LABEL_BYTES:
            self._head += chunk
            if found := START.search(self._head):
                self.first = Segment.of(found[1].decode())
        if not chunk:
            said = self._process.stderr.read() if self._process.stderr else b""
            if self._process.wait() != 0:
                raise Failed(said.decode(errors="replace").strip()[-1000:], Trouble.NO_DATABASE)
        return chunk

    def _await(self) -> None:
        deadline = time.monotonic() + SILENT_SECONDS
        while not select.select([self._output], [], [], 0.5)[0]:
            if self._stopping():
                raise Stopped
            if time.monotonic() > deadline:
                raise Failed("The database gave nothing for a long time.", Trouble.NO_DATABASE)


@contextmanager
def stream(present: Config, stopping: Callable[[], bool], *, alone: bool = False) -> Iterator[Stream]:
    """Give the database of the settings as a stream: a tar of its files, or a dump of an operator's own server.

    With `alone` the tar holds its write-ahead log, too, so that nothing else is needed to bring it back.
    """
    if present.database_url is None:
        command = [
            "pg_basebackup",
            *("--host", str(present.run), "--username", "muniment_backup", "--no-password"),
            *("--pgdata", "-", "--format", "tar", "--wal-method", "fetch" if alone else "none", "--checkpoint", "fast"),
            *("--no-manifest", "--no-estimate-size"),
        ]
        secret = {}
    else:
        command = ["pg_dump", "--format", "custom", "--compress", "0", "--no-password"]
        secret = _libpq(config.connection(present, "super").parameters())
    programs = binaries.copy(present.data / "pg") / "bin"
    process = subprocess.Popen(
        [str(programs / command[0]), *command[1:]],
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(present.data), **secret},
        cwd=present.data,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=processes.tied_to(os.getpid(), signal.SIGTERM),  # noqa: PLW1509 - it calls prctl alone
    )
    with process:
        try:
            if process.stdout is None:
                raise Failed
            yield Stream(process, process.stdout, stopping)
        finally:
            processes.stop(process, STOP_STEPS)


def end_segment(present: Config) -> None:
    """Let the server end the segment it writes to, so that everything until now can be saved."""
    with _connection(present) as database:
        database.execute("select pg_switch_wal()")


def size_bytes(present: Config) -> int:
    """Return how large the database is, as the server knows it."""
    with _connection(present) as database:
        found = database.execute("select pg_database_size(current_database())").fetchone()
    return int(str(found[0])) if found else 0


def may_dump(present: Config) -> bool:
    """Tell whether the user of the operator's own server sees every row: only then is a dump of it whole."""
    with _connection(present) as database:
        found = database.execute(
            "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
        ).fetchone()
    return bool(found and found[0])


def _connection(present: Config) -> "psycopg.Connection[tuple[object, ...]]":
    found = config.connection(present, "backup" if present.database_url is None else "super").parameters()
    try:
        return psycopg.connect(make_conninfo(**{**found, "connect_timeout": "10"}), autocommit=True)
    except psycopg.OperationalError as error:
        raise Failed("The database does not answer.", Trouble.NO_DATABASE) from error


def _libpq(parameters: dict[str, str]) -> dict[str, str]:
    """Return connection parameters as environment variables, where other accounts do not see them."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE", "password": "PGPASSWORD"}
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    return {names[name]: value for name, value in parameters.items() if name in names}
