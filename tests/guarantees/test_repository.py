"""What the repository itself promises: its dependencies, its claims, its walls in the code."""

import json
import re
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tools import controls

TOP = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())
LOCKS = [TOP / "requirements" / "run.lock", TOP / "requirements" / "dev.lock"]
DEPENDENCIES = TOP / "docs" / "dependencies.md"
SECURITY_PAGE = TOP / "docs" / "security.md"
NAME = re.compile(r"^[A-Za-z0-9._-]+")
FIVE_CONTROLS = ["Secure database", "Encryption and hashing", "Access control", "Authentication", "Authorisation"]

# Split, so that this file does not contain what it looks for.
REGISTRIES = re.compile(
    "|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "npm" + r"js\.com"])
)
CLAIMS = re.compile(
    r"un-?hackable|hack-?proof|(100|hundred) ?(%|per ?cent) (secure|safe)|unbreakable|impenetrable", re.IGNORECASE
)


def files_of_the_repository() -> list[Path]:
    """What git holds or would hold; in a copy without git, everything but the environments."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
    else:
        skipped = {".venv", "node_modules", "build", "var", ".git"}
        names = [str(p.relative_to(TOP)) for p in TOP.rglob("*") if not skipped & set(p.relative_to(TOP).parts)]
    return [TOP / name for name in names if (TOP / name).is_file()]


def text_files() -> list[tuple[Path, str]]:
    found = []
    for path in files_of_the_repository():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found.append((path, content.decode("utf-8", errors="replace")))
    return found


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def documented_dependencies() -> dict[str, date]:
    rows = re.findall(r"^\| `([^`]+)` \|.*\| (\d{4}-\d{2}-\d{2}) \|$", DEPENDENCIES.read_text(), re.MULTILINE)
    return {name: date.fromisoformat(deadline) for name, deadline in rows}


def declared_packages() -> set[str]:
    groups = PROJECT["dependency-groups"].values()
    wishes = PROJECT["project"]["dependencies"] + [wish for group in groups for wish in group if isinstance(wish, str)]
    return {match.group() for wish in wishes if (match := NAME.match(wish))}


def declared_dependencies() -> set[str]:
    described = json.loads((TOP / "package.json").read_text())
    return declared_packages() | described.get("dependencies", {}).keys() | described.get("devDependencies", {}).keys()


def test_every_dependency_has_a_line_that_says_why():
    assert documented_dependencies().keys() == declared_dependencies()


@pytest.mark.control("deps-updated")
def test_no_dependency_is_past_the_date_by_which_somebody_must_look_at_it_again():
    today = datetime.now(UTC).date()

    late = {name: str(deadline) for name, deadline in documented_dependencies().items() if deadline < today}

    assert not late, "read the release notes and advisories, upgrade, then move the date in docs/dependencies.md"


@pytest.mark.control("deps-updated")
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_version_and_hashes(lock):
    joined = lock.read_text().replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.lstrip().startswith("#")]

    loose = [line for line in lines if not re.match(r"^\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]

    assert lines
    assert not loose


@pytest.mark.control("deps-updated")
def test_everything_declared_is_locked():
    locked = {line.partition("==")[0] for line in LOCKS[1].read_text().splitlines() if "==" in line}

    assert declared_packages() <= locked


def test_no_file_names_the_address_of_a_registry():
    assert not [str(path.relative_to(TOP)) for path, text in text_files() if REGISTRIES.search(text)]


def test_no_python_file_is_longer_than_400_lines():
    assert not [
        str(path.relative_to(TOP)) for path, text in text_files() if path.suffix == ".py" and text.count("\n") > 400
    ]


@pytest.mark.control("trust-claim")
def test_no_page_and_no_document_claims_that_nothing_can_happen():
    spoken = [(path, text) for path, text in text_files() if path.suffix in {".md", ".html", ".txt"}]

    claims = [f"{path.relative_to(TOP)}: {found.group()}" for path, text in spoken if (found := CLAIMS.search(text))]

    assert spoken
    assert not claims


@pytest.mark.control("trust-claim")
def test_the_documents_state_what_remains():
    _, _, remains = SECURITY_PAGE.read_text().partition("\n## What remains\n")

    assert remains.count("\n- ") >= 5
    assert "What is not there yet" in (TOP / "README.md").read_text()


@pytest.mark.control("bug-bounty")
def test_there_are_terms_for_reporting_a_weakness():
    policy = (TOP / "SECURITY.md").read_text()

    for promise in ("security.txt", "working days", "No legal steps", "In scope", "before you publish"):
        assert promise in policy


@pytest.mark.control("five-controls")
@pytest.mark.parametrize("name", FIVE_CONTROLS)
def test_each_of_the_five_controls_has_a_section_with_tests_that_exist(name):
    _, heading, rest = SECURITY_PAGE.read_text().partition(f"\n## {name}\n")
    section = rest.partition("\n## ")[0]
    links = re.findall(r"\]\(\.\./(tests/[^)]+\.py)\)", section)

    assert heading
    assert links
    assert not [link for link in links if not (TOP / link).is_file()]


def test_the_security_page_links_to_the_tests_there_are():
    page = SECURITY_PAGE.read_text()

    assert controls.with_links(page) == page, "run make test, then make proof"


def test_every_link_between_documents_leads_somewhere():
    links = [
        (path, target)
        for path, text in text_files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
        if "://" not in target
    ]

    lost = [f"{path.relative_to(TOP)} -> {target}" for path, target in links if not (path.parent / target).exists()]

    assert links
    assert not lost


@pytest.mark.control("loose-coupling")
def test_the_walls_between_layers_and_apps_stand():
    checked = run(tool("lint-imports"), "--no-logo", "--no-cache")

    assert checked.returncode == 0, checked.stdout


@pytest.mark.control("secure-coding")
def test_bandit_finds_nothing():
    checked = run(tool("bandit"), "--quiet", "--recursive", "--configfile", "pyproject.toml", "src", "tools")

    assert checked.returncode == 0, checked.stdout


@pytest.mark.control("secure-coding")
def test_no_rule_of_secure_coding_is_broken():
    checked = run(tool("ruff"), "check", "src", "tools", "bench")  # with all rules, those of security among them

    assert "ALL" in PROJECT["tool"]["ruff"]["lint"]["select"]
    assert checked.returncode == 0, checked.stdout


@pytest.mark.control("secure-coding")
def test_no_suppression_silences_everything():
    blanket = re.compile(r"#\s*(noqa(?!:)|type:\s*ignore(?!\[)|nosec(?!\s+B\d))")

    assert not [
        f"{path.relative_to(TOP)}" for path, text in text_files() if path.suffix == ".py" and blanket.search(text)
    ]


@pytest.mark.control("platform-choice")
@pytest.mark.parametrize("command", ["demo", "test"])
def test_the_two_commands_of_the_readme_exist(command):
    assert f"```\nmake {command}\n```" in (TOP / "README.md").read_text()
    assert re.search(rf"^{command}:", (TOP / "Makefile").read_text(), re.MULTILINE)


def test_continuous_integration_runs_the_command_of_the_readme():
    assert "\nmake test\n" in (TOP / ".ci" / "run").read_text()


def test_every_control_that_a_test_names_is_demanded():
    unknown = {
        control: files for control, files in controls.marked_controls().items() if control not in controls.demands()
    }

    assert not unknown


def test_the_table_of_the_readme_lists_the_controls_that_have_tests():
    _, _, rest = (TOP / "README.md").read_text().partition(controls.START)
    listed = set(re.findall(r"^\| `([^`]+)` \|", rest.partition(controls.END)[0], re.MULTILINE))

    assert listed == set(controls.marked_controls()), "run make test, then make proof"
