"""Settings of the keyring: what is missing, in vain or unsafe stops the start, and no secret is ever repeated."""

from pathlib import Path

import pytest

from muniment.core import config
from muniment.core.config import SettingRefused

pytestmark = pytest.mark.control("buyer-encryption")

AWS = {"keyring": "aws-kms", "aws_kms_region": "eu-central-1", "aws_kms_key": "alias/muniment"}
ARN = "arn:aws:kms:eu-central-1:123456789012:key/0b2c9e2e-7a2d-4a4a-9f0e-1c2d3e4f5a6b"


def problems(**settings: str) -> tuple[str, ...]:
    try:
        config.load({f"MUNIMENT_{name.upper()}": value for name, value in settings.items()})
    except SettingRefused as refused:
        return refused.problems
    return ()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("hvs.secret")
    path.chmod(0o600)
    return path


@pytest.fixture
def transit(token: Path) -> dict[str, str]:
    return {
        "keyring": "transit",
        "transit_url": "https://vault.example.com:8200",
        "transit_key": "muniment",
        "transit_token": str(token),
    }


def test_without_a_setting_the_root_key_is_a_file_and_keys_are_kept_for_five_minutes():
    present = config.load({})

    assert (present.keyring, present.keyring_before, present.keyring_passphrase) == ("file", None, None)
    assert present.key_cache_seconds == 300


def test_every_keyring_starts_with_what_it_needs(transit: dict[str, str]):
    assert problems(**AWS) == ()
    assert problems(**{**AWS, "aws_kms_key": ARN}) == ()
    assert problems(**transit) == ()
    assert problems(keyring_passphrase="fd:3") == ()
    assert problems(keyring_passphrase="credential:muniment-passphrase") == ()
    assert problems(**AWS, keyring_before="file", keyring_passphrase="fd:3") == ()


@pytest.mark.parametrize("missing", ["aws_kms_region", "aws_kms_key"])
def test_kms_needs_a_region_and_a_key(missing: str):
    assert any(missing in problem for problem in problems(**{k: v for k, v in AWS.items() if k != missing}))


@pytest.mark.parametrize("missing", ["transit_url", "transit_key", "transit_token"])
def test_transit_needs_an_address_a_key_and_a_token(transit: dict[str, str], missing: str):
    assert any(missing in problem for problem in problems(**{k: v for k, v in transit.items() if k != missing}))


@pytest.mark.parametrize(
    "in_vain",
    [
        {"aws_kms_key": "alias/muniment"},
        {"transit_url": "https://vault.example.com"},
        {**AWS, "keyring_passphrase": "fd:3"},
        {**AWS, "transit_key": "muniment"},
    ],
)
def test_a_setting_of_a_keyring_that_is_not_named_stops_the_start(in_vain: dict[str, str]):
    """Or somebody believes that the root key is in a service, while it lies in a file."""
    assert any("name the keyring you mean" in problem for problem in problems(**in_vain))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("aws_kms_region", "everywhere"),
        ("aws_kms_key", "muniment"),
        ("aws_kms_key", ARN.replace("eu-central-1", "us-east-1")),
        ("aws_kms_endpoint", "http://kms.example.com"),
        ("aws_kms_endpoint", "https://kms.example.com/path"),
        ("aws_kms_credentials", "/nowhere/credentials"),
        ("keyring_before", "aws-kms"),
    ],
)
def test_what_kms_cannot_be_told(name: str, value: str):
    assert problems(**{**AWS, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("transit_url", "http://vault.example.com:8200"),
        ("transit_url", "https://user:hvs.secret@vault.example.com"),
        ("transit_url", "ftp://vault.example.com"),
        ("transit_key", "../sys/seal"),
        ("transit_mount", "transit/../sys"),
        ("transit_mount", "/transit"),
        ("transit_namespace", "a b"),
        ("transit_ca", "/nowhere/ca.pem"),
    ],
)
def test_what_the_transit_engine_cannot_be_told(transit: dict[str, str], name: str, value: str):
    found = problems(**{**transit, name: value})

    assert found
    assert "hvs.secret" not in " ".join(found)


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o620])
def test_a_token_that_others_can_read_or_change_stops_the_start(transit: dict[str, str], token: Path, mode: int):
    token.chmod(mode)

    assert any("chmod 600" in problem for problem in problems(**transit))


def test_to_this_machine_plain_http_is_enough(transit: dict[str, str]):
    assert problems(**{**transit, "transit_url": "http://127.0.0.1:8200"}) == ()


@pytest.mark.parametrize("value", ["a long sentence nobody guesses", "fd:0", "fd:2", "fd:-1", "file:/etc/x", "env:P"])
def test_a_passphrase_in_the_settings_is_refused_and_not_repeated(value: str):
    (problem,) = problems(keyring_passphrase=value)

    assert "consider it known" in problem
    assert value not in problem
