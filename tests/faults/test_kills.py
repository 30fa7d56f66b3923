"""What is killed comes back: no upload begins again, and nothing that was acknowledged is lost."""

import contextlib
import http.client
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.portal import Small, children, command_line, wait_until
from tests.faults.visitor import MIB, Visitor, noise, store_files

UPLOADS = 8
UPLOAD_BYTES = 12 * MIB
OUTAGE_SECONDS = 3.0  # the most that anybody waits to be told that the database is away

pytestmark = [pytest.mark.slow, pytest.mark.control("share-files")]


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Give a portal whose parts these tests kill."""
    import shutil
    import tempfile

    path = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    path.chmod(0o755)
    portal = Small(path)
    portal.start()
    try:
        portal.lay()
        yield portal
    finally:
        if portal.is_running():
            portal.stop()
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def cleo(doomed: Small) -> Visitor:
    """Give Cleo, signed in to that portal."""
    return Visitor(doomed).sign_in("cleo", "okoye")


def answers(visitor: Visitor) -> bool:
    try:
        return visitor.get("/account/").status == 200
    except (OSError, http.client.HTTPException):
        return False


def test_killed_web_processes_end_no_upload(doomed: Small, cleo: Visitor) -> None:
    contents = {f"parallel {number}.bin": noise(UPLOAD_BYTES, f"parallel {number}") for number in range(UPLOADS)}
    places = {name: cleo.place(name, len(content)) for name, content in contents.items()}
    over = threading.Event()
    killed: list[int] = []

    def kill() -> None:
        while not over.wait(0.7) and len(killed) < 6:
            with contextlib.suppress(ProcessLookupError, KeyError):  # it, or their parent, is just starting again
                for process in doomed.web_processes()[: 2 if len(killed) % 4 else 1]:
                    os.kill(process, signal.SIGKILL)
                    killed.append(process)

    killer = threading.Thread(target=kill)
    killer.start()
    with ThreadPoolExecutor(UPLOADS) as pool:
        for done in [pool.submit(cleo.go_on, places[name], content, 90) for name, content in contents.items()]:
            done.result()
    over.set()
    killer.join()

    assert len(killed) >= 2
    for name, content in contents.items():
        (document,) = cleo.find(name)
        assert cleo.download(document) == content
    assert not [path for path in store_files(doomed.present.data / "store") if path.suffix == ".part"]


def test_a_stopped_database_is_said_clearly_and_the_upload_goes_on_afterwards(doomed: Small, cleo: Visitor) -> None:
    content = noise(6 * MIB, "outage")
    place = cleo.place("outage.bin", len(content))
    assert cleo.patch(place, 0, content[: 2 * MIB]).status == 204
    database = doomed.parts()["postgres"]
    supervisor = doomed.process.pid if doomed.process else 0

    os.kill(supervisor, signal.SIGSTOP)  # or it would start the database again at once
    try:
        os.kill(database, signal.SIGINT)
        assert wait_until(lambda: not command_line(database), 20)
        waited, pages = [], []
        for _ in range(6):  # each web process, with connections that broke and with none
            begun = time.monotonic()
            pages.append(cleo.ask("GET", "/account/", seconds=60))
            waited.append(time.monotonic() - begun)
        part = cleo.patch(place, 2 * MIB, content[2 * MIB :])
    finally:
        os.kill(supervisor, signal.SIGCONT)

    page = pages[-1]
    assert [each.status for each in pages] == [503] * 6
    assert max(waited) < OUTAGE_SECONDS, waited
    assert "Try again" in page.text
    assert page.headers["retry-after"]
    assert "Traceback" not in page.text
    assert (part.status, part.code) == (503, "unavailable")
    assert wait_until(lambda: answers(cleo))
    assert wait_until(lambda: cleo.status(place) == 200)  # every web process finds the database again by itself
    assert cleo.offset(place) == 2 * MIB
    cleo.go_on(place, content, 30)
    (document,) = cleo.find("outage.bin")
    assert cleo.download(document) == content


@pytest.mark.parametrize("part", ["postgres", "server", "worker", "redirect"])
def test_a_part_killed_during_an_upload_costs_a_moment_and_nothing_else(
    doomed: Small, cleo: Visitor, part: str
) -> None:
    content = noise(5 * MIB, part)
    place = cleo.place(f"killed {part}.bin", len(content))
    assert cleo.patch(place, 0, content[: MIB + 17]).status == 204
    assert wait_until(lambda: part in doomed.parts())  # what fell with another part may still be coming back
    before = doomed.parts()

    os.kill(before[part], signal.SIGKILL)
    cleo.go_on(place, content, 60)

    (document,) = cleo.find(f"killed {part}.bin")
    assert cleo.download(document) == content
    assert wait_until(lambda: doomed.parts().get(part, before[part]) != before[part])


def test_a_killed_supervisor_loses_nothing_that_was_acknowledged(doomed: Small, cleo: Visitor) -> None:
    content = noise(5 * MIB, "supervisor")
    finished = cleo.upload("finished before.bin", content[: 3 * MIB])
    place = cleo.place("supervisor.bin", len(content))
    assert cleo.patch(place, 0, content[: 2 * MIB + 5]).status == 204
    assert doomed.process is not None

    doomed.process.kill()
    doomed.process.wait()
    doomed.start()  # on the same data, while the parts of the killed one may still be leaving

    assert answers(cleo)  # still signed in
    assert cleo.offset(place) == 2 * MIB + 5
    cleo.go_on(place, content, 30)
    (document,) = cleo.find("supervisor.bin")
    assert cleo.download(document) == content
    assert cleo.download(finished) == content[: 3 * MIB]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_clean_stop_ends_everything_and_the_upload_goes_on_after_the_next_start(
    doomed: Small, cleo: Visitor, number: int
) -> None:
    content = noise(5 * MIB, f"stop {number}")
    name = f"stop {int(number)}.bin"
    place = cleo.place(name, len(content))
    assert cleo.patch(place, 0, content[: MIB + 3]).status == 204
    assert doomed.process is not None
    below = [process for child in children(doomed.process.pid) for process in (child, *children(child))]

    assert doomed.stop(number) == 0

    assert not any(command_line(process) for process in below)
    doomed.start()
    cleo.go_on(place, content, 30)
    (document,) = cleo.find(name)
    assert cleo.download(document) == content
