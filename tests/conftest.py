"""One PostgreSQL server for the whole run, one database cloned from a template for each test that asks for it.

The controlling process starts the server and migrates the template once; workers clone it. Tests commit
for real, as the portal does, so row policies, deferred constraints and the log behave as in production.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cast import Portal
    from tests.live import Live
    from tests.weed import Weed

_STARTED = "_MUNIMENT_TEST_DATA"
_server = None
ROOM_BYTES = 4 * 2**30
LONGEST = (
    "test_pages_of_administrators.py",
    "test_pages_of_advisors.py",
    "test_pages_of_contacts.py",
    "test_hostile_names.py",
    "test_card_numbers.py",
    "test_matrix.py",
    "test_injection.py",
    "test_dying_s3.py",
    "test_two_nodes.py",
    "test_disk_full.py",
    "test_store_down.py",
    "test_minimisation.py",
)


def _roomy() -> Path:
    """Return where the server's files go: memory where there is enough, for a database is made for each test.

    The server's programs are copied there too: a place where nothing may run is of no use.
    """
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return Path("/tmp")
    return memory if shutil.disk_usage(memory).free >= ROOM_BYTES else Path("/tmp")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the controlling process; workers inherit where it is."""
    global _server  # noqa: PLW0603 - one server for the life of the process
    config.option.loadscopereorder = False  # xdist would put files of few tests last: the longest are such files
    if _STARTED not in os.environ:
        from tests.server import TestServer

        _server = TestServer(Path(tempfile.mkdtemp(prefix="mun-", dir=_roomy())))
        _server.start()
        os.environ[_STARTED] = str(_server.data)
        os.environ["MUNIMENT_DATA"] = str(_server.data)
        os.environ["MUNIMENT_PASSWORD_HASH_PASSES"] = "1"  # thousands of sign-ins need not be slow
        os.environ["DJANGO_SETTINGS_MODULE"] = "muniment.settings"
        _server.make_template()
        from tests import live

        live.prepare(_server.data.with_name(_server.data.name + "-live"))
    import django

    django.setup()

    from tests import passwords

    passwords.lighten()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first: whoever of the workers gets one last would end alone."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove what it kept."""
    if _server is not None:
        from tests import live

        folder = _server.data.with_name(_server.data.name + "-live")
        live.stop(folder)
        _server.stop()
        shutil.rmtree(_server.data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _django(worker_id: str) -> Iterator[str]:
    """Set Django up on this worker's own database name."""
    from tests.server import clone, drop, use

    name = f"test_{worker_id}"
    use(name)
    clone("muniment_template", name)
    yield name
    drop(name)


@pytest.fixture
def database(_django: str, django_db_blocker: Any) -> Iterator[str]:
    """Give the test a clean, migrated database of its own; what it commits is gone afterwards."""
    from tests.server import clone, use

    clone("muniment_template", _django)
    use(_django)
    with django_db_blocker.unblock():
        yield _django


@pytest.fixture
def portal(_django: str, django_db_blocker: Any) -> "Iterator[Portal]":
    """Give the test a portal with a firm, two clients and the cast, in a database of its own."""
    from tests.cast import find
    from tests.server import clone, use

    clone("muniment_cast", _django)
    use(_django)
    with django_db_blocker.unblock():
        yield find()


@pytest.fixture(scope="session")
def live() -> "Live":
    """Give the test the running portal of this run, with the demo's people and papers."""
    from tests.live import portal as running

    return running()


@pytest.fixture(scope="session")
def weed() -> "Iterator[Weed]":
    """Give the test a real S3 server, one for this process."""
    from tests import weed

    server = weed.Weed(weed.place()).start()
    yield server
    weed.remove(server)
