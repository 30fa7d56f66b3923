"""Key services that are slow, wrong, closed or gone: nobody waits for ever, nothing wrong is believed."""

import base64
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from muniment.core.config import Config
from muniment.trust.vault.errors import KeyMissing, KeyRefused, KeyServiceDown
from muniment.trust.vault.keyring import patience
from muniment.trust.vault.keyring.contract import Keyring
from muniment.trust.vault.keyring.opening import open_keyring
from muniment.trust.vault.keyring.patience import Patience, Unreachable
from tests.key_services import Service, TransitServer, WayToKms, kms, transit
from tests.trust.vault.test_keyrings import aws_place, transit_place

pytestmark = pytest.mark.control("buyer-encryption")

KEY = os.urandom(32)
CONTEXT = b"client\0" + bytes(16)


@dataclass
class Remote:
    """A keyring over a service that can be told to misbehave."""

    service: Service
    config: Config
    keyring: Keyring
    closed: dict[str, Any]  # how this service says: you may not

    def wrap(self) -> bytes:
        return self.keyring.wrap(KEY, CONTEXT)


@pytest.fixture(scope="module")
def kms_url() -> Iterator[str]:
    with kms() as url:
        yield url


@pytest.fixture(params=["aws-kms", "transit"])
def remote(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.3)
    if request.param == "aws-kms":
        config = aws_place(tmp_path, request.getfixturevalue("kms_url")).config
        way = WayToKms(request.getfixturevalue("kms_url"))
        way.start()
        config = replace(config, aws_kms_endpoint=way.url, key_service_timeout_seconds=1)
        body = b'{"__type":"AccessDeniedException","Message":"no"}'
        yield Remote(way, config, open_keyring(config), {"status": 400, "body": body})
        way.stop()
    else:
        with transit() as engine:
            config = replace(transit_place(tmp_path, engine).config, key_service_timeout_seconds=1)
            yield Remote(engine, config, open_keyring(config), {"status": 403})


def misbehave(service: Service, **how: Any) -> None:
    for name, value in how.items():
        setattr(service.behaviour, name, value)


def test_a_service_that_is_gone_is_said_to_be_down_and_works_again_when_back(remote: Remote):
    wrapped = remote.wrap()

    remote.service.stop()
    with pytest.raises(KeyServiceDown):
        remote.keyring.unwrap(wrapped, CONTEXT)
    remote.service.start()
    time.sleep(0.35)

    assert remote.keyring.unwrap(wrapped, CONTEXT) == KEY


def test_a_slow_service_is_waited_for_no_longer_than_set(remote: Remote):
    wrapped = remote.wrap()
    misbehave(remote.service, wait_seconds=4.0)

    began = time.monotonic()
    with pytest.raises(KeyServiceDown, match="within 1 second"):
        remote.keyring.unwrap(wrapped, CONTEXT)

    assert time.monotonic() - began < 2.0


def test_a_service_that_lets_nobody_in_is_closed_and_opens_again_at_once(remote: Remote):
    wrapped = remote.wrap()

    misbehave(remote.service, **remote.closed)
    with pytest.raises(KeyServiceDown, match="does not let the portal use the root key"):
        remote.keyring.unwrap(wrapped, CONTEXT)
    misbehave(remote.service, status=0)

    assert remote.keyring.unwrap(wrapped, CONTEXT) == KEY


GARBAGE = {
    "a page": (200, b"<html>Welcome to the airport</html>"),
    "nothing": (200, b""),
    "a list": (200, b"[]"),
    "no fields": (200, b'{"data":{}}'),
    "fields of other kinds": (200, b'{"data":{"plaintext":7,"ciphertext":[]},"Plaintext":7,"KeyId":{}}'),
    "not base64": (200, b'{"data":{"plaintext":"!!!"},"Plaintext":"!!!"}'),
    "broken": (500, b"oops"),
    "sealed": (503, b'{"errors":["Vault is sealed"]}'),
    "elsewhere": (307, b""),
    "too many": (429, b"{}"),
}


