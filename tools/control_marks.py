"""A pytest plugin that writes down which control each test proves, and how the test ended.

A test says `@pytest.mark.control("tenant-isolation")`; the run leaves build/controls-run.json, which `make controls`
joins with docs/controls.csv. A run of some tests renews the results of those tests only; `make test` starts afresh.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

RUN = Path("build/controls-run.json")
PROPERTY = "control"


def pytest_configure(config: pytest.Config) -> None:
    """Listen in the process that hears every worker's reports."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(config.rootpath), "control-recorder")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write the marks where they travel with the report, from a worker too."""
    for item in items:
        for mark in item.iter_markers("control"):
            item.user_properties.extend((PROPERTY, control) for control in mark.args)


class Recorder:
    """Collects the reports of one run."""

    def __init__(self, top: Path) -> None:
        self.path = top / RUN
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst of set-up, call and tear-down; of a test that is tried once more, that of the second try."""
        if str(report.outcome) == "rerun":  # an outcome of pytest-rerunfailures
            self.tests.pop(report.nodeid, None)
            return
        controls = sorted({str(value) for name, value in report.user_properties if name == PROPERTY})
        if not controls:
            return
        seen = self.tests.setdefault(report.nodeid, {"controls": controls, "outcome": report.outcome})
        if report.outcome != "passed" and seen["outcome"] != "failed":
            seen["outcome"] = report.outcome

    def pytest_sessionfinish(self) -> None:
        """Merge this run into the file."""
        if not self.tests:
            return
        known = json.loads(self.path.read_text())["tests"] if self.path.exists() else {}
        # A second of the machine's clock, for people: nothing decides by it.
        run = {"finished_at": datetime.now(UTC).isoformat(timespec="seconds"), "tests": known | self.tests}
        self.path.parent.mkdir(exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(run, indent=1, sort_keys=True) + "\n")
        draft.replace(self.path)
