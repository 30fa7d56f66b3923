"""The S3 server goes away while people work: pages say so in time, nothing is lost, and work goes on afterwards."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import weed as weeds
from tests.faults.portal import Small
from tests.faults.visitor import MIB, Visitor, noise
from tests.weed import Weed

pytestmark = [pytest.mark.slow, pytest.mark.control("scalability")]
SAID = "The place where documents are kept cannot be reached"
WAIT_SECONDS = 15.0  # two tries of three seconds, on a machine that has other work


@pytest.fixture
def own_weed() -> Iterator[Weed]:
    """Give an S3 server that nobody else uses."""
    server = Weed(weeds.place()).start()
    yield server
    weeds.remove(server)


@pytest.fixture
def portal(folder: Path, own_weed: Weed) -> Iterator[Small]:
    """Give a portal whose documents lie there."""
    settings = {f"MUNIMENT_{name.upper()}": str(value) for name, value in own_weed.settings(folder).items()}
    running = Small(folder, MUNIMENT_STORE="s3", **settings)
    running.start()
    try:
        running.lay()
        yield running
    finally:
        running.stop()


def test_pages_say_that_the_store_is_down_and_go_on_when_it_is_back(portal: Small, own_weed: Weed) -> None:
    cleo = Visitor(portal).sign_in("cleo", "okoye")
    first, second = noise(MIB, "first"), noise(12 * MIB, "second")
    kept = cleo.upload("kept.bin", first)
    where = f"/{cleo.client}/documents/{kept}"
    place = cleo.place("second.bin", len(second))
    assert cleo.patch(place, 0, second[: 3 * MIB]).status == 204

    own_weed.kill()

    began = time.monotonic()
    refused = cleo.get(f"{where}/download/")
    assert time.monotonic() - began < WAIT_SECONDS
    assert refused.status == 503
    assert SAID in refused.text
    assert "<h1" in refused.text  # a page, and no problem details
    assert cleo.get(f"{where}/download/", Accept="application/json").code == "store-down"
    stopped = cleo.patch(place, 3 * MIB, second[3 * MIB :])
    assert (stopped.status, stopped.code) == (503, "store-down")
    assert cleo.offset(place) >= 3 * MIB  # what was acknowledged stays acknowledged
    for path in ("/", f"/{cleo.client}/documents/", f"{where}/", f"/{cleo.client}/log/"):
        assert cleo.get(path).status == 200, path  # what needs no bytes goes on

    own_weed.start()

    assert cleo.download(kept) == first
    cleo.go_on(place, second, 60)
    (found,) = cleo.find("second.bin")
    assert cleo.download(found) == second
    assert portal.is_running()
