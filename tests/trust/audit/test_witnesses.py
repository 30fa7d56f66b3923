"""Cosignatures: collected from real witnesses over real sockets, kept, shown when missing, loud when they disagree."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from muniment.core import clock, config
from muniment.core.config import Config
from muniment.core.health import HealthLine
from muniment.operations import certificates, checks
from muniment.portal.documents import actions as documents
from muniment.trust.audit import jobs, queries
from muniment.trust.audit.confirming import health, posting, witnesses
from muniment.trust.audit.models import Cosignature
from muniment.trust.audit.types import Event, Outcome
from muniment_verify.notes import parse_note, parse_vkey, verify_note
from muniment_verify.proofs import parse_proof
from tests.cast import Portal
from tests.server import clone, drop, use
from tests.trust.audit.numbered import number
from tests.witnesses import Listening, answering, http, listening, settings_of
from tests.worker import as_worker

pytestmark = pytest.mark.control("audit-immutable")

Set = Callable[..., None]


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Listening]]:
    with ExitStack() as stack:
        yield [stack.enter_context(listening(tmp_path / name, f"{name}.example")) for name in ("w1", "w2", "w3")]


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Set:
    """Give a way to set the witnesses of the settings."""
    usual = config.current()

    def set_witnesses(*written: str) -> None:
        changed = replace(usual, witnesses=written)
        monkeypatch.setattr(config, "current", lambda: changed)

    return set_witnesses


def act(portal: Portal) -> None:
    documents.create_folder(portal.actor("cleo"), name="Papers")
    assert number().entries


def collect() -> None:
    with as_worker():
        jobs.ask_witnesses(0)


def outcomes() -> list[Outcome | None]:
    return [fact.outcome for fact in queries.witness_facts()]


def lines() -> list[HealthLine]:
    """Return what is said of witnesses, after the key that they need."""
    key, *others = health.witness_lines()
    assert key.sentence == queries.log_keys()[0]
    return others


def signers(note: str, *witnesses: Listening) -> set[str]:
    return {signer.key.name for signer in verify_note(parse_note(note), [parse_vkey(each.vkey) for each in witnesses])}


def newest_receipt(portal: Portal) -> dict[str, str]:
    cleo = portal.actor("cleo")
    receipt = queries.receipt(cleo, queries.entries(cleo, limit=1)[0].id)
    assert receipt is not None
    return receipt


def test_receipts_carry_what_more_than_half_of_the_witnesses_signed(portal: Portal, three: list[Listening], trust: Set):
    for witness in three:
        witness.know(*queries.log_keys())
    trust(*settings_of(*three))
    act(portal)

    collect()
    act(portal)
    collect()

    note = parse_proof(newest_receipt(portal)["register"]).note
    assert signers(note, *three) == {"w1.example", "w2.example", "w3.example"}
    assert verify_note(parse_note(note), [parse_vkey(queries.log_keys()[0])])
    assert outcomes() == [Outcome.CONFIRMED] * 3
    assert Cosignature.objects.count() == 6
    assert queries.register_checkpoint() == note
    assert {line.state for line in lines()} == {"good"}


def test_a_head_that_was_signed_by_all_is_not_sent_again(portal: Portal, three: list[Listening], trust: Set):
    three[0].know(*queries.log_keys())
    trust(three[0].setting)
    act(portal)

    collect()
    before = three[0].place.state.heads()
    collect()

    assert three[0].place.state.heads() == before
    assert Cosignature.objects.count() == 1


def test_one_of_three_may_be_away_and_catches_up_later(
    portal: Portal, three: list[Listening], trust: Set, tmp_path: Path
):
    late = tmp_path / "late"
    with listening(late, "late.example") as fourth:
        fourth.know(*queries.log_keys())
        away = Listening(fourth.place, fourth.port)
    for witness in three[:2]:
        witness.know(*queries.log_keys())
    trust(*settings_of(*three[:2], away))
    act(portal)

    collect()
    without = parse_proof(newest_receipt(portal)["register"]).note
    told = lines()
    act(portal)
    with listening(late, "late.example", away.port):
        collect()

    assert outcomes() == [Outcome.CONFIRMED] * 3
    assert signers(without, *three[:2]) == {"w1.example", "w2.example"}
    assert [line.state for line in told] == ["good", "good", "good", "notice"]
    assert "cannot be reached" in told[3].sentence
    assert queries.register_checkpoint() is not None
    assert "late.example" in str(queries.register_checkpoint())


def test_without_a_quorum_the_log_goes_on_and_says_so(
    portal: Portal, three: list[Listening], trust: Set, monkeypatch: pytest.MonkeyPatch
):
    three[0].know(*queries.log_keys())  # the other two were not told of the log
    trust(*settings_of(*three))
    monkeypatch.setattr(health, "LATE", timedelta(0))
    act(portal)

    collect()
    told = lines()
    note = parse_proof(newest_receipt(portal)["register"]).note
    for witness in three[1:]:
        witness.know(*queries.log_keys())
    collect()

    assert outcomes() == [Outcome.CONFIRMED] * 3
    assert (told[0].name, told[0].state) == ("Witnesses", "bad")
    assert "2 of 3" in told[0].sentence
    assert [line.state for line in told[1:]] == ["good", "notice", "notice"]
    assert "does not know this log" in told[2].sentence
    assert note  # the receipt is there, with what there is
    assert queries.witnessed_head_covering(0) is not None
    assert lines()[0].state == "good"


def test_until_one_has_signed_nothing_is_said_to_be_witnessed(portal: Portal, three: list[Listening], trust: Set):
    trust(three[0].setting)
    act(portal)

    (quorum, witness) = lines()

    assert (quorum.state, witness.state) == ("notice", "notice")
    assert "None has signed yet" in quorum.sentence


def test_over_tls_a_witness_must_prove_who_it_is(
    portal: Portal, trust: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made = certificates.ensure(Config(data=tmp_path))
    assert made.authority is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    act(portal)
    with listening(tmp_path / "private", "private.example", tls=context) as witness:
        witness.know(*queries.log_keys())
        trust(witness.setting)

        collect()
        before = outcomes()
        monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
        collect()

    assert (before, outcomes()) == ([Outcome.UNREACHABLE], [Outcome.CONFIRMED])


def test_none_set_is_said(portal: Portal):
    (line,) = lines()

    assert line.state == "notice"
    assert "docs/witness.md" in line.sentence


def test_the_quorum_is_more_than_half():
    assert list(map(witnesses.quorum, range(1, 8))) == [1, 2, 2, 3, 3, 4, 4]


def test_a_restored_backup_is_noticed_by_the_witness_that_saw_more(
    portal: Portal, three: list[Listening], trust: Set, database_name: str, backup: str
):
    three[0].know(*queries.log_keys())
    trust(three[0].setting)
    for _ in range(2):
        act(portal)
    collect()
    (seen,) = three[0].place.state.heads()

    clone(backup, database_name)
    use(database_name)
    act(portal)
    for _ in range(2):
        collect()

    assert outcomes() == [Outcome.AHEAD]
    alarms = [entry for entry in queries.entries(portal.actor("ada")) if entry.event == Event.WITNESS_CONTRADICTED]
    assert [(alarm.facts["outcome"], alarm.facts["seen"]) for alarm in alarms] == [("ahead", seen.size)]  # said once
    assert next(sentence for sentence in checks.problems() if "witness" in sentence).startswith("Log: The witness w1")
    assert lines()[1].state == "bad"
    assert "lost what it had signed" in lines()[1].sentence


def test_another_history_of_the_same_length_is_proved_and_refused(
    portal: Portal, three: list[Listening], trust: Set, database_name: str, backup: str
):
    three[0].know(*queries.log_keys())
    trust(three[0].setting)
    act(portal)
    collect()

    clone(backup, database_name)
    use(database_name)
    act(portal)
    collect()
    act(portal)
    collect()  # longer by now, and still not the same history

    assert outcomes() == [Outcome.CONTRADICTED]
    assert Cosignature.objects.count() == 0
    (fork,) = three[0].place.state.conflicts()
    register_key = [parse_vkey(queries.log_keys()[0])]
    assert verify_note(parse_note(fork.ours), register_key)
    assert verify_note(parse_note(fork.theirs), register_key)
    assert fork.ours.split("\n")[:2] == fork.theirs.split("\n")[:2]
    assert fork.ours.split("\n")[2] != fork.theirs.split("\n")[2]


@pytest.fixture
def database_name(portal: Portal) -> str:
    return str(connection.settings_dict["NAME"])


@pytest.fixture
def backup(database_name: str) -> Iterator[str]:
    """Give a backup of the portal, made when all that it had done so far was numbered."""
    number()
    assert not queries.log_health().pending
    use(database_name)  # closes every connection: only a database that nobody uses can be copied
    kept = f"{database_name}_backup"
    clone(database_name, kept)
    yield kept
    drop(kept)


# -- witnesses that misbehave ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (http("200 OK", b""), Outcome.WRONG_SIGNATURE),
        (http("200 OK", b"nonsense"), Outcome.WRONG_SIGNATURE),
        (http("200 OK", b"\xff\xfe"), Outcome.WRONG_SIGNATURE),
        (http("200 OK", "— w1.example AAAAAAAAAAAA\n".encode()), Outcome.WRONG_SIGNATURE),
        (http("403 Forbidden", b""), Outcome.UNKNOWN_KEY),
        (http("422 Unprocessable Entity", b""), Outcome.CONTRADICTED),
        (http("409 Conflict", b"999\n", "text/x.tlog.size"), Outcome.AHEAD),
        (http("409 Conflict", b"0\n", "text/x.tlog.size"), Outcome.REFUSED),
        (http("409 Conflict", b"999\n"), Outcome.REFUSED),
        (http("409 Conflict", b"-5\n", "text/x.tlog.size"), Outcome.REFUSED),
        (http("409 Conflict", b"9" * 5000, "text/x.tlog.size"), Outcome.REFUSED),
        (http("500 Oh", b""), Outcome.REFUSED),
        (http("200 OK", b"x" * 200_000), Outcome.UNREACHABLE),
        (b"SSH-2.0-OpenSSH\r\n", Outcome.UNREACHABLE),
        (b"x", Outcome.UNREACHABLE),
    ],
    ids=range(15),
)
def test_a_witness_that_misbehaves_is_named_and_nothing_is_kept(
    portal: Portal, three: list[Listening], trust: Set, answer: bytes, outcome: Outcome
):
    act(portal)
    with answering(answer) as (port, _):
        trust(f"{three[0].vkey} http://127.0.0.1:{port}")

        collect()

    assert outcomes() == [outcome]
    assert Cosignature.objects.count() == 0


def test_a_redirect_is_not_followed(portal: Portal, three: list[Listening], trust: Set):
    act(portal)
    with answering(http("200 OK", b"")) as (secret_port, secret):
        away = http("307 Temporary Redirect", b"", more=f"Location: http://127.0.0.1:{secret_port}/\r\n")
        with answering(away) as (port, received):
            trust(f"{three[0].vkey} http://127.0.0.1:{port}")
            collect()

    assert outcomes() == [Outcome.REFUSED]
    assert (len(received), secret) == (1, [])


def test_an_answer_that_drips_holds_nobody_up(
    portal: Portal, three: list[Listening], trust: Set, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(posting, "SECONDS", 1.0)
    act(portal)
    with answering(http("200 OK", b"x" * 1000), drip=True) as (port, _):
        trust(f"{three[0].vkey} http://127.0.0.1:{port}")
        begun = clock.now()

        collect()

    assert outcomes() == [Outcome.UNREACHABLE]
    assert clock.now() - begun < timedelta(seconds=5)


def test_a_witness_whose_clock_is_wrong_is_named_and_not_believed(
    portal: Portal, three: list[Listening], trust: Set, monkeypatch: pytest.MonkeyPatch
):
    three[0].know(*queries.log_keys())
    trust(three[0].setting)
    act(portal)
    monkeypatch.setattr(witnesses, "CLOCKS_SECONDS", -1.0)

    collect()

    assert outcomes() == [Outcome.WRONG_CLOCK]
    assert Cosignature.objects.count() == 0


def test_what_was_kept_stays_and_the_web_process_cannot_add_to_it(portal: Portal, three: list[Listening], trust: Set):
    three[0].know(*queries.log_keys())
    trust(three[0].setting)
    act(portal)
    collect()

    for sql in (
        "delete from cosignature",
        "update cosignature set line = ''",
        "insert into cosignature (size, witness, line, at) select size, 'x', line, at from cosignature",
        "truncate cosignature",
        "update confirmer set outcome = 'confirmed'",
    ):
        with pytest.raises(Exception, match=r"permission denied|denied"), connection.cursor() as cursor:
            cursor.execute(sql)
    settings = connection.settings_dict
    server = f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"
    with psycopg.connect(server, autocommit=True) as database, pytest.raises(psycopg.Error):
        database.execute("delete from app.cosignature")
    assert Cosignature.objects.count() == 1
