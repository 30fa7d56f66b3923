"""Nobody opens what was not vetted, by whatever way; and what happens when the scanner is not there."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from muniment.core import config
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, jobs, queries
from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import Held, NotVetted
from muniment.trust.vault.types import Verdict
from tests.clamd import EICAR, MARKER, Daemon
from tests.portal.documents.uploading import CONTRACT, add, events, put, vet

pytestmark = pytest.mark.control("safe-uploads")


@pytest.fixture
def waiting(cleo):
    """Give a version that the worker has not come to yet."""
    return put(cleo, "Contract.pdf", CONTRACT)


@pytest.fixture(scope="session")
def daemon():
    """Give a running clamd with the tests' own signatures."""
    found = Daemon()
    try:
        found.start()
        yield found
    finally:
        found.remove()


@pytest.fixture
def scanned(daemon, monkeypatch):
    """Have the portal ask that clamd."""
    configured = replace(config.current(), scanner=daemon.address, scanner_max_bytes=2 * 2**20)
    monkeypatch.setattr(config, "current", lambda: configured)
    return daemon


def test_what_waits_is_opened_by_nobody_in_no_way(cleo, ben, waiting, browser_of, portal):
    document_id = waiting.document_id
    for who in (cleo, ben):
        for act in (actions.view_document, actions.download_document):
            with pytest.raises(NotVetted):
                act(who, document_id=document_id)
        with pytest.raises(NotVetted):
            actions.pack_documents(who, document_ids=[document_id])
        with pytest.raises(NotVetted):
            actions.pack_documents(who, whole=True)
    with pytest.raises(NotVetted):
        vault.open_blob(cleo.client, waiting.blob_id)
    assert {"document.viewed", "document.downloaded"}.isdisjoint(events(cleo, document_id))


@pytest.mark.parametrize("way", ["content/", "download/", "page/", "content/?version=1", "download/?version=1"])
def test_no_address_hands_it_out(portal, ben, waiting, browser_of, way):
    from muniment.core import ids

    address = f"/{ids.public(portal.okoye)}/documents/{ids.public(waiting.document_id)}/{way}"

    answer = browser_of("ben").get(address)

    assert answer.status_code == 423
    assert b"%PDF" not in answer.content


def test_its_page_says_that_it_is_being_checked_and_looks_again(portal, ben, waiting, browser_of):
    from muniment.core import ids

    address = f"/{ids.public(portal.okoye)}/documents/{ids.public(waiting.document_id)}/"
    browser = browser_of("cleo")

    before = browser.get(address).content.decode()
    still = browser.get(address, headers={"hx-request": "true", "hx-target": "vetting"})
    vet(ben, waiting.id)
    after = browser.get(address, headers={"hx-request": "true", "hx-target": "vetting"})

    assert "Being checked" in before
    assert 'hx-trigger="every 2s"' in before
    assert "Being checked" in still.content.decode()
    assert after.headers["HX-Refresh"] == "true"
    assert "no virus scanner looked" in browser.get(address).content.decode()


def test_the_list_says_so_and_looks_again(portal, waiting, browser_of, cleo):
    from muniment.core import ids

    address = f"/{ids.public(portal.okoye)}/documents/"
    browser = browser_of("cleo")

    before = browser.get(address).content.decode()
    vet(cleo, waiting.id)
    after = browser.get(address).content.decode()

    assert "Being checked" in before
    assert 'hx-trigger="every 2s"' in before
    assert "Being checked" not in after
    assert 'hx-trigger="every 2s"' not in after


def test_the_job_vets_and_leaves_an_entry_once(portal, cleo, ben, waiting):
    for _ in range(2):
        jobs.vet_version(str(portal.okoye), str(waiting.id))

    opening = actions.view_document(ben, document_id=waiting.document_id)
    assert opening.version.vetting.verdict == Verdict.CLEAN
    assert opening.version.vetting.scanner == ""
    assert events(cleo, waiting.id) == ["version.vetted"]


def test_what_waited_before_is_vetted_by_the_round(portal, cleo, waiting):
    system = Actor.system(portal.okoye)

    assert actions.vet_waiting(system, older_than=timedelta(hours=1)) == 0
    assert actions.vet_waiting(system) == 1
    assert actions.vet_waiting(system) == 0
    assert actions.view_document(cleo, document_id=waiting.document_id).version.id == waiting.id


