"""The table of controls, and the plugin that notes how their tests ended."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import controls

TOP = Path(__file__).resolve().parents[2]
STORY = """
import pytest

@pytest.mark.control("no-xss", "no-csrf")
def test_good(): assert True

@pytest.mark.control("no-csrf")
def test_bad(): assert False

@pytest.mark.control("hsts")
def test_skipped(): pytest.skip("nothing to try it on")

@pytest.mark.control("rbac")
@pytest.mark.parametrize("n", [1, 2])
def test_twice(n): assert n

def test_unmarked(): assert True

TRIES = []

@pytest.mark.flaky(reruns=1)
@pytest.mark.control("mfa-all")
@pytest.mark.parametrize("tries", [2, 3])
def test_late(tries):
    TRIES.append(tries)
    assert TRIES.count(tries) == tries
"""


@pytest.fixture
def outcomes(tmp_path):
    """Run a small suite in another process and return what the plugin wrote down."""

    def run(*arguments: str) -> dict[str, Any]:
        (tmp_path / "test_story.py").write_text(STORY)
        (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    control(*ids): a demand\n")
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "tools.control_marks", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(TOP)},
            check=False,
            capture_output=True,
        )
        return json.loads((tmp_path / "build" / "controls-run.json").read_text())["tests"]

    return run


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_each_marked_test_leaves_its_controls_and_its_outcome(outcomes, arguments):
    assert outcomes(*arguments) == {
        "test_story.py::test_good": {"controls": ["no-csrf", "no-xss"], "outcome": "passed"},
        "test_story.py::test_bad": {"controls": ["no-csrf"], "outcome": "failed"},
        "test_story.py::test_skipped": {"controls": ["hsts"], "outcome": "skipped"},
        "test_story.py::test_twice[1]": {"controls": ["rbac"], "outcome": "passed"},
        "test_story.py::test_twice[2]": {"controls": ["rbac"], "outcome": "passed"},
        # tried once more: what the second try says
        "test_story.py::test_late[2]": {"controls": ["mfa-all"], "outcome": "passed"},
        "test_story.py::test_late[3]": {"controls": ["mfa-all"], "outcome": "failed"},
    }


def test_a_run_of_one_test_keeps_the_results_of_the_others(outcomes):
    before = outcomes()

    assert outcomes("test_story.py::test_good") == before


def test_a_control_passes_only_if_all_its_tests_ran_and_passed(outcomes):
    joined = {control.id: control for control in controls.join(outcomes())}

    assert joined["no-xss"].passed
    assert joined["rbac"].passed
    assert not joined["no-csrf"].passed
    assert not joined["hsts"].passed
    assert joined["tenant-isolation"].tests == []
    assert not joined["tenant-isolation"].passed
    assert joined.keys() == controls.demands().keys()


def test_the_table_counts_what_passed_and_shows_what_did_not(outcomes):
    shown = controls.table(controls.join(outcomes()), "2026-11-21T04:00:00+00:00")

    assert shown.startswith("2 of the 125 demands")
    assert "| `no-csrf` | No cross-site request forgery. | 2 | **not passed** |" in shown
    assert "tenant-isolation" not in shown


def test_the_table_goes_between_its_marks():
    readme = f"before\n{controls.START}\nold\n{controls.END}\nafter\n"

    assert controls.with_table(readme, "new") == f"before\n{controls.START}\nnew\n{controls.END}\nafter\n"


def test_links_to_tests_replace_the_ones_before():
    page = "Tests of `deps-updated`, `no-such-control`:\n\n- [gone](../tests/gone.py)\n\nmore\n"

    linked = controls.with_links(page)

    assert "(../tests/guarantees/test_repository.py)" in linked
    assert "gone" not in linked
    assert linked.endswith("\n\nmore\n")
    assert controls.with_links(linked) == linked
