"""The import rule between apps, tried on a small house of its own."""

import sys

import grimp
import pytest

from tools.app_boundary import AppBoundary

FILES = {
    "house/__init__.py": "",
    "house/web.py": "from house.rooms.kitchen import urls\n",
    "house/rooms/__init__.py": "",
    "house/rooms/kitchen/__init__.py": "",
    "house/rooms/kitchen/actions.py": "from house.rooms.kitchen import models\n",
    "house/rooms/kitchen/models.py": "from house.rooms.cellar import shelves\n",
    "house/rooms/kitchen/urls.py": "",
    "house/rooms/cellar/__init__.py": "",
    "house/rooms/cellar/queries.py": "",
    "house/rooms/cellar/shelves.py": "",
    "house/rooms/cellar/models.py": "",
}


@pytest.fixture
def trespasses(tmp_path, monkeypatch):
    """Build the house with one more module, and return what the contract says of it."""

    def look(name: str, source: str) -> list[str]:
        for path, text in (FILES | {name: source}).items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        graph = grimp.build_graph("house", cache_dir=None)
        contract = AppBoundary(
            name="boundary",
            session_options={"root_packages": ["house"]},
            contract_options={
                "layers": ["house.rooms"],
                "mounters": ["house.web"],
                "also_public": ["house.rooms.cellar.shelves"],
            },
        )
        return list(contract.check(graph, verbose=False).metadata["trespasses"])

    yield look
    for module in [name for name in sys.modules if name.partition(".")[0] == "house"]:
        del sys.modules[module]


def test_public_modules_mounts_and_named_exceptions_are_allowed(trespasses):
    assert trespasses("house/rooms/kitchen/views.py", "from house.rooms.cellar import queries\n") == []


def test_the_inside_of_another_app_is_not(trespasses):
    found = trespasses("house/rooms/kitchen/views.py", "from house.rooms.cellar import models\n")

    assert found == ["house.rooms.kitchen.views -> house.rooms.cellar.models"]


def test_only_the_shell_may_mount_routes(trespasses):
    found = trespasses("house/rooms/cellar/views.py", "from house.rooms.kitchen import urls\n")

    assert found == ["house.rooms.cellar.views -> house.rooms.kitchen.urls"]


def test_the_shell_may_not_reach_inside_either(trespasses):
    found = trespasses("house/shell.py", "from house.rooms.kitchen.models import shelves\n")

    assert found == ["house.shell -> house.rooms.kitchen.models"]
