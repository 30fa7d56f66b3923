"""How fast a whole log is checked again: by the command, and by the page of a running portal in Chromium."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import paper
from bench.portal import Portal
from bench.results import Result

ENTRIES = 100_000
WAIT_SECONDS = 300.0


def measure(portal: Portal, top: Path, entries: int = ENTRIES) -> list[Result]:
    """Return the entries that each of the two checks in a second, its start included."""
    path = top / "paper.mlog"
    key = paper.write_export(path, entries)
    try:
        command, page = _command(path, key), _page(portal, path, key)
    finally:
        path.unlink()
    said = f"{entries:,} entries, every one hashed again"
    return [
        Result("check of a whole log, muniment-verify", entries / command, "entries/s", said),
        Result("check of a whole log, in the browser", entries / page, "entries/s", said),
    ]


def _command(path: Path, key: str) -> float:
    begun = time.monotonic()
    told = subprocess.run(
        [sys.executable, "-m", "muniment_verify", "log", str(path), "--key", key],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if not told.startswith("VALID"):
        raise ValueError(told)
    return time.monotonic() - begun


def _page(portal: Portal, path: Path, key: str) -> float:
    """Return the seconds from the button to the verdict."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            page = browser.new_page(ignore_https_errors=True)
            page.goto(f"https://localhost:{portal.port}/verify/")
            page.fill("textarea[name=keys]", key)
            page.set_input_files("input[name=files]", str(path))
            begun = time.monotonic()
            page.click("#verify-form button")
            page.wait_for_selector("#verify-result:not(:empty)", timeout=1000 * WAIT_SECONDS)
            seconds, told = time.monotonic() - begun, page.inner_text("#verify-result")
        finally:
            browser.close()
    if "are the ones that were logged" not in told:
        raise ValueError(told)
    return seconds
