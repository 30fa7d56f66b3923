"""The table of controls: what is demanded, which tests prove it, how they ended last time.

`make controls` prints it and writes build/controls.json; `make proof` also renews the table in README.md and the links
to tests in docs/security.md.
"""

import argparse
import ast
import csv
import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
DEMANDS = TOP / "docs" / "controls.csv"
RUN = TOP / "build" / "controls-run.json"
RESULT = TOP / "build" / "controls.json"
README = TOP / "README.md"
SECURITY_PAGE = TOP / "docs" / "security.md"
# A demand that no honest portal can meet to the letter stands in the table as what is shown instead.
SHOWN_INSTEAD = {"trust-claim": "What is claimed is measured, with its limits; nothing claims to be beyond attack."}
START, END = "<!-- controls: start -->", "<!-- controls: end -->"


@dataclass(frozen=True)
class Control:
    """One demand with the tests that prove it; `passed` only if there are tests and every one of them passed."""

    id: str
    tests: list[str]
    passed: bool


def demands() -> dict[str, str]:
    """Return each control's id with the sentence that says what it shows, in the order of the contract."""
    with DEMANDS.open(newline="", encoding="utf-8") as file:
        return {row["id"]: SHOWN_INSTEAD.get(row["id"], row["demand"]) for row in csv.DictReader(file)}


def marked_controls() -> dict[str, set[str]]:
    """Return the ids that tests are marked with, each with the files that use it, without running anything."""
    found: dict[str, set[str]] = {}
    for path in sorted((TOP / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.control":
                for argument in node.args:
                    found.setdefault(str(ast.literal_eval(argument)), set()).add(str(path.relative_to(TOP)))
    return found


def join(run: dict[str, dict[str, object]]) -> list[Control]:
    """Return every demanded control with its tests of the last run."""
    tests: dict[str, list[str]] = {}
    outcomes = {nodeid: test["outcome"] for nodeid, test in run.items()}
    for nodeid, test in sorted(run.items()):
        controls = test["controls"]
        for control in controls if isinstance(controls, list) else []:
            tests.setdefault(control, []).append(nodeid)
    return [
        Control(control, names, bool(names) and all(outcomes[name] == "passed" for name in names))
        for control in demands()
        for names in [tests.get(control, [])]
    ]


def table(controls: list[Control], finished_at: str) -> str:
    """Return the table of README.md: the controls that have tests, and a line that counts the rest."""
    sentences = demands()
    proven = [control for control in controls if control.tests]
    passed = sum(control.passed for control in proven)
    rows = [
        f"| `{control.id}` | {sentences[control.id]} | {len(control.tests)} | {_verdict(control)} |"
        for control in proven
    ]
    summary = (
        f"{passed} of the {len(controls)} demands in [docs/controls.csv](docs/controls.csv) are proven by tests "
        f"that passed in the last full run ({finished_at[:10]}). A demand without a row here has no test yet."
    )
    return "\n".join([summary, "", "| control | demand | tests | last result |", "|---|---|---:|---|", *rows])


def _verdict(control: Control) -> str:
    return "passed" if control.passed else "**not passed**"


def with_table(readme: str, text: str) -> str:
    """Return `readme` with `text` between its two marks."""
    head, _, rest = readme.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n{text}\n{END}{tail}"


def with_links(page: str) -> str:
    """Return the security page with links to the test files after each line "Tests of `a`, `b`:"."""
    files = marked_controls()

    def renew(found: re.Match[str]) -> str:
        linked = sorted(set().union(*(files.get(control, set()) for control in re.findall("`([^`]+)`", found[1]))))
        links = "\n".join(f"- [{name.removeprefix('tests/')}](../{name})" for name in linked)
        return f"{found[1]}\n\n{links or '- none yet'}\n\n"

    return re.sub(r"^(Tests of .*:)\n\n(?:- .*\n)+\n", renew, page, flags=re.MULTILINE)


def main() -> int:
    """Print the table; exit 1 when no run has left results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="renew README.md and docs/security.md")
    arguments = parser.parse_args()
    if not RUN.exists():
        print("No results yet: run make test first.", file=sys.stderr)
        return 1
    run = json.loads(RUN.read_text(encoding="utf-8"))
    controls = join(run["tests"])
    RESULT.write_text(json.dumps([asdict(control) for control in controls], indent=1) + "\n", encoding="utf-8")
    if arguments.write:
        shown = table(controls, run["finished_at"])
        README.write_text(with_table(README.read_text(encoding="utf-8"), shown), encoding="utf-8")
        SECURITY_PAGE.write_text(with_links(SECURITY_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    for control in controls:
        if control.tests:
            print(f"{control.id:<26} {len(control.tests):>4} tests  {'passed' if control.passed else 'NOT PASSED'}")
    passed = sum(control.passed for control in controls)
    print(f"{passed} of {len(controls)} demands proven by the run that ended {run['finished_at']}.")
    print(f"All of them: {RESULT.relative_to(TOP)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
