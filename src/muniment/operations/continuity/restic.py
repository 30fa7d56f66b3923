"""The repository of backups, driven through restic: encrypted, de-duplicated, on a disk, SFTP, S3 or REST.

The password is in a file that only the portal's account reads; nothing secret is on a command line.
Source: https://restic.readthedocs.io/en/v0.14.0/; nothing newer is used.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from muniment.assurance.continuity.types import Trouble
from muniment.core.config import Config
from muniment.core.config.backing import credential_lines
from muniment.operations import processes
from muniment.operations.continuity import marker
from muniment.operations.continuity.troubles import (
    Failed,
    RepositoryAway,
    RepositoryDamaged,
    RepositoryLocked,
    WrongPassword,
    told,
)

PROGRAM = "restic"
HOST = "muniment"  # of every snapshot: the machine's own name is nobody's business, and may change
READ_BYTES = 2**20
PASSED_ON = ("PATH", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")
ANSWER_SECONDS = 120.0
PUSH_SECONDS = 900.0  # restic itself tries for a quarter of an hour
UNFINISHED = ("*.part", "*.tail.*", "*.copy")  # of the store, and of the log
STOP_STEPS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
Told = Callable[[int], None]


class Source(Protocol):
    """Something to be saved: read until it gives nothing more; whatever it raises, nothing is saved."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


@dataclass(frozen=True)
class Snapshot:
    """One snapshot: its full name (64 hexadecimal digits), when it was begun (UTC), its tags and paths."""

    id: str
    at: datetime
    tags: frozenset[str]
    paths: tuple[str, ...]

    def said(self, name: str) -> str:
        """Return the rest of the tag that begins with `name` and "-" or "="; empty where there is none."""
        found = [tag[len(name) + 1 :] for tag in self.tags if tag.startswith((f"{name}-", f"{name}="))]
        return found[0] if found else ""


@dataclass(frozen=True)
class Saved:
    """What one snapshot cost: bytes read from here, bytes that the repository grew by."""

    snapshot_id: str
    bytes_read: int
    bytes_added: int


@dataclass(frozen=True)
class Keeping:
    """How long snapshots stay: one of each of so many days, weeks and months; and the newest of so many hours."""

    days: int
    weeks: int
    months: int
    hours: int = 0

    def arguments(self) -> list[str]:
        """Return them as restic's options; the newest two always stay."""
        named = {"hourly": self.hours, "daily": self.days, "weekly": self.weeks, "monthly": self.months}
        return ["--keep-last", "2", *(word for name, n in named.items() if n for word in (f"--keep-{name}", str(n)))]


def is_installed() -> bool:
    """Tell whether restic is on this machine."""
    return shutil.which(PROGRAM) is not None


