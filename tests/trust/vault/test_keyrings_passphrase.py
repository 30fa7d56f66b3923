"""The passphrase over the root key's file: where it may come from, and what does not open without it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from muniment.core.config import Config
from muniment.trust.vault.errors import KeyMissing, KeyRefused
from muniment.trust.vault.keyring import file, passphrase
from muniment.trust.vault.keyring.file import FileKeyring

pytestmark = pytest.mark.control("buyer-encryption")

KEY = os.urandom(32)
PHRASE = b"a long sentence nobody guesses"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of real life is for one test; it is written into the file, so the others may take less."""
    monkeypatch.setattr(passphrase.Cost, "new", classmethod(lambda cls: cls(os.urandom(16), 1, 1, 512)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "root.key"


def given(content: bytes) -> int:
    """A descriptor from which `content` can be read once, as a shell or systemd gives one."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    return reading


def test_with_its_passphrase_the_file_opens_and_without_it_holds_no_key(path: Path):
    made = FileKeyring(path, passphrase=PHRASE).create()
    wrapped = made.wrap(KEY, b"")

    assert FileKeyring(path, passphrase=PHRASE).load().unwrap(wrapped, b"") == KEY
    document = json.loads(path.read_bytes())
    assert document["muniment"] == "root-key/v2"
    assert document["passphrase"]["kdf"] == "argon2id"
    assert len(document["keys"][0]["key"]) == 80  # 60 bytes: sealed


@pytest.mark.parametrize("other", [b"a long sentence nobody guesse!", None])
def test_with_another_passphrase_or_none_it_is_refused_with_a_sentence(path: Path, other: bytes | None):
    FileKeyring(path, passphrase=PHRASE).create()

    with pytest.raises(KeyRefused, match="passphrase"):
        FileKeyring(path, passphrase=other).load()


def test_a_file_without_a_passphrase_is_refused_where_one_is_set(path: Path):
    FileKeyring(path).create()

    with pytest.raises(KeyRefused, match="has no passphrase, although one is set"):
        FileKeyring(path, passphrase=PHRASE).load()


def test_a_rotation_keeps_the_passphrase(path: Path):
    keyring = FileKeyring(path, passphrase=PHRASE).create()
    wrapped = keyring.wrap(KEY, b"")

    keyring.rotate()

    assert FileKeyring(path, passphrase=PHRASE).load().unwrap(wrapped, b"") == KEY
    with pytest.raises(KeyRefused):
        FileKeyring(path).load()


def test_a_passphrase_is_set_changed_and_taken_away_while_the_keys_stay(path: Path):
    wrapped = FileKeyring(path).create().wrap(KEY, b"")

    for old, new in ((None, PHRASE), (PHRASE, b"another long sentence"), (b"another long sentence", None)):
        FileKeyring(path, passphrase=old).protect(new)
        assert FileKeyring(path, passphrase=new).load().unwrap(wrapped, b"") == KEY
        with pytest.raises(KeyRefused):
            FileKeyring(path, passphrase=old).load()
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "value"),
    [("memory_kib", 2**40), ("memory_kib", 1), ("iterations", 0), ("lanes", 10**6), ("salt", "00"), ("kdf", "md5")],
)
def test_a_cost_that_would_take_the_machine_down_is_not_paid(path: Path, name: str, value: object):
    FileKeyring(path, passphrase=PHRASE).create()
    document = json.loads(path.read_bytes())
    document["passphrase"][name] = value
    path.write_text(json.dumps(document))

    with pytest.raises(KeyRefused, match="damaged"):
        FileKeyring(path, passphrase=PHRASE).load()


def test_a_sealed_key_does_not_open_under_another_id(path: Path):
    FileKeyring(path, passphrase=PHRASE).create().rotate()
    document = json.loads(path.read_bytes())
    first, second = document["keys"]
    first["key"], second["key"] = second["key"], first["key"]
    path.write_text(json.dumps(document))

    with pytest.raises(KeyRefused):
        FileKeyring(path, passphrase=PHRASE).load()


def test_todays_cost_is_that_of_the_standard():
    cost = passphrase.Cost(bytes(16))

    assert (cost.iterations, cost.lanes, cost.memory_kib) == (3, 4, 64 * 1024)
    assert len(cost.key(PHRASE)) == 32


def test_a_descriptor_is_read_to_its_end_and_the_line_end_is_no_part_of_it():
    assert passphrase.read(f"fd:{given(PHRASE + os.linesep.encode())}") == PHRASE


@pytest.mark.parametrize("content", [b"short", b"\n", b"", b"x" * 2000])
def test_what_is_no_passphrase_is_refused_without_a_word_of_it(content: bytes):
    with pytest.raises((KeyRefused, KeyMissing)) as caught:
        passphrase.read(f"fd:{given(content)}")

    assert "short" not in str(caught.value).replace("too short", "")
    assert "xxx" not in str(caught.value)


def test_a_descriptor_that_is_not_open_is_said_so():
    with pytest.raises(KeyMissing, match="cannot be read from fd:999"):
        passphrase.read("fd:999")


def test_a_systemd_credential_is_read_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "muniment-passphrase").write_bytes(PHRASE + b"\n")
    monkeypatch.setenv(passphrase.CREDENTIALS, str(tmp_path))

    assert passphrase.read("credential:muniment-passphrase") == PHRASE
    with pytest.raises(KeyMissing):
        passphrase.read("credential:another")
    monkeypatch.delenv(passphrase.CREDENTIALS)
    with pytest.raises(KeyMissing, match="systemd gave no credentials"):
        passphrase.read("credential:muniment-passphrase")


def test_what_is_kept_can_be_read_again_and_again_and_by_a_child_that_inherits_it():
    source = passphrase.keep(f"fd:{given(PHRASE)}")
    (descriptor,) = passphrase.descriptor_of(source)
    try:
        assert passphrase.read(source) == passphrase.read(source) == PHRASE
        assert not os.get_inheritable(descriptor)
        script = f"import os; print(os.pread({descriptor}, 100, 0).decode())"
        heir = subprocess.run([sys.executable, "-c", script], pass_fds=(descriptor,), capture_output=True, check=True)
        assert heir.stdout.strip() == PHRASE
        stranger = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
        assert stranger.returncode != 0
        with pytest.raises(OSError, match="not permitted"):
            os.write(descriptor, b"another")
    finally:
        os.close(descriptor)


def test_the_settings_open_the_sealed_file(tmp_path: Path):
    config = Config(data=tmp_path, keyring_passphrase=f"fd:{given(PHRASE)}")
    source = passphrase.keep(config.keyring_passphrase or "")
    config = Config(data=tmp_path, keyring_passphrase=source)
    wrapped = file.from_settings(config).create().wrap(KEY, b"")

    assert file.open_keyring(config).unwrap(wrapped, b"") == KEY
    with pytest.raises(KeyRefused, match="does not say where it comes from"):
        file.open_keyring(Config(data=tmp_path))
    os.close(passphrase.descriptor_of(source)[0])
