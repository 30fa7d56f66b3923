"""What every keyring keeps to, wherever its root key lives: one contract, three adapters, and the move between them."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import pytest

from muniment.core.config import Config
from muniment.core.config.fields import KeyringKind
from muniment.core.config.keys import NEEDED, OWN
from muniment.trust.vault.errors import KeyMissing, KeyRefused, KeyServiceDown
from muniment.trust.vault.keyring.contract import Keyring
from muniment.trust.vault.keyring.file import FileKeyring
from muniment.trust.vault.keyring.opening import ADAPTERS, open_keyring
from tests.key_services import TOKEN, TransitServer, kms, transit

pytestmark = pytest.mark.control("buyer-encryption")

KEY = os.urandom(32)
CONTEXT = b"client\0" + bytes(range(16))
REGION = "eu-central-1"
OTHER_ACCOUNT = "111122223333"
Credentials = tuple[str, ...]
PASSPHRASE = b"a long sentence nobody guesses"


@dataclass
class Place:
    """Where a kind of keyring lives: `config` opens it, `again` makes another one of its kind."""

    config: Config
    again: Callable[[], Config]


def aws_client(url: str, service: str = "kms", given: Credentials | None = None) -> Any:
    import botocore.session

    session = botocore.session.Session()
    session.set_credentials(*(given or ("test", "test")))
    return session.create_client(service, region_name=REGION, endpoint_url=url)


def of_another_account(url: str) -> Credentials:
    """Return what proves another account to AWS: a role of it, taken on for an hour."""
    role = aws_client(url, "sts").assume_role(
        RoleArn=f"arn:aws:iam::{OTHER_ACCOUNT}:role/other", RoleSessionName="tests"
    )
    found = role["Credentials"]
    return found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]


@pytest.fixture(scope="module")
def kms_url() -> Iterator[str]:
    with kms() as url:
        yield url


@pytest.fixture
def engine() -> Iterator[TransitServer]:
    with transit() as server:
        yield server


def aws_place(folder: Path, url: str) -> Place:
    def make(given: Credentials) -> Config:
        credentials, alias = folder / os.urandom(6).hex(), f"alias/muniment-{os.urandom(6).hex()}"
        names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        lines = [f"{name} = {value}" for name, value in zip(names, given, strict=False)]
        credentials.write_text("\n".join(["[default]", *lines, ""]))
        credentials.chmod(0o600)
        client = aws_client(url, given=given)
        made = client.create_key(Description="of the tests")["KeyMetadata"]
        client.create_alias(AliasName=alias, TargetKeyId=made["KeyId"])
        return Config(
            data=folder,
            keyring="aws-kms",
            aws_kms_region=REGION,
            aws_kms_key=alias,
            aws_kms_endpoint=url,
            aws_kms_credentials=credentials,
        )

    return Place(make(("test", "test")), lambda: make(of_another_account(url)))


def transit_place(folder: Path, engine: TransitServer) -> Place:
    token = folder / "token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    config = Config(data=folder, keyring="transit", transit_url=engine.url, transit_key="muniment", transit_token=token)

    def again() -> Config:
        engine.make_key("another")
        return replace(config, transit_key="another")

    return Place(config, again)


def file_place(folder: Path) -> Place:
    def make(name: str) -> Config:
        config = Config(data=folder / name)
        FileKeyring(config.root_key).create()
        return config

    return Place(make("one"), lambda: make("another"))


@pytest.fixture(params=sorted(ADAPTERS))
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "aws-kms":
        return aws_place(tmp_path, request.getfixturevalue("kms_url"))
    if request.param == "transit":
        return transit_place(tmp_path, request.getfixturevalue("engine"))
    return file_place(tmp_path)


@pytest.fixture
def keyring(place: Place) -> Keyring:
    return open_keyring(place.config)


def test_a_keyring_unwraps_what_it_wrapped(keyring: Keyring):
    wrapped = keyring.wrap(KEY, CONTEXT)

    assert keyring.unwrap(wrapped, CONTEXT) == KEY
    assert keyring.is_current(wrapped)
    assert KEY not in wrapped


def test_wrapping_the_same_key_again_looks_different(keyring: Keyring):
    assert keyring.wrap(KEY, CONTEXT) != keyring.wrap(KEY, CONTEXT)


def test_another_process_unwraps_it_too(place: Place, keyring: Keyring):
    assert open_keyring(place.config).unwrap(keyring.wrap(KEY, CONTEXT), CONTEXT) == KEY


@pytest.mark.parametrize("context", [b"", b"client\0", CONTEXT[:-1] + b"\xff"], ids=["none", "cut", "another client"])
def test_a_wrapped_key_opens_in_its_own_context_only(keyring: Keyring, context: bytes):
    wrapped = keyring.wrap(KEY, CONTEXT)

    with pytest.raises(KeyRefused):
        keyring.unwrap(wrapped, context)


def test_a_context_may_be_empty(keyring: Keyring):
    assert keyring.unwrap(keyring.wrap(KEY, b""), b"") == KEY


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_key_has_32_bytes(keyring: Keyring, size: int):
    with pytest.raises(ValueError, match="32 bytes"):
        keyring.wrap(bytes(size), CONTEXT)


def test_no_changed_byte_goes_unnoticed(keyring: Keyring):
    wrapped = keyring.wrap(KEY, CONTEXT)
    step = max(1, len(wrapped) // 24)

    for at in [*range(0, len(wrapped), step), len(wrapped) - 1]:
        changed = bytearray(wrapped)
        changed[at] ^= 1
        with pytest.raises((KeyRefused, KeyMissing, KeyServiceDown)):  # KMS: "access denied" for what may not exist
            keyring.unwrap(bytes(changed), CONTEXT)


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"\x01", b"\x02\x00\x01a", b"\x03\xff\xff" + bytes(80), bytes(69)])
def test_garbage_is_refused(keyring: Keyring, garbage: bytes):
    with pytest.raises((KeyRefused, KeyMissing)):
        keyring.unwrap(garbage, CONTEXT)
    assert not keyring.is_current(garbage)


def test_after_a_rotation_new_keys_wrap_and_old_ones_unwrap(keyring: Keyring):
    wrapped = keyring.wrap(KEY, CONTEXT)

    keyring.rotate()

    assert keyring.unwrap(wrapped, CONTEXT) == KEY
    assert not keyring.is_current(wrapped)
    assert keyring.is_current(keyring.wrap(KEY, CONTEXT))


def test_a_rotation_by_another_process_is_seen(place: Place, keyring: Keyring):
    wrapped = keyring.wrap(KEY, CONTEXT)
    other = open_keyring(place.config)

    other.rotate()
    newer = other.wrap(KEY, CONTEXT)

    assert keyring.unwrap(newer, CONTEXT) == KEY
    assert open_keyring(place.config).is_current(newer)
    assert not open_keyring(place.config).is_current(wrapped)
    assert keyring.is_current(keyring.wrap(KEY, CONTEXT))


def test_the_facts_name_every_root_key_and_the_one_that_wraps(place: Place, keyring: Keyring):
    keyring.rotate()
    keyring.rotate()

    facts = keyring.facts()

    assert [one.is_current for one in facts] == [True, False, False]
    assert len({one.id for one in facts}) == 3
    assert {one.adapter for one in facts} == {place.config.keyring}
    assert all(one.algorithm for one in facts)
    made_at = [one.created_at for one in facts if one.created_at is not None]
    assert len(made_at) == 3
    assert sorted(made_at, reverse=True) == made_at


def test_the_keys_of_another_installation_open_nothing(place: Place, keyring: Keyring):
    stranger = open_keyring(place.again())
    wrapped = keyring.wrap(KEY, CONTEXT)
    own = stranger.wrap(KEY, CONTEXT)

    with pytest.raises((KeyMissing, KeyRefused)):
        stranger.unwrap(wrapped, CONTEXT)
    with pytest.raises((KeyMissing, KeyRefused)):
        keyring.unwrap(own, CONTEXT)
    assert stranger.unwrap(own, CONTEXT) == KEY


def test_two_installations_in_one_aws_account_are_kept_apart_by_the_policies_of_their_keys(
    tmp_path: Path, kms_url: str
):
    """Both are keys of one account: what the portal itself does not tell apart, docs/operating.md says how to."""
    first, second = aws_place(tmp_path, kms_url).config, aws_place(tmp_path, kms_url).config
    wrapped = open_keyring(first).wrap(KEY, CONTEXT)

    assert open_keyring(second).unwrap(wrapped, CONTEXT) == KEY  # moto, like an account without policies, lets both
    assert not open_keyring(second).is_current(wrapped)
    said = (Path(__file__).parents[3] / "docs" / "operating.md").read_text()
    assert "Two portals in one AWS account" in said


def test_every_keyring_that_can_be_set_can_be_opened():
    assert set(ADAPTERS) == set(get_args(KeyringKind)) == set(NEEDED) == set(OWN)


def test_no_two_kinds_of_keyring_begin_a_wrapped_key_alike():
    kinds = [kind for _, kind in ADAPTERS.values()]

    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize("kind", ["aws-kms", "transit"])
def test_a_move_opens_the_old_and_wraps_with_the_new(kind: str, tmp_path: Path, kms_url: str, engine: TransitServer):
    old = Config(data=tmp_path)
    FileKeyring(old.root_key).create()
    wrapped = open_keyring(old).wrap(KEY, CONTEXT)
    new = (aws_place(tmp_path, kms_url) if kind == "aws-kms" else transit_place(tmp_path, engine)).config

    moving = open_keyring(replace(new, keyring_before="file"))

    assert moving.unwrap(wrapped, CONTEXT) == KEY
    assert not moving.is_current(wrapped)
    moved = moving.wrap(moving.unwrap(wrapped, CONTEXT), CONTEXT)
    assert moving.is_current(moved)
    assert open_keyring(new).unwrap(moved, CONTEXT) == KEY
    assert [one.is_current for one in moving.facts()] == [True, False]
    with pytest.raises(KeyRefused, match="another kind of keyring"):
        open_keyring(new).unwrap(wrapped, CONTEXT)
    with pytest.raises(KeyRefused, match="another kind of keyring"):
        open_keyring(old).unwrap(moved, CONTEXT)


def test_kms_is_asked_for_no_key_of_another_region_or_account(tmp_path: Path, kms_url: str):
    config = aws_place(tmp_path, kms_url).config
    keyring = open_keyring(config)
    wrapped = keyring.wrap(KEY, CONTEXT)

    for foreign in (
        wrapped.replace(REGION.encode(), b"eu-central-2"),
        wrapped.replace(b":123456789012:", b":210987654321:"),
    ):
        assert foreign != wrapped
        with pytest.raises(KeyMissing, match="region and account"):
            keyring.unwrap(foreign, CONTEXT)


def test_kms_stands_in_its_log_with_the_client(tmp_path: Path, kms_url: str):
    """The encryption context is what CloudTrail shows; without it nothing decrypts."""
    keyring = open_keyring(aws_place(tmp_path, kms_url).config)
    wrapped = keyring.wrap(KEY, b"client\0" + b"\x01" * 16)
    client = aws_client(kms_url)
    size = int.from_bytes(wrapped[1:3])
    blob = wrapped[3 + size + 16 :]

    bound = {"muniment": "v1/client%00" + "%01" * 16}
    assert client.decrypt(CiphertextBlob=blob, EncryptionContext=bound)["Plaintext"] == KEY
    with pytest.raises(client.exceptions.InvalidCiphertextException):
        client.decrypt(CiphertextBlob=blob)


def test_a_key_named_by_its_arn_is_turned_in_aws(tmp_path: Path, kms_url: str):
    config = aws_place(tmp_path, kms_url).config
    arn = open_keyring(config).facts()[0].id

    with pytest.raises(KeyRefused, match="Make another one in AWS"):
        open_keyring(replace(config, aws_kms_key=arn)).rotate()
