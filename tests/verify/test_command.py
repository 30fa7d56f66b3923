"""The command: its exit codes, its sentences, and that no file makes it stumble."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment_verify.command import main
from tests.verify.paper_log import START, as_lines, b64, consistency, three_days

LOG = three_days()
KEYS = ["--key", LOG.key.vkey, "--register-key", LOG.register_key.vkey]
WITNESSES = [part for key in LOG.witness_keys for part in ("--witness", key.vkey)]
SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def files(tmp_path):
    """Return a folder with one right file of each kind."""
    (tmp_path / "right.receipt").write_text(json.dumps(LOG.receipt(7)))
    (tmp_path / "right.mlog").write_bytes(b"".join(as_lines(LOG.export())))
    (tmp_path / "old.checkpoint").write_text(LOG.checkpoint(5))
    (tmp_path / "new.checkpoint").write_text(LOG.checkpoint(23))
    (tmp_path / "promise.json").write_text(json.dumps(LOG.promise(7, START)))
    (tmp_path / "promise.txt").write_text(b64(json.dumps(LOG.promise(7, START)).encode()))
    (tmp_path / "proof.txt").write_text("\n".join(map(b64, consistency(LOG.leaves, 5))))
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "receipt right.receipt",
        "log right.mlog",
        "log right.mlog --kept old.checkpoint --kept right.receipt --kept promise.json",
        "checkpoints old.checkpoint new.checkpoint",
        "checkpoints old.checkpoint new.checkpoint --proof proof.txt",
        "checkpoints old.checkpoint new.checkpoint --log right.mlog",
        "promise promise.json",
        "promise promise.txt",
        "promise promise.txt --log right.mlog",
    ],
)
def test_what_is_right_is_valid(files, monkeypatch, capsys, line):
    monkeypatch.chdir(files)

    assert main([*line.split(), *KEYS, *WITNESSES]) == 0
    assert capsys.readouterr().out.startswith("VALID. ")


def test_the_result_for_programs_is_json(files, capsys):
    assert main(["receipt", str(files / "right.receipt"), *KEYS, "--json"]) == 0
    valid = json.loads(capsys.readouterr().out)
    assert main(["receipt", str(files / "old.checkpoint"), *KEYS, "--json"]) == 2
    unreadable = json.loads(capsys.readouterr().out)

    assert valid["result"] == "valid"
    assert set(valid) == {"result", "sentence", "facts", "checked", "not_checked"}
    assert unreadable == {"result": "could not check", "sentence": "The receipt is not JSON."}


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("", 2, "required"),
        ("receipt", 2, "required"),
        ("receipt right.receipt --quorum many", 2, "invalid int"),
        ("receipt right.receipt --quorum 1", 2, "gave the keys of 0"),
        ("receipt missing.receipt", 2, "No such file"),
        ("receipt .", 2, "directory"),
        ("receipt right.mlog", 2, "not JSON"),
        ("log right.receipt", 2, "not an export"),
        ("log missing.mlog", 2, "No such file"),
        ("log . ", 2, "directory"),
        ("checkpoints right.mlog", 2, "not a signed note"),
        ("checkpoints old.checkpoint new.checkpoint --proof right.receipt", 2, "base64"),
        ("checkpoints old.checkpoint new.checkpoint --proof wrong.txt", 1, "does not begin"),
        ("checkpoints new.checkpoint fork.checkpoint", 1, "two different histories"),
        ("promise right.receipt", 2, "not a promise"),
        ("promise changed.json", 1, "signature of the promise is wrong"),
        ("receipt right.receipt --time-authority right.receipt", 2, "."),
    ],
)
def test_what_is_wrong_has_its_exit_code_and_a_sentence(files, monkeypatch, capsys, line, code, sentence):
    fork = three_days()
    fork.leaves[3] = bytes(32)
    (files / "fork.checkpoint").write_text(fork.checkpoint())
    (files / "wrong.txt").write_text("\n".join(map(b64, consistency(LOG.leaves, 6))))
    (files / "changed.json").write_text(json.dumps({**LOG.promise(7, START), "within_seconds": 60_000}))
    monkeypatch.chdir(files)

    assert main([*line.split(), *(KEYS if line else [])]) == code
    said = capsys.readouterr().err
    assert sentence in said
    assert said.startswith(("NOT VALID. ", "COULD NOT CHECK. "))
    assert "Traceback" not in said


@pytest.mark.parametrize("kind", ["receipt", "checkpoints", "promise", "log"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(raw=st.binary(max_size=400) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
def test_no_file_makes_the_command_stumble(tmp_path, capsys, kind, raw):
    (tmp_path / "file").write_bytes(raw)

    assert main([kind, str(tmp_path / "file"), *KEYS]) in (1, 2)
    assert "stumble" not in capsys.readouterr().err


def test_names_of_files_that_cannot_be_are_refused(capsys):
    assert main(["receipt", "a\0b", *KEYS]) == 2
    assert main(["log", "a\0b", *KEYS]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_the_log_is_read_from_standard_input(files):
    with (files / "right.mlog").open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "muniment_verify", "log", "-", *KEYS],
            stdin=file,
            capture_output=True,
            text=True,
            check=False,
            env={"PYTHONPATH": str(SOURCE)},
        )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("VALID. All 23 entries")
