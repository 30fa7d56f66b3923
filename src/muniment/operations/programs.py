"""The portal's own programs: modules of this package, each run as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from muniment.core import config
from muniment.core.config import Config
from muniment.core.config.database import DatabaseRole
from muniment.operations import host, processes
from muniment.operations.errors import StartRefused
from muniment.operations.processes import Account
from muniment.trust.vault.keyring import passphrase

PACKAGE = "muniment.operations"
KEYLESS = ("redirect",)  # opens nothing, so it gets no passphrase
PASSED_ON = ("LANG", "LC_ALL", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TERM", "TMPDIR", "TZ", "VIRTUAL_ENV")


def command(module: str, *arguments: str) -> list[str]:
    """Return the command line of a module; nothing beside it or in the working directory can take its place."""
    return [sys.executable, "-P", "-m", f"{PACKAGE}.{module}", *arguments]


def environment(present: Config, role: DatabaseRole) -> dict[str, str]:
    """Return what a program is told: the settings as they are now, and the database's role."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **kept,
        **config.environment(present),
        "HOME": str(present.data),
        "DJANGO_SETTINGS_MODULE": "muniment.settings",
        "_MUNIMENT_DATABASE_ROLE": role,
        host.ACCOUNT: host.account(),
        "MALLOC_ARENA_MAX": "2",  # or every thread of the web server keeps a heap of its own
    }


def run(
    module: str,
    present: Config,
    *arguments: str,
    role: DatabaseRole = "app",
    account: Account | None = None,
    private: Mapping[str, str] | None = None,
    inherited: Sequence[int] = (),
    wait: Callable[[float], None] | None = None,
    given_up: Callable[[], bool] = lambda: False,
) -> str:
    """Run a module to its end and return what it printed.

    `private` is put into its environment, which only its own account can read, and the descriptors in `inherited`
    stay open for it. `wait` sleeps between
    looks at it; once `given_up` says so, it is told to stop.

    Raises:
        StartRefused: it failed; the message is what it said last.
    """
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as output:
        try:
            process = processes.start(
                command(module, *arguments),
                environ={**environment(present, role), **(private or {})},
                directory=present.data,
                account=account,
                output=writing,
                inherited=(*passphrase.descriptor_of(present.keyring_passphrase), *inherited),
            )
        finally:
            os.close(writing)
        told = _read(process, output, wait, given_up)
    if process.returncode != 0 and not given_up():
        lines = told.strip().splitlines() or [f"{module} ended with code {process.returncode}."]
        raise StartRefused("\n".join(lines[-20:]))
    return told


def _read(
    process: "subprocess.Popen[bytes]",
    output: IO[bytes],
    wait: Callable[[float], None] | None,
    given_up: Callable[[], bool],
) -> str:
    """Return everything `process` prints until it ends."""
    told = bytearray()
    os.set_blocking(output.fileno(), False)
    while True:
        ended = process.poll() is not None
        while received := output.read(65536):
            told += received
        if ended:
            return told.decode(errors="replace")
        if given_up():
            processes.stop(process, ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)))
        elif wait is not None:
            wait(0.05)
        else:
            _wait_a_little(process)


def _wait_a_little(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(0.02)
    except subprocess.TimeoutExpired:
        return


class Program:
    """A module that runs until it is stopped."""

    def __init__(
        self,
        module: str,
        present: Config,
        *arguments: str,
        role: DatabaseRole = "app",
        account: Account | None = None,
        patience_seconds: float = 25.0,
    ) -> None:
        self.name = module
        self._command: Sequence[str | Path] = command(module, *arguments)
        self._environment = environment(present, role)
        self._directory = present.data
        self._account = account
        self._inherited = () if module in KEYLESS else passphrase.descriptor_of(present.keyring_passphrase)
        self._steps = ((signal.SIGTERM, patience_seconds), (signal.SIGKILL, 5.0))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """The process id, None before the first start."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        self._process = processes.start(
            self._command,
            environ=self._environment,
            directory=self._directory,
            account=self._account,
            inherited=self._inherited,
        )

    def is_running(self) -> bool:
        """Tell whether its process is alive."""
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Send it the first signal without waiting, so that several stop at the same time."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Stop it; what it does not finish in time is cut off."""
        if self._process is not None:
            processes.stop(self._process, self._steps)
