"""One version of a document, or what a client's documents lack, out of a backup and back into the running portal."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from muniment.operations.continuity.drills import scratch
from tests import sites
from tests.operations.continuity.test_restore import act
from tests.sites import Site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Give an installation at work of which there is a backup with two documents."""
    with tempfile.TemporaryDirectory(prefix="mun-", dir="/tmp", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        with sites.running(Path(name)) as found:
            act(found, "upload=First.txt", "upload=Second.txt")
            found.run("run")
            yield found


@pytest.mark.control("recovery-tested")
def test_a_version_comes_back_as_the_newest_of_its_document_and_is_in_the_log(site: Site):
    before = site.ask("select count(*) from app.version")

    done = act(site, "bring=First.txt", "read=First.txt")

    assert done["brought"] == [["documents", 1, 1], [2, "First.txt" * 1000]]
    (added,) = site.ask("select count(*) from app.entry where event = 'version.returned' and allowed")
    assert added == (1,)
    assert site.ask("select count(*) from app.version")[0][0] == before[0][0] + 1  # type: ignore[operator]
    assert not scratch.place_of(site.present).exists()


@pytest.mark.control("recovery-tested")
def test_of_a_client_comes_back_what_is_damaged_and_nothing_else(site: Site):
    nothing = act(site, "bring=everything")
    ((blob,),) = site.ask(
        "select replace(v.blob_id::text, '-', '') from app.version v join app.upload u on u.became_id = v.id "
        "order by v.id desc limit 1"
    )
    (damaged,) = (site.data / "store").rglob(f"{blob}.mnb")
    os.truncate(damaged, 100)

    done = act(site, "bring=everything", "read=Second.txt")

    assert nothing["brought"] == [["documents", 0, 0]]
    assert done["brought"] == [["documents", 1, 1], [2, "Second.txt" * 1000]]
