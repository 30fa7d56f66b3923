"""`muniment restore`: a whole portal out of its backup into an empty directory, and what is refused before."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from muniment.operations import programs
from muniment.operations.places import UNFINISHED
from muniment.trust.vault.keyring.file import FileKeyring
from muniment_verify.command import main as verify
from tests import sites
from tests.operations import handbook
from tests.operations.conftest import wait_until
from tests.sites import ROOT, Site

pytestmark = pytest.mark.slow

# What a restore adds to: entries that say so, and what follows from them.
GROWN = {"entry", "client_head", "client_tile", "register_head", "register_tile", "client_epoch", "register_epoch"}
# What it ends, and what is written beside a backup after its last segment.
ENDED = {"session", "letter", "procrastinate_jobs", "procrastinate_events", "backup", "continuity_order"}


@dataclass
class Saved:
    """An installation that was saved: what it was at two moments, and where it lies."""

    folder: Path
    earlier: dict[str, Any]
    newest: dict[str, Any]

    def empty(self, name: str) -> Path:
        """Return a directory with nothing but the keys in it."""
        place = self.folder / name
        place.mkdir(mode=0o700)
        shutil.copytree(self.folder / "data" / "keys", place / "keys")
        return place

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "muniment.operations.command", *words]

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
        data = self.folder / "data"
        named = {"MUNIMENT_DATA": str(data), "MUNIMENT_BACKUP_REPOSITORY": str(data / "backups" / "repository")}
        return {**kept, **named, "PYTHONPATH": str(ROOT / "src")}

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*words), env=self.environment(), capture_output=True, text=True, check=False, timeout=600
        )


def act(site: Site, *words: str) -> dict[str, Any]:
    """Let people act in an installation, and return what it then is."""
    environment = {**programs.environment(site.present, "app"), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    line = [sys.executable, "-m", "tests.operations.continuity.acting", *words]
    done = subprocess.run(line, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def saved() -> Iterator[Saved]:
    """Save an installation twice, with acts between and after."""
    with tempfile.TemporaryDirectory(prefix="mun-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with sites.running(folder) as site:
            act(site, "folder=One", "upload=First.txt")
            site.run("run")
            earlier = act(site, "folder=Two", "enter=nora@example.com", "upload=Second.txt")
            time.sleep(1.2)
            newest = act(site, "folder=Three")
            site.run("run")
            act(site, "bundle=now")
        yield Saved(folder, earlier, newest)


@pytest.mark.control("recovery-tested")
def test_a_restore_that_was_killed_says_so_and_begins_anew_and_brings_all_of_it_back(saved: Saved):
    place = saved.empty("whole")
    line = saved.command("restore", "--into", str(place), "--yes")
    process = subprocess.Popen(line, env=saved.environment(), stdout=subprocess.DEVNULL, start_new_session=True)
    assert wait_until(lambda: (place / "database").exists() or process.poll() is not None, 300)
    process.send_signal(signal.SIGKILL)
    process.wait()

    refused = saved.run("check", "--data", str(place))
    assert (place / UNFINISHED).exists()
    assert refused.returncode == 1
    assert "did not end" in refused.stderr

    done = saved.run("restore", "--into", str(place), "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    assert not (place / UNFINISHED).exists()
    with sites.started(place) as site:
        back = act(site, f"export={saved.folder / 'whole.mlog'}")
    before = saved.newest
    differ = {name for name in before["rows"] if back["rows"][name] != before["rows"][name]}
    assert differ <= GROWN | ENDED
    assert back["stored"] == before["stored"] != {}
    for client, heads in before["heads"].items():
        assert heads.items() <= back["heads"][client].items()
    assert before["register"].items() <= back["register"].items()
    assert back["rows"]["session"] == back["invitations"] == 0
    assert before["rows"]["session"] == before["invitations"] == 1
    assert before["origins"].keys() == back["origins"].keys()
    assert not set(before["origins"].values()) & set(back["origins"].values())
    assert checked(saved, "whole.mlog", before) == 0


@pytest.mark.control("recovery-tested")
def test_a_moment_is_restored_and_the_log_says_what_it_lost(saved: Saved):
    place = saved.empty("earlier")

    line = handbook.line("restore", "--to-moment", "--into", into=place, to_moment=saved.earlier["now"])
    done = saved.run(*line, "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "are lost; each log says so itself" in done.stdout
    with sites.started(place) as site:
        back = act(site, f"export={saved.folder / 'earlier.mlog'}")
    assert back["rows"]["folder"] == saved.earlier["rows"]["folder"] == saved.newest["rows"]["folder"] - 1
    assert saved.earlier["heads"][back["client"]].items() <= back["heads"][back["client"]].items()
    assert checked(saved, "earlier.mlog", saved.earlier) == 0
    assert checked(saved, "earlier.mlog", saved.newest) == 3


@pytest.mark.control("recovery-tested")
def test_a_bundle_comes_back_whole_and_one_that_was_changed_does_not(saved: Saved):
    place, spoilt = saved.empty("unbundled"), saved.empty("spoilt")
    (made,) = (saved.folder / "data" / "backups" / "bundles").glob("*.bundle")
    changed = saved.folder / "changed.bundle"
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)

    done = saved.run(*handbook.line("restore", "--bundle", into=place, bundle=made), "--yes")
    refused = saved.run("restore", "--into", str(spoilt), "--bundle", str(changed), "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    with sites.started(place) as site:
        back = act(site)
    differ = {name for name in saved.newest["rows"] if back["rows"][name] != saved.newest["rows"][name]}
    assert differ <= GROWN | ENDED
    assert back["stored"] == saved.newest["stored"]
    assert saved.newest["register"].items() <= back["register"].items()
    assert refused.returncode == 1
    assert not (spoilt / UNFINISHED).exists()


def checked(saved: Saved, export: str, before: dict[str, Any]) -> int:
    """Return what the verifier says of an export, by the keys and a checkpoint from before the restore."""
    kept = saved.folder / "kept.checkpoint"
    kept.write_text(before["checkpoint"])
    keys = [
        word
        for key in before["keys"]
        for word in ("--register-key" if key.startswith("muniment-register/") else "--key", key)
    ]
    return verify(["log", str(saved.folder / export), "--kept", str(kept), *keys])


def test_a_plan_is_shown_and_nothing_is_written(saved: Saved):
    place = saved.empty("plan")

    done = saved.run(*handbook.line("restore", "--plan", data=place))

    assert done.returncode == 0, done.stderr
    assert "room" in done.stdout
    assert "documents" in done.stdout
    assert [path.name for path in place.iterdir()] == ["keys"]


def test_what_cannot_be_restored_is_refused_before_anything_is_written(saved: Saved):
    full, keyless, other = saved.empty("full"), saved.folder / "keyless", saved.empty("other")
    (full / "store").mkdir()
    keyless.mkdir()
    (other / "keys" / "backup.key").write_text(secrets.token_hex(32))

    def refusal(place: Path, *words: str) -> str:
        done = saved.run("restore", "--into", str(place), "--yes", *words)
        assert done.returncode == 1, done.stdout
        assert not (place / UNFINISHED).exists()
        return " ".join(done.stderr.split())

    assert "is not empty: store lies there" in refusal(full)
    assert "backup.key, which opens the repository, is not there" in refusal(keyless)
    assert "does not open this repository or bundle" in refusal(other)
    empty = saved.empty("empty")
    assert "no moment" in refusal(empty, "--to-moment", "yesterday")
    assert "not come yet" in refusal(empty, "--to-moment", "2999-01-01T00:00:00Z")
    assert "oldest moment that can be restored" in refusal(empty, "--to-moment", "2001-01-01T00:00:00Z")


def test_another_root_key_than_that_of_the_backup_is_noticed(saved: Saved):
    place = saved.empty("wrong")
    (place / "keys" / "root.key").unlink()
    FileKeyring(place / "keys" / "root.key").create()

    done = saved.run("restore", "--into", str(place), "--yes")

    assert done.returncode == 1
    assert "root key does not open" in " ".join(done.stderr.split())
    assert (place / UNFINISHED).exists()
