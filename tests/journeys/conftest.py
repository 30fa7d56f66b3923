"""One browser for the stories of a file, and a scan to carry through them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from muniment.operations.demo import files
from tests.journeys.browser import chromium

SCAN_PAGES = 6


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run a browser for the tests of one file; beyond it, tests of the database could not run beside its loop."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a real scan of 60 MB, as an office scanner writes it."""
    kept = tmp_path_factory.mktemp("scans") / "Lease, signed (scan).pdf"
    kept.write_bytes(files.scan(41, pages=SCAN_PAGES))
    return kept