@pytest.mark.parametrize(("status", "body"), GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_an_outage_not_an_answer(remote: Remote, status: int, body: bytes):
    wrapped = remote.wrap()
    misbehave(remote.service, status=status, body=body)

    with pytest.raises((KeyServiceDown, KeyRefused)):
        remote.keyring.unwrap(wrapped, CONTEXT)
    time.sleep(0.35)
    with pytest.raises((KeyServiceDown, KeyRefused)):
        remote.wrap()
    time.sleep(0.35)
    with pytest.raises(KeyServiceDown):
        remote.keyring.facts()


def change_plaintext(key: bytes) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Give another key back than was asked for."""

    def change(data: dict[str, Any]) -> dict[str, Any]:
        names = {"plaintext", "Plaintext"} & set(data)
        return {**data, **dict.fromkeys(names, base64.b64encode(key).decode())}

    return change


@pytest.mark.parametrize(
    "wrong", [bytes(32), KEY[::-1], KEY[:31], KEY + b"\0", b""], ids=["zeros", "another", "short", "long", "nothing"]
)
def test_another_key_than_was_given_is_never_used(remote: Remote, wrong: bytes):
    wrapped = remote.wrap()
    misbehave(remote.service, change=change_plaintext(wrong))

    with pytest.raises((KeyRefused, KeyServiceDown)):
        remote.keyring.unwrap(wrapped, CONTEXT)


def change_ciphertext(data: dict[str, Any]) -> dict[str, Any]:
    """Answer an encryption with something that will never open."""
    if "CiphertextBlob" in data:
        return {**data, "CiphertextBlob": base64.b64encode(b"lost for ever").decode()}
    return {**data, "ciphertext": "vault:v1:" + base64.b64encode(bytes(60)).decode()} if "ciphertext" in data else data


def test_a_service_that_loses_what_it_encrypts_is_found_out_before_anything_depends_on_it(remote: Remote):
    misbehave(remote.service, change=change_ciphertext)

    with pytest.raises((KeyRefused, KeyServiceDown)):
        remote.wrap()


def test_one_thread_looks_whether_a_hanging_service_is_back_and_the_others_do_not_wait(remote: Remote):
    wrapped = remote.wrap()
    contexts = [remote.keyring.wrap(KEY, CONTEXT + bytes([number])) for number in range(20)]
    misbehave(remote.service, wait_seconds=5.0)
    with pytest.raises(KeyServiceDown):
        remote.keyring.unwrap(wrapped, CONTEXT)
    time.sleep(0.35)  # the next one may try
    remote.service.behaviour.requests.clear()
    waited: list[float] = []

    def ask(number: int) -> None:
        began = time.monotonic()
        with pytest.raises(KeyServiceDown):
            remote.keyring.unwrap(contexts[number], CONTEXT + bytes([number]))
        waited.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(waited) == 20
    assert sum(seconds > 0.5 for seconds in waited) == 1
    assert len(remote.service.behaviour.requests) == 1


def test_threads_that_want_the_same_key_share_one_call(remote: Remote):
    wrapped = remote.wrap()
    misbehave(remote.service, wait_seconds=0.3)
    remote.service.behaviour.requests.clear()
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(remote.keyring.unwrap(wrapped, CONTEXT))) for _ in range(20)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [KEY] * 20
    assert len(remote.service.behaviour.requests) == 1


def test_who_asks_while_a_call_hangs_waits_for_its_end_and_no_longer():
    patience_ = Patience(1.0, pause_seconds=5.0)
    hang = threading.Event()
    waited: list[float] = []

    def ask(delay: float) -> None:
        time.sleep(delay)
        began = time.monotonic()
        with pytest.raises(KeyServiceDown):
            patience_.run(lambda: hang.wait(10))
        waited.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask, args=(delay,)) for delay in (0.0, 0.7, 0.8, 0.9)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hang.set()

    assert time.monotonic() - began < 1.5
    assert len(waited) == 4


def test_calls_that_never_end_do_not_use_up_the_threads_of_the_machine():
    patience_ = Patience(0.05, pause_seconds=0.0)
    hang = threading.Event()
    before = threading.active_count()

    for _ in range(30):
        with pytest.raises(KeyServiceDown):
            patience_.run(lambda: hang.wait(30))

    assert threading.active_count() - before <= patience.CALLS
    hang.set()


def test_what_a_call_refuses_is_no_outage():
    patience_ = Patience(1.0)

    def refuse() -> bytes:
        raise KeyRefused("not this one")

    with pytest.raises(KeyRefused):
        patience_.run(refuse)

    assert patience_.run(lambda: 7) == 7


def test_an_outage_is_over_for_all_once_one_call_succeeds():
    patience_ = Patience(1.0, pause_seconds=0.05)

    def fail() -> int:
        raise Unreachable("away")

    with pytest.raises(KeyServiceDown, match="away"):
        patience_.run(fail)
    with pytest.raises(KeyServiceDown, match="away"):
        patience_.run(lambda: 7)
    time.sleep(0.06)

    assert [patience_.run(lambda: 7) for _ in range(3)] == [7, 7, 7]


# --- the transit engine's own -----------------------------------------------------------------------------------------


@pytest.fixture
def engine() -> Iterator[TransitServer]:
    with transit() as server:
        yield server


def test_the_token_is_read_for_every_call(engine: TransitServer, tmp_path: Path):
    config = transit_place(tmp_path, engine).config
    keyring = open_keyring(config)
    wrapped = keyring.wrap(KEY, CONTEXT)
    engine.behaviour.token = "hvs.another"

    with pytest.raises(KeyServiceDown):
        keyring.unwrap(wrapped, CONTEXT)
    assert config.transit_token is not None
    config.transit_token.write_text("hvs.another\n")

    assert keyring.unwrap(wrapped, CONTEXT) == KEY


@pytest.mark.parametrize("content", [b"", b"\n", b"two words", b"a\r\nX-Evil: 1", b"\xff\xfe", None])
def test_a_token_file_without_a_token_is_an_outage_that_says_so(engine: TransitServer, tmp_path: Path, content):
    config = transit_place(tmp_path, engine).config
    assert config.transit_token is not None
    if content is None:
        config.transit_token.unlink()
    else:
        config.transit_token.write_bytes(content)

    with pytest.raises(KeyServiceDown, match="token file"):
        open_keyring(config).wrap(KEY, CONTEXT)
    assert engine.behaviour.requests == []


def test_a_key_that_is_not_there_is_never_made_by_asking(engine: TransitServer, tmp_path: Path):
    keyring = open_keyring(replace(transit_place(tmp_path, engine).config, transit_key="mistyped"))

    with pytest.raises(KeyMissing, match="Are transit_mount and transit_key right"):
        keyring.wrap(KEY, CONTEXT)
    assert not any("encrypt" in request for request in engine.behaviour.requests)


def test_a_key_that_cannot_bind_a_context_is_refused(engine: TransitServer, tmp_path: Path):
    engine.types["muniment"] = "rsa-4096"

    with pytest.raises(KeyRefused, match="aes256-gcm96"):
        open_keyring(transit_place(tmp_path, engine).config).wrap(KEY, CONTEXT)


def test_a_version_that_was_retired_is_a_missing_key(engine: TransitServer, tmp_path: Path):
    keyring = open_keyring(transit_place(tmp_path, engine).config)
    wrapped = keyring.wrap(KEY, CONTEXT)
    keyring.rotate()
    engine.minimum["muniment"] = 2

    with pytest.raises(KeyMissing, match="no longer allowed"):
        keyring.unwrap(wrapped, CONTEXT)


def test_no_error_repeats_a_key_or_a_token(engine: TransitServer, tmp_path: Path):
    config = transit_place(tmp_path, engine).config
    keyring = open_keyring(config)
    engine.behaviour.status, engine.behaviour.body = 500, b'{"errors":["' + base64.b64encode(KEY) + b'"]}'

    with pytest.raises(KeyServiceDown) as caught:
        keyring.wrap(KEY, CONTEXT)

    assert base64.b64encode(KEY).decode() not in str(caught.value)
    assert engine.behaviour.token not in str(caught.value)
