"""Releases and notices count where the release key signed them, and nowhere else."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from muniment.assurance.monitoring import updates
from muniment.core import clock, config, releases
from muniment.core.releases import NotReleased
from tests.sites import ROOT
from tools import release

pytestmark = pytest.mark.control("patching")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with two key pairs: ours, and somebody else's."""
    place = tmp_path_factory.mktemp("release")
    release.keys(place / "ours")
    release.keys(place / "theirs")
    return place


@pytest.fixture(scope="module")
def key(folder: Path) -> bytes:
    return releases.public_key((folder / "ours" / "release.pub").read_text())


@pytest.fixture(scope="module")
def checkout(folder: Path) -> Path:
    """Give a checkout whose package holds our public key."""
    tree = folder / "tree"
    shutil.copytree(ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree / name)
    shutil.copy(folder / "ours" / "release.pub", tree / "src" / "muniment" / "core" / "release.pub")
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-qm", "x"),
    ):
        subprocess.run(["git", "-C", str(tree), *words], check=True)
    return tree


def check(tree: Path, *files: Path) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
    line = [sys.executable, "-m", "muniment.operations.command", "release", "check", *map(str, files)]
    environment = {**kept, "PYTHONPATH": str(tree / "src")}
    done = subprocess.run(line, env=environment, cwd=tree, capture_output=True, text=True, check=False)
    done.stderr = " ".join(done.stderr.split())
    return done


def test_a_release_is_the_same_bytes_every_time_and_is_checked_before_it_is_installed(folder: Path, checkout: Path):
    release.build(checkout, folder / "ours" / "release.key", folder / "one")
    release.build(checkout, folder / "ours" / "release.key", folder / "two")

    names = sorted(path.name for path in (folder / "one").iterdir())
    assert {Path(name).suffix for name in names} == {".json", ".sig", ".whl", ".gz"}
    for name in names:
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()

    (wheel,) = (folder / "one").glob("*.whl")
    assert check(checkout, wheel).returncode == 0
    without = check(ROOT, wheel)
    assert without.returncode == 1
    assert "holds no release key" in without.stderr

    (changed,) = (folder / "two").glob("*.whl")
    changed.write_bytes(changed.read_bytes() + b"x")
    assert "not what was released" in check(checkout, changed).stderr
    manifest = folder / "two" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": "', '"version": "9'))
    assert "not by those who release" in check(checkout, changed).stderr


def test_no_other_key_releases(folder: Path, checkout: Path):
    with pytest.raises(SystemExit, match="not the one"):
        release.build(checkout, folder / "theirs" / "release.key", folder / "three")
    with pytest.raises(SystemExit, match="holds no release key"):
        release.build(_keyless(folder, checkout), folder / "ours" / "release.key", folder / "three")
    assert not (folder / "three").exists()


def _keyless(folder: Path, checkout: Path) -> Path:
    tree = folder / "keyless"
    subprocess.run(["git", "clone", "-q", str(checkout), str(tree)], check=True)
    words = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
    subprocess.run(["git", "-C", str(tree), "rm", "-q", "src/muniment/core/release.pub"], check=True)
    subprocess.run(["git", "-C", str(tree), *words, "commit", "-qm", "y"], check=True)
    return tree


def test_this_checkout_holds_no_release_key_that_somebody_developed_with():
    assert releases.release_key() is None


def test_a_notice_is_believed_while_it_is_fresh_and_signed(folder: Path, key: bytes):
    told = release.notice(folder / "ours" / "release.key", "1.2", "1.1", "https://muniment.example/1.2").encode()
    theirs = release.notice(folder / "theirs" / "release.key", "1.2", "1.1", "https://muniment.example/1.2").encode()
    now = clock.now()

    assert releases.read_notice(told, key, now=now).version == "1.2"
    for envelope, at, trusted in (
        (theirs, now, key),
        (told, now + timedelta(days=46), key),
        (told, now - timedelta(days=2), key),
        (told, now, None),
        (told.replace(b"1.2", b"1.3"), now, key),
        (b"[]", now, key),
        (b"{}", now, key),
        (b"\xff", now, key),
    ):
        with pytest.raises(NotReleased):
            releases.read_notice(envelope, trusted, now=at)


def test_a_manifest_does_not_pass_for_a_notice(folder: Path, key: bytes):
    signer = folder / "ours" / "release.key"
    told = json.loads(release.notice(signer, "1.2", "1.1", "https://muniment.example/1.2"))

    with pytest.raises(NotReleased, match="not by those"):
        releases.read_manifest(told["notice"].encode(), told["signature"], key)


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Give a server of notices that the settings name, and a way to say what it answers."""
    answers = [b""]
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(str(self.headers))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answers[0])

        def log_message(self, *words: object) -> None:
            pass

    def answer(envelope: bytes) -> None:
        answers[0] = envelope

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        changed = replace(
            config.current(), data=tmp_path, updates_url=f"http://127.0.0.1:{server.server_port}/notice.json"
        )
        (tmp_path / "watch").mkdir()
        monkeypatch.setattr(config, "current", lambda: changed)
        yield answer
        server.shutdown()


def test_health_says_what_the_notice_says_and_a_hole_is_red(folder: Path, key: bytes, serving: Callable[[bytes], None]):
    signer, link = folder / "ours" / "release.key", "https://muniment.example/1.2"
    assert [line.state for line in updates.lines(key, "1.0")] == ["notice"]
    serving(release.notice(signer, "1.2", "1.1", link).encode())

    updates.renew(key)

    assert [line.state for line in updates.lines(key, "1.0.9")] == ["bad"]
    assert [line.state for line in updates.lines(key, "1.1")] == ["notice"]
    assert [line.state for line in updates.lines(key, "1.2")] == ["good"]
    assert [line.state for line in updates.lines(None, "1.0")] == ["notice"]

    before = clock.now() - timedelta(days=1)
    serving(release.notice(signer, "1.1", "1.0", link, issued_at=before).encode())
    with pytest.raises(NotReleased, match="older than the one before"):
        updates.renew(key)


def test_what_is_not_signed_is_not_kept(folder: Path, key: bytes, serving: Callable[[bytes], None]):
    signer, link = folder / "ours" / "release.key", "https://muniment.example/1.2"
    serving(release.notice(signer, "1.1", "1.0", link).encode())
    updates.renew(key)
    for bad in (
        release.notice(folder / "theirs" / "release.key", "1.2", "1.2", link).encode(),
        b"<html>",
        b"x" * 70000,
    ):
        serving(bad)
        with pytest.raises((NotReleased, updates.NoNotice)):
            updates.renew(key)

    assert [line.state for line in updates.lines(key, "1.0")] == ["notice"]
    with pytest.raises(NotReleased, match="holds no release key"):
        updates.renew(None)


def test_nobody_is_asked_where_nothing_is_set():
    assert config.current().updates_url is None
    assert updates.renew_notice() is None
    assert list(updates.updates()) == []


@pytest.mark.parametrize(
    "address", ["http://updates.example/n.json", "https://a:b@updates.example/n.json", "ftp://updates.example/n"]
)
def test_an_address_that_others_could_read_along_is_refused(address: str):
    with pytest.raises(config.SettingRefused, match="updates_url"):
        config.load({"MUNIMENT_UPDATES_URL": address})