def test_what_is_damaged_is_held_and_stops_nothing_behind_it(portal, cleo, waiting):
    from tests.portal.documents.test_prove_version import path_of

    path_of(waiting, cleo.client).unlink()
    behind = put(cleo, "Notes.txt", b"notes")

    assert actions.vet_waiting(Actor.system(portal.okoye)) == 2

    assert queries.versions(cleo, waiting.document_id)[0].vetting.reason == "broken"
    assert actions.view_document(cleo, document_id=behind.document_id).version.vetting.is_open


def test_an_archive_of_a_folder_leaves_it_out_and_says_so(portal, cleo, waiting, browser_of):
    from muniment.core import ids

    add(cleo, "Clean.txt", b"clean")

    answer = browser_of("cleo").get(f"/{ids.public(portal.okoye)}/documents/pack/")

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as pack:
        assert sorted(pack.namelist()) == ["Clean.txt", "Not in this archive.txt"]
        assert "Contract.pdf" in pack.read("Not in this archive.txt").decode()
    assert "document.downloaded" not in events(cleo, waiting.document_id)


def test_a_new_version_that_is_held_leaves_the_old_one_open(cleo, ben):
    first = add(cleo, "Notes.txt", b"notes")
    add(cleo, "Notes.txt", b"MZ" + bytes(100), document_id=first.document_id)

    with pytest.raises(Held):
        actions.view_document(ben, document_id=first.document_id)
    assert actions.view_document(ben, document_id=first.document_id, number=1).version.id == first.id


def test_what_is_held_is_not_new_to_anybody(cleo, ben):
    held = add(cleo, "tool.exe", b"MZ" + bytes(100))
    clean = add(cleo, "Notes.txt", b"notes")

    assert [row.id for row in queries.new_documents(ben)] == [clean.document_id]
    assert set(queries.not_open(ben, [held.document_id, clean.document_id])) == {held.document_id}


def test_a_version_that_is_not_there_is_not_vetted(portal, waiting):
    with pytest.raises(NotFound):
        actions.vet_version(Actor.system(portal.brandt), version_id=waiting.id)


def test_a_virus_is_refused_and_nothing_of_it_opens(scanned, cleo, ben):
    for data in (EICAR, b"a text with " + MARKER):
        version = add(cleo, "Invoice.txt", data)

        vetting = queries.versions(cleo, version.document_id)[0].vetting
        assert (vetting.verdict, vetting.reason) == (Verdict.REFUSED, "virus")
        assert vetting.detail.startswith("Muniment.")
        with pytest.raises(Held):
            actions.download_document(ben, document_id=version.document_id)


def test_a_scanned_file_says_what_scanned_it(scanned, cleo):
    version = add(cleo, "Notes.txt", b"notes")

    vetting = queries.versions(cleo, version.document_id)[0].vetting
    assert vetting.verdict == Verdict.CLEAN
    assert vetting.scanner.startswith("ClamAV ")


def test_what_is_too_large_for_the_scanner_is_held_as_not_scanned(scanned, cleo):
    version = add(cleo, "Long.txt", b"word " * (2**20))

    vetting = queries.versions(cleo, version.document_id)[0].vetting
    assert (vetting.verdict, vetting.reason) == (Verdict.HELD, "too-large-to-scan")


def test_while_the_scanner_is_down_uploads_are_held_and_go_on_when_it_is_back(scanned, portal, cleo, ben, browser_of):
    from muniment.core import ids

    scanned.kill()
    try:
        version = add(cleo, "Notes.txt", b"notes")
        address = f"/{ids.public(portal.okoye)}/documents/{ids.public(version.document_id)}/"
        page = browser_of("cleo").get(address).content.decode()
        with pytest.raises(Held):
            actions.view_document(ben, document_id=version.document_id)
        assert "The virus scanner does not answer" in page
        assert actions.vet_waiting(Actor.system(portal.okoye)) == 1
        assert queries.versions(cleo, version.document_id)[0].vetting.reason == "scanner-down"
    finally:
        scanned.start()

    assert actions.vet_waiting(Actor.system(portal.okoye)) == 1

    assert actions.view_document(ben, document_id=version.document_id).version.vetting.is_open
    assert events(cleo, version.id) == ["version.vetted", "version.held"]


def test_a_scanner_that_is_gone_lets_nothing_through_that_it_would_have_found(scanned, portal, cleo, ben):
    scanned.kill()
    try:
        version = add(cleo, "Invoice.txt", MARKER)
    finally:
        scanned.start()

    actions.vet_waiting(Actor.system(portal.okoye))

    assert queries.versions(cleo, version.document_id)[0].vetting.reason == "virus"
