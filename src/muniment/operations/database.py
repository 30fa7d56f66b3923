"""The built-in PostgreSQL: prepared, started, watched and stopped as a child of the supervisor."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from muniment.core.config.database import DATABASE, Connection, DatabaseRole
from muniment.operations import accounts, binaries, locks, processes, readiness
from muniment.operations.cluster_files import write_access_files, write_settings
from muniment.operations.errors import DatabaseRefused
from muniment.operations.processes import Account

SUPER = "muniment_super"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107  # what the kernel's sockaddr_un holds, without the closing zero
START_SECONDS = 60.0
STOP_STEPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
CONNECTIONS = 160
CACHE_BYTES = 64 * 2**20


class EmbeddedDatabase:
    """A PostgreSQL server that lives under `root` and listens on a socket there, nowhere else.

    `account` runs it where root starts it. `settings` go over the server's own: tests may trade safety
    for speed, the product never does.
    """

    def __init__(
        self,
        root: Path,
        *,
        account: Account | None = None,
        connections: int = CONNECTIONS,
        cache_bytes: int = CACHE_BYTES,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.root = root
        self.cluster = root / "database"
        self.run = root / "run"
        self.logs = root / "logs" / "database"
        self.account = account or (accounts.ensure_system_user() if accounts.is_root() else None)
        self._settings = {
            "max_connections": str(connections),
            "shared_buffers": f"{cache_bytes // 1024}kB",
            **(settings or {}),
        }
        self._programs: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self, *, timeout_seconds: float = START_SECONDS, given_up: Callable[[], bool] = lambda: False) -> None:
        """Make the server ready for connections, creating its files first where there are none.

        Starting again after a crash recovers what was committed. A server of a supervisor that was
        killed is waited for. `given_up` is asked meanwhile; once it says so, the start ends early.

        Raises:
            DatabaseRefused: somebody else runs it, the path is too long, or it does not come up.
        """
        self.prepare()
        deadline = time.monotonic() + timeout_seconds
        while not given_up():
            self.launch()
            while self.is_running() and time.monotonic() < deadline and not given_up():
                if self.is_ready():
                    return
                time.sleep(0.02)
            if time.monotonic() >= deadline:
                self.stop()
                raise DatabaseRefused(
                    f"The database did not become ready within {timeout_seconds:.0f} seconds. "
                    f"The reason stands in {self.logs / 'start.log'}."
                )
            time.sleep(0.2)  # the server of a killed supervisor is still leaving: its memory and lock file go soon

    def prepare(self) -> None:
        """Take the lock, and make directories, programs and cluster where they are missing.

        Raises:
            DatabaseRefused: somebody else runs it, the path is too long or closed, or the cluster is of
                another version.
        """
        size = len(os.fsencode(self.run / SOCKET_NAME))
        if size > SOCKET_PATH_BYTES:
            raise DatabaseRefused(
                f"The data directory's path is too long: the database's socket in it would have {size} bytes and may "
                f"have {SOCKET_PATH_BYTES}. Choose a shorter one."
            )
        self._make_directories()
        if self._lock is None:
            try:
                self._lock = locks.hold(self.root / "database.lock")
            except locks.LockTaken as taken:
                raise DatabaseRefused(
                    f"The database in {self.root} is run by another process ({taken.process_id or 'unknown'})."
                ) from taken
        self._programs = binaries.copy(self.root / "pg")
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        write_access_files(self.cluster, self.account)
        write_settings(self.cluster, run=self.run, logs=self.logs, settings=self._settings)
        if self.account:
            for name in ("pg_hba.conf", "pg_ident.conf", "postgresql.conf"):
                os.chown(self.cluster / name, self.account.uid, self.account.gid)

    def launch(self) -> None:
        """Start the server's process without waiting for it; `prepare` has run."""
        start_log = self.logs / "start.log"
        with os.fdopen(os.open(start_log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            self._process = processes.start(
                [self._program("postgres"), "-D", self.cluster],
                environ=self._environment(),
                directory=self.root,
                parting_signal=signal.SIGINT,  # fast shutdown: sessions end, everything committed is on disk
                account=self.account,
                output=output,
            )

    def stop(self) -> None:
        """End sessions, write everything down and stop; repeating it does nothing."""
        if self._process is not None:
            processes.stop(self._process, STOP_STEPS)
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def is_running(self) -> bool:
        """Tell whether the server's process is alive."""
        return self._process is not None and self._process.poll() is None

    def is_ready(self) -> bool:
        """Tell whether the server accepts connections."""
        return readiness.database_answers(self.run / SOCKET_NAME, SUPER)

    @property
    def process_id(self) -> int | None:
        """The process id of the server, None while it is stopped."""
        return self._process.pid if self._process is not None else None

    # -- connecting ---------------------------------------------------------------------------------------------------

    def connection(self, role: DatabaseRole, dbname: str = DATABASE) -> Connection:
        """Return how `role` connects to a database of this server."""
        return Connection(host=str(self.run), port=5432, user=f"muniment_{role}", dbname=dbname)

    def dsn(self, role: DatabaseRole, dbname: str = DATABASE) -> str:
        """Return the same as a string for libpq."""
        found = self.connection(role, dbname).parameters()
        return " ".join(f"{name}='{value}'" for name, value in found.items())

    # -- inside -------------------------------------------------------------------------------------------------------

    def _make_directories(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.root.chmod(0o700)
        for path in (self.run, self.logs.parent, self.logs, self.root / "pg"):
            path.mkdir(exist_ok=True, mode=0o700)
        (self.root / "pg").chmod(0o755)
        if self.account is None:
            return
        for path in (self.root, self.run, self.logs.parent, self.logs):
            os.chown(path, self.account.uid, self.account.gid)
        if not accounts.can_enter(self.account, self.root):
            raise DatabaseRefused(
                f"PostgreSQL runs as the user {self.account.name}, who cannot enter {self.root}: a directory above it "
                "is closed. Choose another one, such as --data /var/lib/muniment."
            )

    def _initialise(self) -> None:
        """Create the cluster, which appears complete or not at all."""
        unfinished = self.cluster.with_name("database.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        done = self._call(
            "initdb",
            f"--pgdata={unfinished}",
            f"--username={SUPER}",
            "--auth-local=peer",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--data-checksums",
            "--no-instructions",
        )
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines()[-1:] or ["initdb gave no reason"]
            raise DatabaseRefused(f"The database could not be created: {reason[0]}")
        unfinished.rename(self.cluster)

    def _check_version(self) -> None:
        """Refuse a cluster that another major version wrote: its files mean something else."""
        written = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        programs = self._call("postgres", "--version").stdout.split()[-1].split(".")[0]
        if written != programs:
            raise DatabaseRefused(
                f"The database in {self.cluster} was written by PostgreSQL {written}, and this is PostgreSQL "
                f"{programs}. Go back to the version of Muniment that wrote it, or upgrade it with pg_upgrade."
            )

    def _program(self, name: str) -> Path:
        if self._programs is None:
            raise DatabaseRefused("The database has not been prepared.")
        return self._programs / "bin" / name

    def _environment(self) -> dict[str, str]:
        """Return the little environment of PostgreSQL's programs: no setting of ours, no secret."""
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.root)}

    def _call(self, name: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run one of PostgreSQL's programs to its end, as the database's account."""
        account = self.account
        return subprocess.run(
            [self._program(name), *arguments],
            env=self._environment(),
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077,
        )
