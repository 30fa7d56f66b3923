"""`muniment store`, as the host runs it over a portal at work."""

import os
import subprocess
import sys

import pytest

from tests.live import Live


def run(live: Live, *words: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if "MUNIMENT" not in name and "DJANGO" not in name}
    return subprocess.run(
        [sys.executable, "-m", "muniment.operations.command", "store", *words, "--data", str(live.data)],
        env=kept,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.slow
def test_everything_is_checked_tidied_up_and_placed_over_a_running_portal(live: Live) -> None:
    checked = run(live, "check")
    collected = run(live, "collect")
    moved = run(live, "move", "--to", "disk")

    assert checked.returncode == 0, checked.stderr
    assert "0 are damaged" in checked.stdout
    assert not checked.stdout.startswith("0 stored")
    assert collected.stdout.startswith("Removed: 0 stored documents")
    assert moved.stdout.startswith("0 documents were moved")


@pytest.mark.slow
@pytest.mark.control("buyer-data-location")
def test_where_documents_lie_is_said_for_each_client_and_a_region_is_kept(live: Live) -> None:
    before = run(live, "where")
    client = next(line for line in before.stdout.splitlines() if "disk in" in line).split()[0]

    refused = run(live, "place", "--client", client, "--region", "ap-south-1")
    unknown = run(live, "place", "--client", "nobody", "--region", "ap-south-1")

    assert "disk in no named region (the firm's own machine)" in before.stdout
    assert refused.returncode == 1
    assert "may lie in one region only" in refused.stderr
    assert unknown.returncode == 1
    assert "no such client" in unknown.stderr
    assert run(live, "where").stdout == before.stdout


@pytest.mark.slow
def test_a_store_that_no_setting_names_is_refused_in_a_sentence(live: Live) -> None:
    moved = run(live, "move", "--to", "s3")

    assert moved.returncode == 1
    assert "settings do not say where" in moved.stderr
    assert "Traceback" not in moved.stderr
