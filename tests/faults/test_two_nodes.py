"""Two web nodes over one database and one S3 store: whoever begins at one goes on at the other."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.core import config
from muniment.operations import accounts
from tests.faults.portal import ROOT, Small, children, wait_until
from tests.faults.visitor import MIB, Visitor, noise, store_files
from tests.weed import Weed

pytestmark = [pytest.mark.slow, pytest.mark.control("scalability", "share-files")]


class Node(Small):
    """A web server alone, over the database of another portal, with a data directory of its own."""

    def __init__(self, folder: Path, first: Small, **settings: str) -> None:
        super().__init__(folder, **settings)
        self.people, self.places = first.people, first.places
        self.present.data.mkdir(mode=0o700)
        for name in ("keys", "tls"):  # what an operator puts on every host
            shutil.copytree(first.present.data / name, self.present.data / name)
        self.present.run.symlink_to(first.present.run)  # the way to the database

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
        allowed = ["--allow-root"] if accounts.is_root() else []
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "muniment.operations.command", "web", *allowed],
                env={**kept, **config.environment(self.present), "PYTHONPATH": str(ROOT / "src")},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        visitor = Visitor(self)
        assert wait_until(lambda: not self.is_running() or _answers(visitor)), self.said()
        assert self.is_running(), self.said()


def _answers(visitor: Visitor) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        return visitor.get("/sign-in/").status == 200
    return False


@pytest.fixture(scope="module")
def nodes(weed: Weed) -> Iterator[tuple[Small, Node]]:
    """Give a portal whose documents go to the S3 server, and a second web node."""
    path = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    path.chmod(0o755)
    for name in ("a", "b"):
        (path / name).mkdir(mode=0o755)
    settings = {f"MUNIMENT_{name.upper()}": str(value) for name, value in weed.settings(path).items()}
    settings["MUNIMENT_STORE"] = "s3"
    first = Small(path / "a", **settings)
    first.start()
    second = None
    try:
        first.lay()
        second = Node(path / "b", first, **settings)
        second.start()
        yield first, second
    finally:
        for portal in (second, first):
            if portal is not None and portal.is_running():
                portal.stop()
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def cleo(nodes: tuple[Small, Node]) -> tuple[Visitor, Visitor]:
    """Give Cleo, signed in at the first node; the second knows her by the same cookie."""
    first, second = nodes
    here = Visitor(first).sign_in("cleo", "okoye")
    there = Visitor(second)
    there.cookies, there.token, there.client = here.cookies, here.token, here.client
    return here, there


def test_an_upload_begun_at_one_node_goes_on_at_the_other(
    nodes: tuple[Small, Node], cleo: tuple[Visitor, Visitor]
) -> None:
    here, there = cleo
    content = noise(20 * MIB + 12345, "two nodes")
    place = here.place("two nodes.bin", len(content))

    sent = 0
    for visitor, end in ((here, 5 * MIB + 7), (there, 9 * MIB), (here, 17 * MIB + 1), (there, len(content))):
        assert visitor.offset(place) == sent
        assert visitor.patch(place, sent, content[sent:end]).status == 204
        sent = end

    (document,) = here.find("two nodes.bin")
    assert there.find("two nodes.bin") == [document]
    assert here.download(document) == there.download(document) == content
    for portal in nodes:
        assert store_files(portal.present.data / "store") == set()  # no state of an upload on a host


def test_an_upload_goes_on_at_the_other_node_when_one_is_killed_in_the_middle_of_a_part(
    nodes: tuple[Small, Node], cleo: tuple[Visitor, Visitor]
) -> None:
    first, second = nodes
    here, there = cleo
    content = noise(14 * MIB + 9, "killed node")
    place = there.place("killed node.bin", len(content))
    assert there.patch(place, 0, content[: 3 * MIB]).status == 204
    holding = threading.Event()

    def slowly() -> Iterator[bytes]:
        yield content[3 * MIB : 12 * MIB]
        holding.set()
        threading.Event().wait(3)
        yield content[12 * MIB :]

    def send() -> None:
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(3 * MIB),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(content) - 3 * MIB),
        }
        with contextlib.suppress(OSError, http.client.HTTPException):
            there.ask("PATCH", place, slowly(), headers)

    sender = threading.Thread(target=send)
    sender.start()
    assert holding.wait(60)
    assert wait_until(lambda: here.offset(place) == 8 * MIB)
    assert second.process is not None
    for process in [second.process.pid, *children(second.process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    sender.join()
    second.process.wait()

    refused = here.patch(place, 8 * MIB, content[8 * MIB :])
    here.go_on(place, content, 90)  # once the lease of the dead one is over

    assert (refused.status, refused.code) == (423, "upload-locked")
    (document,) = here.find("killed node.bin")
    assert here.download(document) == content
    second.start()
    assert there.download(document) == content
    assert first.is_running()


def test_limits_and_sessions_hold_across_nodes(cleo: tuple[Visitor, Visitor]) -> None:
    here, there = cleo

    assert there.get("/account/").status == 200
    here.form_token("/account/")
    assert here.post("/sign-out/", {}).status in {200, 302}

    assert there.get("/account/").status != 200
