"""`muniment up`: starts the parts in order, restarts what dies, stops them in order.

The parts are processes of their own, so that none takes another along. When this process dies, even by
kill -9, the kernel tells each of them to stop; what was committed is on disk by then.
"""

import ipaddress
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import structlog

from muniment.core.config import Config
from muniment.operations import locks, logs, processes, readiness
from muniment.operations.database import EmbeddedDatabase
from muniment.operations.errors import StartRefused
from muniment.operations.interrupts import Interrupts, watched
from muniment.operations.places import Accounts, make_places
from muniment.operations.programs import Program, run
from muniment.operations.watch import Watched

PORT_SECONDS = 10.0  # the web server of a killed supervisor needs a moment to leave
READY_SECONDS = 60.0
HOPELESS = 3  # deaths in a row before the first answer
LOOK_SECONDS = 1.0
ROTATE_SECONDS = 600.0

log = structlog.get_logger(__name__)
Tell = Callable[..., None]


class Supervisor:
    """Runs one installation until it is told to stop.

    `tell(event, **facts)` is called for what people should see: step, certificate, welcome, ready, died,
    started-again, stopped.
    """

    def __init__(self, present: Config, accounts: Accounts, tell: Tell) -> None:
        self._present = present
        self._accounts = accounts
        self._tell = tell
        self._watched: list[Watched] = []  # in the order of their start
        self._errand: Program | None = None  # runs once and ends by itself
        self._began = time.monotonic()

    def run(self) -> None:
        """Start everything, keep it alive, and return once it was told to stop and everything has.

        Raises:
            StartRefused: something that must stand does not; whatever was started is stopped again.
        """
        processes.keep_memory_private()
        make_places(self._present, self._accounts)
        with ExitStack() as stack:
            try:
                stack.enter_context(locks.hold(self._present.data / "supervisor.lock"))
            except locks.LockTaken as taken:
                raise StartRefused(
                    f"A portal is already running on {self._present.data} (process {taken.process_id or 'unknown'})."
                ) from taken
            logs.configure("supervisor", self._present)
            interrupts = stack.enter_context(watched())
            try:
                self._start(interrupts)
                while not interrupts.stopping:
                    self._keep(interrupts)
            finally:
                self._stop()

    # -- start --------------------------------------------------------------------------------------------------------

    def _start(self, interrupts: Interrupts) -> None:
        self._await_ports(interrupts)
        if self._present.database_url is None and not interrupts.stopping:
            database = EmbeddedDatabase(
                self._present.data, account=self._accounts.database, cache_bytes=self._present.database_cache_bytes
            )
            database.start(given_up=interrupts.is_stopping)
            self._watch("database", database)
            self._step("database")
        certificate = self._run("preparation", interrupts, role="super", privileged=True)
        make_places(self._present, self._accounts)  # what was just made belongs to the account that needs it
        self._step("preparation")
        self._run("migrations", interrupts, role="owner")
        self._step("migrations")
        if interrupts.stopping:
            return
        facts = json.loads(certificate)
        self._tell("certificate", **facts)
        for program in self._programs():
            self._watch(program.name, program).start()
        self._await_page(interrupts, facts["fingerprint"])
        if not interrupts.stopping:
            self._tell("ready", address=self._present.address, seconds=time.monotonic() - self._began)
        self._tell("welcome", **json.loads(self._run("first_start", interrupts)))
        if self._present.demo and not interrupts.stopping:
            self._errand = Program("demo.fill", self._present, account=self._accounts.portal)
            self._errand.start()

    def _programs(self) -> list[Program]:
        """Return what runs beside the database."""
        present, account = self._present, self._accounts.portal
        found = [
            Program("server", present, account=account),
            Program("worker", present, role="job", account=account),
        ]
        if present.http_port:
            port = str(present.public_port or present.https_port)
            arguments = (present.bind, str(present.http_port), port, *present.host)
            found.append(Program("redirect", present, *arguments, account=account, patience_seconds=3.0))
        return found

    def _run(self, module: str, interrupts: Interrupts, *, role: Any = "app", privileged: bool = False) -> str:
        """Run a step to its end; nothing once somebody asked to stop."""
        if interrupts.stopping:
            return "{}"
        account = None if privileged else self._accounts.portal
        stopping = interrupts.is_stopping
        told = run(module, self._present, role=role, account=account, wait=interrupts.wait, given_up=stopping)
        return "{}" if stopping() else told

    def _await_ports(self, interrupts: Interrupts) -> None:
        """Wait until the ports are free, which they are at once unless something uses them."""
        deadline = time.monotonic() + PORT_SECONDS
        for name, port in (("https_port", self._present.https_port), ("http_port", self._present.http_port)):
            while port and not readiness.is_port_free(self._present.bind, port) and not interrupts.stopping:
                if time.monotonic() > deadline:
                    raise StartRefused(
                        f"Port {port} of {self._present.bind} is in use by another program, or not allowed to this "
                        f"user. Stop that program, or choose another port with MUNIMENT_{name.upper()}."
                    )
                interrupts.wait(0.2)

    def _await_page(self, interrupts: Interrupts, fingerprint: str) -> None:
        """Wait until the web server answers a request."""
        deadline = time.monotonic() + READY_SECONDS
        bind = ipaddress.ip_address(self._present.bind)
        address = str(bind) if not bind.is_unspecified else "127.0.0.1" if bind.version == 4 else "::1"  # noqa: PLR2004
        while not interrupts.stopping:
            port, host = self._present.https_port, self._present.host[0]
            if readiness.page_answers(address, port, host=host, fingerprint=fingerprint):
                return
            for part in self._watched:
                part.look()
            hopeless = [part.name for part in self._watched if part.deaths >= HOPELESS]
            if hopeless or time.monotonic() > deadline:
                name = hopeless[0] if hopeless else "server"
                raise StartRefused(
                    f"The part {name} does not come up. The reason is above, or in {self._present.logs}."
                )
            interrupts.wait(0.1)

    # -- life and end -------------------------------------------------------------------------------------------------

    def _keep(self, interrupts: Interrupts) -> None:
        """Look after everything for a while."""
        next_rotation = time.monotonic() + ROTATE_SECONDS
        while not interrupts.stopping and time.monotonic() < next_rotation:
            if self._errand is not None and not self._errand.is_running():
                self._errand = None  # looking at it was what it waited for
            for part in self._watched:
                try:
                    part.look()
                except (StartRefused, OSError):
                    log.exception("start-failed", part=part.name)
            interrupts.wait(LOOK_SECONDS)
        logs.rotate(self._present.logs)

    def _stop(self) -> None:
        """Stop the programs together, then the database under them."""
        for part in self._watched:
            if isinstance(part.service, Program):
                part.service.ask_to_stop()
        if self._errand is not None:
            self._errand.stop()
        for part in reversed(self._watched):
            part.service.stop()
        self._tell("stopped")

    def _watch(self, name: str, service: EmbeddedDatabase | Program) -> Watched:
        part = Watched(name, service, self._report)
        self._watched.append(part)
        return part

    def _report(self, event: str, name: str, delay: float) -> None:
        log.warning(event, part=name, delay_seconds=delay)
        self._tell(event, part=name, delay=delay)

    def _step(self, name: str) -> None:
        seconds = round(time.monotonic() - self._began, 2)
        log.info("step", name=name, seconds=seconds)
        self._tell("step", name=name, seconds=seconds)