class Repository:
    """One repository. Every method raises `Failed`, or the kind of it that says what is wrong.

    A lock that a dead process left is taken away once, and the call repeated; one of somebody alive is
    RepositoryLocked.
    """

    def __init__(
        self, place: str, *, password: Path, work: Path, credentials: Path | None = None, append_only: bool = False
    ) -> None:
        self.place = place
        self.append_only = append_only
        self._password = password
        self._work = work
        self._credentials = credentials

    @classmethod
    def of(cls, present: Config) -> "Repository":
        """Return the repository of the settings.

        Raises:
            Failed: backups are switched off.
        """
        if present.repository is None:
            raise Failed("Backups are switched off: MUNIMENT_BACKUP_REPOSITORY is none.")
        return cls(
            present.repository,
            password=present.backup_key,
            work=present.backups,
            credentials=present.backup_credentials,
            append_only=present.backup_append_only,
        )

    # -- the repository itself ----------------------------------------------------------------------------------------

    @property
    def is_local(self) -> bool:
        """Whether it is a directory that this machine sees."""
        return self.place.startswith("/")

    def exists(self) -> bool:
        """Tell whether it is there and opens with our password.

        Raises:
            WrongPassword, RepositoryDamaged, Failed: it is there and does not open, or nobody can tell.
        """
        try:
            self._run("cat", "config", "--no-lock")
        except RepositoryAway:
            return False
        return True

    def init(self) -> None:
        """Make the repository where it has never been, and remember that it was; repeating it does nothing.

        Raises:
            RepositoryAway: it was there before: a disk that is not mounted is no reason for a new repository.
        """
        if self.exists():
            marker.remember(self._work, self.place)
            return
        if marker.is_known(self._work, self.place):
            raise RepositoryAway(f"The repository is not at {self.shown}, where it was before.")
        self._run("init", "--repository-version", "2")
        marker.remember(self._work, self.place)

    @property
    def shown(self) -> str:
        """Where it is, without a password."""
        before, at, after = self.place.rpartition("@")
        return f"{before.split('//')[0]}//…@{after}" if at and self.place.startswith("rest:") else self.place

    def unlock(self) -> None:
        """Take away the locks of processes that are dead; those of living ones stay."""
        self._once("unlock", "--quiet")

    # -- writing ------------------------------------------------------------------------------------------------------

    def backup_tree(self, tree: Path, *, tags: Iterable[str], seconds: float | None = PUSH_SECONDS) -> Saved:
        """Save everything below `tree`; what has not changed since the last time is not read again.

        Paths in the snapshot begin at `tree` itself: /store/… whatever the data directory is called. What is unfinished
        comes and goes meanwhile, which restic would call an error, and is left out.
        """
        left_out = [word for pattern in UNFINISHED for word in ("--exclude", pattern)]
        command = ["backup", *_tagged(tags), "--host", HOST, "--json", "--quiet", *left_out, tree.name]
        return _saved(self._run(*command, directory=tree.parent, seconds=seconds))

    def backup_stdin(self, name: str, source: Source, *, tags: Iterable[str], told: Told = lambda _: None) -> Saved:
        """Save what `source` gives until its end as the file /`name`; `told` hears how many bytes were read.

        If reading raises, or `told` does, nothing is saved: a snapshot of half a database is worse than none.
        """
        command = ["backup", *_tagged(tags), "--host", HOST, "--json", "--quiet"]
        command += ["--stdin", "--stdin-filename", name]
        with self._started(command, feeding=True) as process:
            if process.stdin is None:
                raise Failed("restic takes no input.")
            try:
                _pour(source, process.stdin, told)
            except BrokenPipeError:
                pass  # it ended; why, is what it says
            except BaseException:
                process.kill()  # before its input ends, or it would take this for the end of the database
                raise
            said, trouble = process.communicate()
        if process.returncode != 0:
            raise self._reason(process, trouble)
        return _saved(said)

    def forget(self, *, tags: Iterable[str], keep: Keeping | None = None, ids: Sequence[str] = ()) -> None:
        """Forget snapshots: those of `ids`, or those with all of `tags` that `keep` does not say to keep.

        Their bytes go with the next `prune`. An append-only repository forgets nothing.
        """
        if self.append_only:
            return
        if ids:
            self._run("forget", "--quiet", *ids)
        elif keep is not None:
            chosen = ["--tag", ",".join(sorted(tags)), "--host", HOST, "--group-by", "host"]
            self._run("forget", "--quiet", *chosen, *keep.arguments())

    def prune(self) -> None:
        """Remove what no snapshot needs; nobody else can write meanwhile."""
        if not self.append_only:
            self._run("prune", "--quiet", "--max-unused", "10%", seconds=None)

    # -- reading ------------------------------------------------------------------------------------------------------

    def snapshots(self, *tags: str) -> list[Snapshot]:
        """Return the snapshots that have all of `tags`, oldest first."""
        chosen = ["--tag", ",".join(tags)] if tags else []
        found = json.loads(self._run("snapshots", "--json", "--no-lock", *chosen) or "null") or []
        made = [
            Snapshot(
                one["id"],
                datetime.fromisoformat(_micro(one["time"])),
                frozenset(one.get("tags") or ()),
                tuple(one["paths"]),
            )
            for one in found
        ]
        return sorted(made, key=lambda one: one.at)

    @contextmanager
    def dump(self, snapshot_id: str, path: str) -> Iterator[IO[bytes]]:
        """Give the bytes of one file of a snapshot as a stream that raises at its end if it was not whole."""
        with self._started(["dump", "--no-lock", snapshot_id, path]) as process:
            if process.stdout is None:
                raise Failed("restic gives no output.")
            yield process.stdout
            rest = process.stdout.read(1)
            if rest:
                return  # the reader had enough; what it read was whole
            trouble = process.stderr.read() if process.stderr else b""
            if process.wait() != 0:
                raise self._reason(process, trouble)

    def restore_tree(self, snapshot_id: str, into: Path, *, include: Iterable[str] = ()) -> None:
        """Write the files of a snapshot below `into`, all or those that `include` names."""
        chosen = [word for path in include for word in ("--include", path)]
        self._run("restore", "--quiet", "--no-lock", snapshot_id, "--target", str(into), *chosen, seconds=None)

    def listing(self, snapshot_id: str) -> bytes:
        """Return what is in a snapshot, a line of JSON for each file and directory."""
        return self._run("ls", "--json", "--no-lock", snapshot_id, seconds=None)

    def check(self, *, part: tuple[int, int] | None = None, everything: bool = False) -> None:
        """Look whether all is there; read part n of m of the bytes back as well, or everything.

        Raises:
            RepositoryDamaged: something is not as it was written.
        """
        read = ["--read-data"] if everything else [f"--read-data-subset={part[0]}/{part[1]}"] if part else []
        try:
            self._run("check", "--quiet", "--no-lock", *read, seconds=None)
        except Failed as error:
            if isinstance(error, (RepositoryLocked, WrongPassword)) or self._is_away():
                raise
            raise RepositoryDamaged(str(error)) from error

    def _is_away(self) -> bool:
        try:
            return not self.exists()
        except Failed:
            return False

    def size_bytes(self) -> int:
        """Return how much room the repository takes, from its own index."""
        said = json.loads(self._run("stats", "--json", "--no-lock", "--mode", "raw-data"))
        return int(said["total_size"])

    # -- inside -------------------------------------------------------------------------------------------------------

    def _run(self, *arguments: str, directory: Path | None = None, seconds: float | None = ANSWER_SECONDS) -> bytes:
        try:
            return self._once(*arguments, directory=directory, seconds=seconds)
        except RepositoryLocked:
            self.unlock()
            return self._once(*arguments, directory=directory, seconds=seconds)

    def _once(self, *arguments: str, directory: Path | None = None, seconds: float | None = ANSWER_SECONDS) -> bytes:
        with self._started(list(arguments), directory=directory) as process:
            try:
                said, trouble = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise RepositoryAway(f"The repository gave no answer within {seconds:.0f} seconds.") from error
        if process.returncode != 0:
            raise self._reason(process, trouble)
        return said

    @contextmanager
    def _started(
        self, arguments: list[str], *, directory: Path | None = None, feeding: bool = False
    ) -> "Iterator[subprocess.Popen[bytes]]":
        """Give a running restic, which is gone afterwards, and with this process."""
        if not self._password.is_file():
            raise WrongPassword(f"{self._password}, which opens the repository, is not there: bring it back.")
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._work / "temporary"
        temporary.mkdir(mode=0o700, exist_ok=True)
        try:
            process = subprocess.Popen(
                [PROGRAM, *arguments],
                env=self._environment(temporary),
                cwd=directory or self._work,
                stdin=subprocess.PIPE if feeding else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                umask=0o077,
                preexec_fn=processes.tied_to(os.getpid(), signal.SIGTERM),  # noqa: PLW1509 - it calls prctl alone
            )
        except FileNotFoundError as error:
            raise Failed("restic is not installed on this machine.") from error
        with process:
            try:
                yield process
            finally:
                processes.stop(process, STOP_STEPS)

    def _environment(self, temporary: Path) -> dict[str, str]:
        given = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        if self._credentials is not None:
            given |= dict(line.split("=", 1) for line in credential_lines(self._credentials))
        return {
            **given,
            "HOME": str(self._work),
            "TMPDIR": str(temporary),
            "RESTIC_REPOSITORY": self.place,
            "RESTIC_PASSWORD_FILE": str(self._password),
            "RESTIC_CACHE_DIR": str(self._work / "cache"),
            "GOMAXPROCS": "2",
        }

    def _reason(self, process: "subprocess.Popen[bytes]", trouble: bytes) -> Failed:
        if process.returncode < 0:
            return Failed(f"restic was ended by signal {-process.returncode}.", Trouble.INTERRUPTED)
        return told(trouble.decode(errors="replace"))


def _pour(source: Source, into: IO[bytes], told: Told) -> None:
    read = 0
    while chunk := source.read(READ_BYTES):
        into.write(chunk)
        read += len(chunk)
        told(read)


def _tagged(tags: Iterable[str]) -> list[str]:
    return [word for tag in sorted(tags) for word in ("--tag", tag)]


def _saved(said: bytes) -> Saved:
    lines: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines() if line.startswith(b"{")]
    summary = next(line for line in reversed(lines) if line.get("message_type") == "summary")
    return Saved(summary["snapshot_id"], summary["total_bytes_processed"], summary["data_added"])


def _micro(moment: str) -> str:
    """Return a moment of Go, which has up to nanoseconds, as Python reads it."""
    head, dot, tail = moment.partition(".")
    if not dot:
        return moment.replace("Z", "+00:00")
    digits = "".join(c for c in tail.rstrip("Z") if c.isdigit() or c in "+-:")
    fraction, zone = digits, "+00:00"
    for sign in "+-":
        if sign in digits:
            fraction, _, rest = digits.partition(sign)
            zone = sign + rest
    return f"{head}.{fraction[:6].ljust(6, '0')}{zone}"
