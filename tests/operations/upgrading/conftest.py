"""Data directories as releases before left them, and a way to run the command over them."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from muniment.operations import accounts
from tests.sites import ROOT

RELEASES = ROOT / "tests" / "fixtures" / "releases"


@dataclass
class Left:
    """A data directory in `folder`, and what it held when its own version left it."""

    folder: Path
    facts: dict[str, Any]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def environment(self, **settings: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
        return {**kept, "MUNIMENT_DATA": str(self.data), "PYTHONPATH": str(ROOT / "src"), **settings}

    def line(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "muniment.operations.command", *words]

    def run(self, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            self.line(*words),
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        done.stderr = " ".join(done.stderr.split())
        return done

    def again(self, name: str) -> "Left":
        """Return a copy, as it is now."""
        place = self.folder / name
        place.mkdir(mode=0o755)
        subprocess.run(["cp", "--archive", "--reflink=auto", str(self.data), str(place / "data")], check=True)
        return Left(place, self.facts)


def unpacked(folder: Path, version: str) -> Left:
    """Unpack what a version left; the database's account owns it, as it would have."""
    with tarfile.open(RELEASES / f"{version}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    data = folder / "data"
    for path in [data, *data.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    if accounts.is_root():
        accounts.hand_over(data, accounts.ensure_system_user())
    facts = json.loads((folder / "facts.json").read_text())
    return Left(folder, facts)


@pytest.fixture(scope="module")
def left() -> Iterator[Left]:
    """Give what the newest release before this one left; tests work on copies of it."""
    newest = max(RELEASES.glob("*.tar.xz"))
    folder = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    folder.chmod(0o755)
    yield unpacked(folder, newest.name.removesuffix(".tar.xz"))
    shutil.rmtree(folder, ignore_errors=True)
