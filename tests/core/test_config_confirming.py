"""Settings of witnesses and time stamps: what is no key, no private address or no pair stops the start."""

from pathlib import Path

import pytest

from muniment.core import config
from muniment.core.config import SettingRefused
from muniment_verify.notes import LOG_KEY, WITNESS_KEY, Key

pytestmark = pytest.mark.control("audit-immutable")

PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")  # RFC 8032, test 1
VKEY = Key("w.example", WITNESS_KEY, PUBLIC).vkey


def problems(**settings: str) -> tuple[str, ...]:
    try:
        config.load({f"MUNIMENT_{name.upper()}": value for name, value in settings.items()})
    except SettingRefused as refused:
        return refused.problems
    return ()


def test_witnesses_are_read_and_written_as_they_are():
    written = f"{VKEY} https://w.example/witness, {Key('v.example', WITNESS_KEY, PUBLIC).vkey} http://127.0.0.1:8447"

    present = config.load({"MUNIMENT_WITNESSES": written})

    assert present.witnesses is not None
    assert len(present.witnesses) == 2
    assert config.load(config.environment(present)).witnesses == present.witnesses


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("w.example https://w.example", "name+id+key"),
        (VKEY[:-4] + " https://w.example", "name+id+key"),
        (VKEY, "https://"),
        (VKEY + " http://w.example", "https://"),
        (VKEY + " https://user:secret@w.example", "https://"),
        (VKEY + " file:///etc/passwd", "https://"),
        (VKEY + " https://w.example?x=1", "https://"),
        (Key("w.example", LOG_KEY, PUBLIC).vkey + " https://w.example", "key of a log"),
        (f"{VKEY} https://w.example, {VKEY} https://other.example", "twice"),
    ],
)
def test_what_is_no_witness_stops_the_start(written: str, word: str):
    found = problems(witnesses=written)

    assert any(word in problem for problem in found)
    assert not any("secret" in problem for problem in found)


def test_a_time_stamp_authority_needs_an_address_and_its_certificate(tmp_path: Path):
    certificate = tmp_path / "tsa.pem"
    certificate.write_text("-----BEGIN CERTIFICATE-----")
    empty = tmp_path / "empty.pem"
    empty.touch()

    assert problems(time_stamp_url="https://tsa.example/tsr", time_stamp_authority=str(certificate)) == ()
    assert "belong together" in problems(time_stamp_url="https://tsa.example/tsr")[0]
    assert "belong together" in problems(time_stamp_authority=str(certificate))[0]
    assert "no certificate" in problems(time_stamp_url="https://tsa.example", time_stamp_authority=str(empty))[0]
    wrong = problems(time_stamp_url="http://tsa.example", time_stamp_authority=str(tmp_path / "none"))
    assert [("https://" in one, "no file" in one) for one in wrong] == [(True, False), (False, True)]
