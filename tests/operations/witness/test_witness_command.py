"""`muniment witness`: what it prints, and what it refuses before it could sign something wrong."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from muniment.operations.errors import StartRefused
from muniment.operations.witness import keys, place
from muniment.operations.witness.command import witness
from muniment.operations.witness.rules import Witness
from muniment_verify.notes import WITNESS_KEY, parse_vkey
from tests.operations.witness.logs import Log


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "witness"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(witness, [*arguments, "--data", str(folder)])


def test_init_prints_the_key_that_others_trust(folder: Path):
    told = run(folder, "init", "witness.example.com")

    key = parse_vkey(told.stdout)
    assert (key.name, key.kind) == ("witness.example.com", WITNESS_KEY)
    assert keys.load(folder / "witness.key").public == key
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["", "two words", "a+b", "new\nline", "x" * 201])
def test_a_name_that_cannot_be_signed_with_is_refused(folder: Path, name: str):
    told = run(folder, "init", name)

    assert isinstance(told.exception, StartRefused)
    assert list(folder.iterdir()) == []


def test_a_second_init_changes_nothing(folder: Path):
    run(folder, "init", "witness.example.com")
    before = (folder / "witness.key").read_bytes()

    again = run(folder, "init", "witness.example.com")
    (folder / "state.sqlite3").unlink()
    after_a_loss = run(folder, "init", "witness.example.com")

    assert isinstance(again.exception, StartRefused)
    assert isinstance(after_a_loss.exception, StartRefused)
    assert (folder / "witness.key").read_bytes() == before


@pytest.mark.control("audit-immutable")
def test_show_prints_what_was_cosigned_and_fails_on_a_fork(folder: Path):
    log = Log(4)
    run(folder, "init", "witness.example.com")
    run(folder, "add-log", log.key.vkey)
    found = place.find(folder)
    cosigner = Witness(found.key, found.state)

    empty = run(folder, "show")
    cosigner.add_checkpoint(log.submission(0))
    calm = run(folder, "show")
    days = run(folder, "show", "--checkpoints", log.origin)
    cosigner.add_checkpoint(log.fork(1, "x", "y", "z").submission(4, proof=[]))
    alarmed = run(folder, "show")
    for_programs = json.loads(run(folder, "show", "--json").stdout)

    assert "nothing yet" in empty.stdout
    assert (calm.exit_code, alarmed.exit_code) == (0, 1)
    assert "4 entries" in calm.stdout
    assert days.stdout.startswith(log.note(4))
    assert "FORK" in alarmed.stdout
    assert for_programs["logs"][0]["keys"] == [log.key.vkey]
    assert for_programs["forks"][0]["size"] == 4


def test_a_witness_never_starts_with_a_state_that_is_not_its_own(folder: Path, tmp_path: Path):
    run(folder, "init", "witness.example.com")
    run(tmp_path / "other", "init", "other.example.com")

    shutil.copy(tmp_path / "other" / "state.sqlite3", folder / "state.sqlite3")
    foreign = run(folder, "serve")
    (folder / "state.sqlite3").unlink()
    lost = run(folder, "serve")
    (folder / "state.sqlite3").touch()
    empty = run(folder, "serve")
    (folder / "state.sqlite3").write_bytes(b"x" * 4096)
    broken = run(folder, "serve")

    assert "not the state that belongs to the key" in str(foreign.exception)
    assert "gone" in str(lost.exception)
    assert "not the state that belongs to the key" in str(empty.exception)
    assert "cannot be used" in str(broken.exception)
    assert all(isinstance(told.exception, StartRefused) for told in (foreign, lost, empty, broken))


def test_a_key_that_others_can_read_or_that_is_damaged_is_refused(folder: Path):
    run(folder, "init", "witness.example.com")
    path = folder / "witness.key"

    path.chmod(0o640)
    open_to_others = run(folder, "show")
    path.chmod(0o600)
    text = path.read_text()
    path.write_text(text.replace("witness.example.com", "another.example.com"))
    renamed = run(folder, "show")
    path.write_text("nonsense")
    nonsense = run(folder, "show")

    assert "chmod 600" in str(open_to_others.exception)
    assert "damaged" in str(renamed.exception)
    assert "does not hold the key" in str(nonsense.exception)


def test_to_the_network_it_speaks_https_alone(folder: Path):
    run(folder, "init", "witness.example.com")

    told = [
        run(folder, "serve", "--bind", "0.0.0.0"),  # noqa: S104 - this is what is refused
        run(folder, "serve", "--bind", "localhost"),
        run(folder, "serve", "--tls-key", "x"),
        run(folder, "serve", "--tls-key", "x", "--tls-certificate", "y"),
    ]

    assert all(isinstance(one.exception, StartRefused) for one in told)
    assert "HTTPS alone" in str(told[0].exception)


def test_only_the_key_of_a_log_can_be_watched(folder: Path):
    own = run(folder, "init", "witness.example.com").stdout.strip()
    log = Log()

    assert "not of a log" in str(run(folder, "add-log", own).exception)
    assert isinstance(run(folder, "add-log", log.key.vkey[:-3]).exception, StartRefused)
    assert isinstance(run(folder, "drop-key", log.key.vkey).exception, StartRefused)


def test_the_address_of_the_database_is_kept_from_others(folder: Path, database_url: str):
    log = Log(3)
    first = run(folder, "init", "witness.example.com", "--database", database_url)
    second = run(folder.with_name("second"), "init", "witness.example.com", "--database", database_url)
    run(folder, "add-log", log.key.vkey)

    found = place.find(folder)
    assert Witness(found.key, found.state).add_checkpoint(log.submission(0)).status == 200
    assert first.exit_code == 0
    assert "already" in str(second.exception)
    assert list(folder.with_name("second").iterdir()) == []
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "witness.key": 0o600,
        "database.url": 0o600,
    }


def test_a_state_on_disk_survives_the_end_of_its_transaction(folder: Path):
    run(folder, "init", "witness.example.com")

    with sqlite3.connect(folder / "state.sqlite3") as database:
        (mode,) = database.execute("pragma journal_mode").fetchone()

    assert mode == "wal"
