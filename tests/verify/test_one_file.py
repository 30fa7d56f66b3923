"""The command as one file, and the package by itself: the same bytes everywhere, the standard library alone."""

import ast
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from muniment_verify.one_file import one_file
from tests.verify.paper_log import three_days

TOP = Path(__file__).parents[2]
SOURCES = sorted((TOP / "src/muniment_verify").glob("*.py"))
LOG = three_days()


def test_the_file_is_the_same_whenever_and_wherever_it_is_made(tmp_path):
    line = [sys.executable, "-m", "muniment_verify.one_file"]
    environment = {
        "PYTHONPATH": str(TOP / "src"),
        "PYTHONHASHSEED": "1",
        "TZ": "Asia/Kathmandu",
        "SOURCE_DATE_EPOCH": "5",
    }

    made = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, check=True).stdout

    assert hashlib.sha256(made).hexdigest() == hashlib.sha256(one_file()).hexdigest()


def test_the_file_works_alone(tmp_path):
    command, receipt = tmp_path / "muniment-verify.pyz", tmp_path / "a.receipt"
    command.write_bytes(one_file())
    receipt.write_text(json.dumps(LOG.receipt(7)))

    for change, code in (("", 0), (" ", 1)):
        receipt.write_text(receipt.read_text().replace("document.downloaded", f"document.downloaded{change}"))
        line = [sys.executable, "-I", str(command), "receipt", str(receipt), "--key", LOG.key.vkey]
        done = subprocess.run(line, cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_the_package_needs_the_standard_library_of_python_3_9_alone(path):
    tree = ast.parse(path.read_text(), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported <= {*sys.stdlib_module_names, "muniment_verify"}
    assert not imported & {"socket", "ssl", "urllib", "http", "subprocess", "pickle"}


def test_the_package_carries_the_licence():
    assert (TOP / "packaging/muniment-verify/LICENSE").read_text() == (TOP / "LICENSE").read_text()
    assert (TOP / "packaging/muniment-verify/muniment_verify").resolve() == TOP / "src/muniment_verify"
