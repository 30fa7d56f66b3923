"""What every keyring keeps to, and what the file alone has to refuse."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from muniment.trust.vault.errors import KeyMissing, KeyRefused
from muniment.trust.vault.keyring.contract import Keyring
from muniment.trust.vault.keyring.file import FileKeyring

KEY = os.urandom(32)
Maker = Callable[[Path], Keyring]


def file_keyring(folder: Path) -> Keyring:
    return FileKeyring(folder / "root.key").create()


@pytest.fixture(params=[file_keyring], ids=["file"])
def keyring(request: pytest.FixtureRequest, tmp_path: Path) -> Keyring:
    make: Maker = request.param
    return make(tmp_path / "one")


@pytest.fixture(params=[file_keyring], ids=["file"])
def stranger(request: pytest.FixtureRequest, tmp_path: Path) -> Keyring:
    make: Maker = request.param
    return make(tmp_path / "another")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "root.key"
    FileKeyring(path).create()
    return path


def test_a_keyring_unwraps_what_it_wrapped(keyring):
    wrapped = keyring.wrap(KEY, b"client")

    assert keyring.unwrap(wrapped, b"client") == KEY
    assert keyring.is_current(wrapped)
    assert KEY not in wrapped


def test_a_wrapped_key_opens_in_its_own_context_only(keyring):
    with pytest.raises(KeyRefused):
        keyring.unwrap(keyring.wrap(KEY, b"client"), b"another client")


def test_a_changed_wrapped_key_is_refused(keyring):
    wrapped = bytearray(keyring.wrap(KEY, b""))
    wrapped[-1] ^= 1

    with pytest.raises(KeyRefused):
        keyring.unwrap(bytes(wrapped), b"")


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"\x02" + bytes(68)])
def test_garbage_is_refused(keyring, garbage):
    with pytest.raises(KeyRefused):
        keyring.unwrap(garbage, b"")


def test_another_keyring_says_that_the_root_key_is_missing(keyring, stranger):
    with pytest.raises(KeyMissing, match=r"Restore it from your key backup"):
        stranger.unwrap(keyring.wrap(KEY, b""), b"")


def test_the_file_is_for_its_owner_alone(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_the_file_says_what_it_is(path):
    document = json.loads(path.read_bytes())

    assert document["muniment"] == "root-key/v1"
    assert document["current"] == document["keys"][0]["id"]
    assert set(document["keys"][0]) == {"id", "created_at", "key"}


def test_a_second_process_reads_the_same_keys(path):
    wrapped = FileKeyring(path).load().wrap(KEY, b"")

    assert FileKeyring(path).load().unwrap(wrapped, b"") == KEY


def test_a_keyring_is_never_written_over(path):
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        FileKeyring(path).create()

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_the_facts_name_every_root_key_and_the_one_that_wraps(keyring):
    keyring.rotate()

    first, second = keyring.facts()

    assert (first.is_current, second.is_current) == (True, False)
    assert first.id != second.id
    assert first.created_at >= second.created_at


@pytest.mark.control("aes-256")
def test_after_a_rotation_new_keys_wrap_and_old_ones_unwrap(path):
    old = FileKeyring(path).load()
    wrapped = old.wrap(KEY, b"")

    new = FileKeyring(path)
    new.rotate()

    assert new.unwrap(wrapped, b"") == KEY
    assert not new.is_current(wrapped)
    assert new.is_current(new.wrap(KEY, b""))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_rotation_keeps_what_another_process_just_added(path):
    first, second = FileKeyring(path).load(), FileKeyring(path).load()
    first.rotate()
    wrapped = first.wrap(KEY, b"")

    second.rotate()

    assert second.unwrap(wrapped, b"") == KEY


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(KeyMissing, match=r"Restore it from your key backup.*nothing was changed"):
        FileKeyring(tmp_path / "root.key").load()


def test_nothing_is_wrapped_before_the_file_was_read(path):
    with pytest.raises(KeyMissing):
        FileKeyring(path).wrap(KEY, b"")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_open_to_others_is_refused(path, mode):
    path.chmod(mode)

    with pytest.raises(KeyRefused, match="0600"):
        FileKeyring(path).load()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(path):
    os.chown(path, 65534, 65534)

    with pytest.raises(KeyRefused, match="belongs to user 65534"):
        FileKeyring(path).load()


def test_a_link_is_refused(path, tmp_path):
    link = tmp_path / "link.key"
    link.symlink_to(path)

    with pytest.raises(KeyRefused):
        FileKeyring(link).load()


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(KeyRefused):
        FileKeyring(tmp_path).load()


DAMAGES = {
    "cut": lambda text: text[:40],
    "empty": lambda _: "",
    "not an object": lambda _: "[]",
    "another version": lambda text: text.replace("root-key/v1", "root-key/v9"),
    "not base64": lambda text: text.replace('"key": "', '"key": "!'),
    "short key": lambda text: json.dumps(
        {**json.loads(text), "keys": [{**json.loads(text)["keys"][0], "key": "AAAA"}]}
    ),
    "no key": lambda text: json.dumps({**json.loads(text), "keys": []}),
    "a key twice": lambda text: json.dumps({**json.loads(text), "keys": json.loads(text)["keys"] * 2}),
    "keys of another kind": lambda text: json.dumps({**json.loads(text), "keys": [7]}),
    "current unknown": lambda text: json.dumps({**json.loads(text), "current": "00" * 8}),
    "current of another kind": lambda text: json.dumps({**json.loads(text), "current": 7}),
    "more than expected": lambda text: json.dumps({**json.loads(text), "note": ""}),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_malformed_file_is_refused_without_a_word_of_it(path, damage):
    text = path.read_text()
    path.write_text(damage(text))

    with pytest.raises(KeyRefused) as caught:
        FileKeyring(path).load()

    assert json.loads(text)["keys"][0]["key"] not in str(caught.value)
