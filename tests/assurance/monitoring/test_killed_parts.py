"""Each part killed, starved or gone raises its alarm within a minute, is told, and clears when it is back."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import shutil
import signal
import ssl
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from muniment.operations import accounts
from tests import weed as weeds
from tests.assurance.monitoring.hooks import Hook, hook
from tests.clamd import Daemon
from tests.faults.portal import Small, children
from tests.key_services import TOKEN, TransitServer, transit
from tests.live import free_port
from tests.mail_server import Mailbox
from tests.tmpfs import fill, mounted
from tests.weed import Weed

SECONDS = 60.0  # the promise
AGAIN_SECONDS = 120.0  # until everything is back on a busy machine
SECRET = "a-secret-of-the-tests-" + "x" * 20
STORE_BYTES = 24 * 2**20

pytestmark = [pytest.mark.slow, pytest.mark.control("continuous-monitoring")]


@dataclass
class Watched:
    """A portal with everything it can rest on, and who is told of its alarms."""

    portal: Small
    hook: Hook
    mail: "Mail"
    keys: TransitServer
    scanner: Daemon
    weed: Weed
    store: Path | None  # a small disk of its own, where this machine lets one be mounted

    def is_red(self, *names: str) -> bool:
        return self.rows("cleared_at is null") >= set(names)

    def was_red(self, *names: str) -> bool:
        return self.rows("cleared_at is not null") >= set(names)

    def rows(self, condition: str) -> set[str]:
        with self.portal.database() as server:
            return {name for (name,) in server.execute(f"select name from app.alarm where {condition}").fetchall()}

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        context = ssl.create_default_context(cafile=str(self.portal.present.data / "tls" / "authority.pem"))
        visitor = http.client.HTTPSConnection("localhost", self.portal.present.https_port, timeout=20, context=context)
        visitor.request("GET", path, headers=headers)
        answer = visitor.getresponse()
        found = answer.status, answer.read().decode()
        visitor.close()
        return found


class Mail:
    """A mail server that can go, and come back on the same port."""

    def __init__(self) -> None:
        self.box, self.port = Mailbox(), free_port()

    def start(self) -> None:
        self._controller = Controller(self.box, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """Start everything once for all tests of this file."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        secrets = {name: folder / name for name in ("token", "hook", "metrics")}
        for name, path in secrets.items():
            path.write_text({"token": TOKEN, "hook": SECRET, "metrics": SECRET}[name])
            path.chmod(0o600)
        keys = stack.enter_context(transit())
        told = stack.enter_context(hook())
        mail = Mail()
        mail.start()
        stack.callback(mail.stop)
        scanner = Daemon()
        stack.callback(scanner.remove)
        scanner.start()
        weed = Weed(weeds.place())
        stack.callback(weeds.remove, weed)
        weed.start()
        s3 = {f"MUNIMENT_{name.upper()}": str(value) for name, value in weed.settings(folder).items()}
        store = _small_store(stack, folder) if accounts.is_root() else None
        portal = Small(
            folder,
            MUNIMENT_KEYRING="transit",
            MUNIMENT_TRANSIT_URL=keys.url,
            MUNIMENT_TRANSIT_KEY="muniment",
            MUNIMENT_TRANSIT_TOKEN=str(secrets["token"]),
            MUNIMENT_KEY_SERVICE_TIMEOUT_SECONDS="1",
            MUNIMENT_SCANNER=scanner.address,
            MUNIMENT_SMTP_URL=f"smtp://127.0.0.1:{mail.port}?starttls=no",
            MUNIMENT_ALARM_MAIL="duty@firm.example",
            MUNIMENT_ALARM_WEBHOOK=told.url,
            MUNIMENT_ALARM_WEBHOOK_KEY=str(secrets["hook"]),
            MUNIMENT_METRICS_TOKEN=str(secrets["metrics"]),
            MUNIMENT_ALARM_SECONDS="1",
            MUNIMENT_WEB_THREADS="8",
            **s3,
        )
        portal.start()
        stack.callback(lambda: portal.is_running() and portal.stop())
        portal.lay()
        found = Watched(portal, told, mail, keys, scanner, weed, store)
        assert wait(lambda: found.get("/healthz/ready")[0] == 200, SECONDS)
        yield found


def _small_store(stack: ExitStack, folder: Path) -> Path | None:
    store = folder / "data" / "store"
    store.mkdir(parents=True, mode=0o700)
    store.parent.chmod(0o700)
    with suppress(pytest.skip.Exception):
        return stack.enter_context(mounted(store, STORE_BYTES))
    return None


