"""No room left: said so before and during an upload, nothing acknowledged lost, and the upload goes on afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.portal import Small
from tests.faults.visitor import MIB, Visitor, noise
from tests.tmpfs import fill, mounted

SIZE = 24 * MIB


@pytest.fixture
def small_store(folder: Path) -> Iterator[Path]:
    """Give the folder of a store that holds 24 MiB."""
    store = folder / "data" / "store"
    store.mkdir(parents=True, mode=0o700)
    store.parent.chmod(0o700)
    with mounted(store, SIZE) as place:
        yield place


@pytest.mark.slow
@pytest.mark.control("server-validation")
def test_a_full_store_loses_nothing_and_goes_on_once_there_is_room(small_store: Path, folder: Path) -> None:
    portal = Small(folder)
    portal.start()
    try:
        portal.lay()
        cleo = Visitor(portal).sign_in("cleo", "okoye")
        first, second = noise(6 * MIB, "first"), noise(9 * MIB, "second")
        kept = cleo.upload("kept.bin", first)
        place = cleo.place("second.bin", len(second))
        assert cleo.patch(place, 0, second[: 3 * MIB]).status == 204

        refused = cleo.begin("too large now.bin", 100 * MIB)
        assert (refused.status, refused.code) == (507, "store-full")

        filler = fill(small_store)
        answer = cleo.patch(place, 3 * MIB, second[3 * MIB :])
        assert (answer.status, answer.code) == (507, "store-full")
        assert cleo.offset(place) >= 3 * MIB  # what was acknowledged is kept
        assert cleo.find("second.bin") == []
        assert cleo.download(kept) == first  # reading needs no room
        page = cleo.get(f"/{cleo.client}/documents/")
        assert page.status == 200

        filler.unlink()
        cleo.go_on(place, second, 30)
        (document,) = cleo.find("second.bin")
        assert cleo.download(document) == second
        assert portal.is_running()
    finally:
        portal.stop()
