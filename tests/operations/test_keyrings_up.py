"""The command with a root key under a passphrase, and with one in a key service that goes away."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.operations import accounts
from tests.key_services import TOKEN, TransitServer, transit
from tests.operations.conftest import wait_until
from tests.operations.test_up import ALLOWED, SECONDS, Portal, everything_of

pytestmark = [pytest.mark.slow, pytest.mark.control("buyer-encryption")]

PHRASE = "a long sentence nobody guesses"
OTHER = "another long sentence of mine"


class SealedPortal(Portal):
    """A portal whose command gets passphrases on descriptors, each readable once."""

    def begin(self, *options: str) -> None:
        with self.output.open("wb") as output, _given(PHRASE) as descriptor:
            self.process = subprocess.Popen(
                self._line("up", *ALLOWED, *options),
                env={**self._environ(), "MUNIMENT_KEYRING_PASSPHRASE": f"fd:{descriptor}"},
                stderr=output,
                start_new_session=True,
                pass_fds=(descriptor,),
            )

    def ask(self, *arguments: str, phrase: str | None = None, new: str | None = None) -> tuple[int, str]:
        """Run a command with a passphrase, and maybe a new one; return its code and what it said."""
        environ, given = self._environ(), []
        if phrase is not None:
            given.append(_given(phrase))
            environ["MUNIMENT_KEYRING_PASSPHRASE"] = f"fd:{given[-1].descriptor}"
        if new is not None:
            given.append(_given(new))
            arguments = (*arguments, "--new-passphrase", f"fd:{given[-1].descriptor}")
        descriptors = [one.descriptor for one in given]
        done = subprocess.run(
            self._line(*arguments), env=environ, pass_fds=descriptors, capture_output=True, text=True, check=False
        )
        for one in given:
            one.__exit__()
        return done.returncode, done.stdout + done.stderr


class _given:  # noqa: N801 (reads as a phrase where it is used)
    """The reading end of a pipe with a passphrase in it."""

    def __init__(self, phrase: str) -> None:
        self.descriptor, writing = os.pipe()
        os.write(writing, phrase.encode() + b"\n")
        os.close(writing)

    def __enter__(self) -> int:
        return self.descriptor

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mun-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def stop(portal: Portal) -> None:
    if portal.is_running():
        portal.stop()


def test_a_portal_under_a_passphrase_runs_and_tells_it_to_nobody(folder: Path):
    portal = SealedPortal(folder)
    try:
        portal.start()
        assert b"root-key/v2" in portal.present.root_key.read_bytes()
        for process_id in everything_of(portal):
            for name in ("cmdline", "environ"):
                assert PHRASE.encode() not in Path(f"/proc/{process_id}/{name}").read_bytes()

        first = portal.parts()["server"]
        os.kill(first, signal.SIGKILL)  # who comes after it opens the file too

        assert wait_until(lambda: portal.parts().get("server") not in {None, first} and portal.answers(), SECONDS)
        assert wait_until(lambda: portal.ask("check", phrase=PHRASE)[0] == 0, SECONDS)
        code, said = portal.ask("keyring", "protect", phrase=PHRASE, new=OTHER)
        assert (code, "The portal is running" in " ".join(said.split())) == (1, True)
    finally:
        stop(portal)

    for phrase, reason in ((None, "has a passphrase"), (OTHER, "does not open with this passphrase")):
        code, said = portal.ask("check", phrase=phrase)
        assert code == 1
        assert reason in " ".join(said.split())
    assert portal.ask("keyring", "protect", phrase=PHRASE, new=OTHER)[0] == 0
    assert portal.ask("check", phrase=PHRASE)[0] == 1
    assert portal.ask("check", phrase=OTHER)[0] == 0
    for path in portal.present.data.rglob("*"):
        if path.is_file() and "database" not in path.parts and "pg" not in path.parts:
            assert PHRASE.encode() not in path.read_bytes()


@pytest.mark.parametrize("mistake", [PHRASE, "fd:1", "env:PASS"])
def test_the_passphrase_itself_is_never_taken_as_a_setting_nor_repeated(folder: Path, mistake: str):
    portal = SealedPortal(folder)

    done = subprocess.run(
        portal._line("check"),
        env={**portal._environ(), "MUNIMENT_KEYRING_PASSPHRASE": mistake},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "keyring_passphrase must say where the passphrase comes from" in " ".join(done.stderr.split())
    assert mistake not in done.stderr.replace("fd:3", "")


@pytest.fixture
def engine() -> Iterator[TransitServer]:
    with transit() as server:
        yield server


def test_a_portal_starts_while_its_key_service_is_down_and_works_once_it_is_back(folder: Path, engine: TransitServer):
    token = folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    if accounts.is_root():
        os.chown(token, accounts.ensure_system_user().uid, -1)
    own = {"URL": engine.url, "KEY": "muniment", "TOKEN": str(token)}
    portal = Portal(
        folder,
        MUNIMENT_KEYRING="transit",
        MUNIMENT_KEY_CACHE_SECONDS="10",
        **{f"MUNIMENT_TRANSIT_{name}": value for name, value in own.items()},
    )
    try:
        portal.start()
        assert not portal.present.root_key.exists()
        assert portal.call("check").returncode == 0
        portal.stop()

        engine.stop()
        portal.start()
        checked = portal.call("check")
        assert checked.returncode == 1
        assert "the transit engine cannot be asked" in " ".join((checked.stdout + checked.stderr).split())
        engine.start()

        assert wait_until(lambda: portal.call("check").returncode == 0, SECONDS)
        assert portal.answers()
    finally:
        stop(portal)