def wait(condition: Any, seconds: float) -> bool:
    """Return whether `condition` became true in time; what cannot be asked is not true yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(Exception):
            if condition():
                return True
        time.sleep(0.2)
    return bool(condition())


def freeze(process: int) -> None:
    for one in [process, *children(process)]:
        os.kill(one, signal.SIGSTOP)


def thaw(process: int) -> None:
    for one in [*children(process), process]:
        os.kill(one, signal.SIGCONT)


def test_what_the_portal_rests_on_is_missed_within_a_minute_and_found_again(watched: Watched) -> None:
    worker = watched.portal.parts()["worker"]
    expected = {"Root key", "Virus scanner", "S3 store", "Mail server", "Worker", "Numbering"}
    freeze(worker)
    for number in range(3):
        watched.get(f"/nothing/{number}/")  # an entry that waits for its number
    watched.keys.stop()
    watched.scanner.kill()
    watched.weed.kill()
    filler = fill(watched.store) if watched.store else None
    if filler:
        expected.add("Disk of store")
    watched.mail.stop()
    try:
        missed = wait(lambda: watched.is_red(*expected), SECONDS)
        seen = watched.rows("cleared_at is null")
    finally:
        thaw(worker)
        watched.mail.start()
        watched.keys.start()
        watched.scanner.start()
        watched.weed.start()
        if filler:
            filler.unlink()

    assert missed, (expected - seen, seen)
    assert wait(lambda: watched.was_red(*expected), AGAIN_SECONDS), watched.rows("cleared_at is null")


def test_killed_parts_raise_their_alarms_and_clear_when_they_run_again(watched: Watched) -> None:
    names = {
        "server": "Web server",
        "worker": "Worker process",
        "continuity": "Backup agent",
        "redirect": "Redirect to HTTPS",
        "monitor": "Monitor",
    }
    before = watched.portal.parts()
    for part in names:
        os.kill(before[part], signal.SIGKILL)

    assert wait(lambda: watched.rows("true") >= set(names.values()), SECONDS), watched.rows("true")
    assert wait(lambda: watched.was_red(*names.values()), AGAIN_SECONDS), watched.rows("cleared_at is null")
    assert all(watched.portal.parts()[part] != before[part] for part in names)


def test_a_killed_database_is_told_while_it_is_away_and_written_down_afterwards(watched: Watched) -> None:
    watched.hook.received.clear()
    supervisor = watched.portal.process.pid if watched.portal.process else 0
    os.kill(supervisor, signal.SIGSTOP)  # or it would start the database again at once
    try:
        os.kill(watched.portal.parts()["postgres"], signal.SIGKILL)
        told = wait(lambda: ("alarm.raised", "Database") in watched.hook.told(), SECONDS)
        live, ready = watched.get("/healthz/live"), watched.get("/healthz/ready")
        numbers = watched.get("/metrics", Authorization=f"Bearer {SECRET}")
    finally:
        os.kill(supervisor, signal.SIGCONT)

    assert told, watched.hook.told()
    assert live == (200, "live\n")
    assert ready == (503, "no\n")
    assert (numbers[0], "muniment_disk_bytes" in numbers[1]) == (200, True)
    assert wait(lambda: watched.was_red("Database"), AGAIN_SECONDS)
    assert wait(lambda: ("alarm.cleared", "Database") in watched.hook.told(), SECONDS)
    assert watched.get("/healthz/ready") == (200, "ready\n")


def test_a_web_server_that_hangs_is_seen(watched: Watched) -> None:
    server = watched.portal.parts()["server"]
    freeze(server)
    try:
        missed = wait(lambda: watched.is_red("Pages"), SECONDS)
    finally:
        thaw(server)

    assert missed
    assert wait(lambda: watched.was_red("Pages"), SECONDS)


def test_people_and_programs_were_told_and_can_check_who_told_them(watched: Watched) -> None:
    assert wait(lambda: any("Web server" in str(mail.content) for mail in watched.mail.box.taken), SECONDS)
    assert {address for mail in watched.mail.box.taken for address in mail.rcpt_tos} >= {
        "duty@firm.example",
        watched.portal.people["ada"]["email"],
    }
    assert wait(lambda: ("alarm.cleared", "Pages") in watched.hook.told(), SECONDS)
    for headers, body in watched.hook.received:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        mac = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{mac}"
        assert set(json.loads(body)["data"]) >= {"name", "sentence", "todo", "raised_at", "cleared_at"}
