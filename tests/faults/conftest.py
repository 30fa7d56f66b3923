"""A small portal for all tests of a process that leave it alive, and people who signed in to it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.portal import Small
from tests.faults.visitor import Visitor

HOMES = {"ada": "firm_id", "ben": "okoye", "cleo": "okoye", "dan": "okoye", "mallory": "brandt"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder with a short path that a system user can enter."""
    path = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def small() -> Iterator[Small]:
    """Give a portal with the cast; nobody stops its parts."""
    with tempfile.TemporaryDirectory(prefix="mun-", dir="/tmp", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o755)
        portal = Small(Path(path))
        portal.start()
        try:
            portal.lay()
            yield portal
        finally:
            portal.stop()


@pytest.fixture(scope="session")
def come_in(small: Small) -> Callable[[str], Visitor]:
    """Give a way to have somebody signed in, once for all tests."""
    known: dict[str, Visitor] = {}

    def visitor(name: str) -> Visitor:
        if name not in known:
            known[name] = Visitor(small).sign_in(name, HOMES[name])
        return known[name]

    return visitor


@pytest.fixture
def cleo(come_in: Callable[[str], Visitor]) -> Visitor:
    """Give Cleo, who manages Okoye's space."""
    return come_in("cleo")


@pytest.fixture
def mallory(come_in: Callable[[str], Visitor]) -> Visitor:
    """Give Mallory, who belongs to Brandt."""
    return come_in("mallory")
