"""RFC 3161: the register's head is stamped every hour by a real authority, and nothing unproved is kept."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from rfc3161_client import TimestampRequestBuilder, VerificationError

from muniment.core import clock, config
from muniment.portal.documents import actions as documents
from muniment.trust.audit import jobs, queries
from muniment.trust.audit.confirming import health, stamping
from muniment.trust.audit.types import Outcome
from muniment_verify.notes import parse_note
from tests.authority import Authority
from tests.authority import stamping as serving
from tests.cast import Portal
from tests.trust.audit.numbered import number
from tests.worker import as_worker

pytestmark = pytest.mark.control("audit-immutable")

Set = Callable[[str, Path], None]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Set:
    usual = config.current()

    def set_authority(url: str, certificate: Path) -> None:
        changed = replace(usual, time_stamp_url=url, time_stamp_authority=certificate)
        monkeypatch.setattr(config, "current", lambda: changed)

    return set_authority


def act(portal: Portal) -> None:
    documents.create_folder(portal.actor("cleo"), name="Papers")
    assert number().entries


def run_job() -> None:
    with as_worker():
        jobs.stamp_time(0)


def outcome() -> Outcome | None:
    facts = queries.authority_facts()
    assert facts is not None
    return facts.outcome


def test_the_newest_head_is_stamped_and_the_token_proves_it(portal: Portal, authority: Authority, trust: Set):
    act(portal)
    with serving(authority.stamp) as url:
        trust(url, authority.certificate)

        run_job()

    (stamped,) = queries.time_stamps()
    assert stamped.checkpoint == queries.register_checkpoint()
    assert stamped.authority == "CN=Clockmakers,O=Clockmakers"
    assert abs((clock.now() - stamped.at).total_seconds()) < 10
    text = parse_note(stamped.checkpoint).text.encode()
    _verify_with_openssl(authority, stamped.token, text)
    with pytest.raises(VerificationError):
        _verify_with_openssl(authority, stamped.token, text + b"x")
    assert outcome() is Outcome.CONFIRMED
    (line,) = health.time_stamp_lines()
    assert line.state == "good"


def _verify_with_openssl(authority: Authority, token: bytes, text: bytes) -> None:
    """Have the program itself say whether a token is right: it shares no code with what made it here."""
    (authority.folder / "token").write_bytes(token)
    (authority.folder / "text").write_bytes(text)
    line = ["openssl", "ts", "-verify", "-data", "text", "-in", "token", "-token_in", "-CAfile", "ca.pem"]
    told = subprocess.run(line, cwd=authority.folder, capture_output=True, check=False)
    if told.returncode != 0:
        raise VerificationError(told.stderr.decode())


def test_it_is_asked_once_an_hour_and_only_for_something_new(
    portal: Portal, authority: Authority, trust: Set, monkeypatch: pytest.MonkeyPatch
):
    asked: list[bytes] = []

    def stamp(query: bytes) -> bytes:
        asked.append(query)
        return authority.stamp(query)

    act(portal)
    with serving(stamp) as url:
        trust(url, authority.certificate)
        run_job()
        act(portal)
        run_job()  # within the hour
        within_the_hour = len(asked)
        monkeypatch.setattr(stamping, "EVERY", timedelta(0))
        run_job()
        run_job()  # nothing new

    assert (within_the_hour, len(asked)) == (1, 2)
    assert len(queries.time_stamps()) == 2
    assert len(queries.time_stamps(since=queries.time_stamps()[0].size)) == 1


@pytest.mark.parametrize("wrong", ["other authority", "other text", "replayed", "nonsense"])
def test_what_does_not_prove_the_time_is_not_kept(
    portal: Portal, authority: Authority, trust: Set, wrong: str, tmp_path: Path
):
    act(portal)
    text = parse_note(queries.register_checkpoint() or "").text.encode()
    other = TimestampRequestBuilder().data(b"something else").nonce(nonce=True).build().as_bytes()
    earlier = authority.stamp(TimestampRequestBuilder().data(text).nonce(nonce=True).build().as_bytes())
    answers: dict[str, Callable[[bytes], bytes]] = {
        "other authority": Authority(tmp_path / "other").stamp,
        "other text": lambda _query: authority.stamp(other),
        "replayed": lambda _query: earlier,  # right but for the number that was asked with
        "nonsense": lambda _query: b"nonsense",
    }
    with serving(answers[wrong]) as url:
        trust(url, authority.certificate)

        run_job()

    assert outcome() is (Outcome.UNREADABLE if wrong == "nonsense" else Outcome.WRONG_SIGNATURE)
    assert queries.time_stamps() == []


def test_an_authority_that_is_away_is_asked_again_and_missing_stamps_are_said(
    portal: Portal, authority: Authority, trust: Set, monkeypatch: pytest.MonkeyPatch
):
    act(portal)
    trust("http://127.0.0.1:9/tsr", authority.certificate)

    run_job()
    young = list(health.time_stamp_lines())
    monkeypatch.setattr(health, "STAMP_LATE", timedelta(0))
    old = list(health.time_stamp_lines())
    with serving(authority.stamp) as url:
        trust(url, authority.certificate)
        run_job()
    mended = list(health.time_stamp_lines())

    assert [line.state for line in (*young, *old, *mended)] == ["good", "bad", "good"]
    assert "cannot be reached" in old[0].sentence
    assert len(queries.time_stamps()) == 1


def test_a_wrong_sort_of_answer_is_refused(portal: Portal, authority: Authority, trust: Set):
    act(portal)
    with serving(authority.stamp, media_type="text/html") as url:
        trust(url, authority.certificate)

        run_job()

    assert outcome() is Outcome.REFUSED


def test_a_clock_that_disagrees_is_said_and_nothing_is_kept(
    portal: Portal, authority: Authority, trust: Set, monkeypatch: pytest.MonkeyPatch
):
    act(portal)
    monkeypatch.setattr(stamping, "CLOCKS_SECONDS", -1.0)
    with serving(authority.stamp) as url:
        trust(url, authority.certificate)

        run_job()

    assert outcome() is Outcome.WRONG_CLOCK
    assert queries.time_stamps() == []


def test_the_authority_may_be_given_as_root_or_with_its_own_certificate(
    portal: Portal, authority: Authority, trust: Set, tmp_path: Path
):
    act(portal)
    both = tmp_path / "both.pem"
    both.write_bytes(authority.signer.read_bytes() + authority.certificate.read_bytes())
    assert len(x509.load_pem_x509_certificates(both.read_bytes())) == 2
    with serving(authority.stamp) as url:
        trust(url, both)

        run_job()

    assert outcome() is Outcome.CONFIRMED


def test_none_set_is_said_and_nothing_is_asked(portal: Portal):
    act(portal)

    run_job()

    (line,) = health.time_stamp_lines()
    assert line.state == "notice"
    assert queries.authority_facts() is None
