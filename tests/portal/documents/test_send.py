"""Send a file in one piece, as a browser does that runs no scripts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from muniment.core import ids
from muniment.core.ids import public
from muniment.portal.documents import actions, queries
from muniment.portal.documents.views.sending import FILE_BYTES
from muniment.trust.vault import actions as vault
from tests.portal.documents.test_pages import Pages
from tests.portal.documents.uploading import events

CONTENT = b"Twelve crates\n" * 200_000  # more than what other forms may hold


@pytest.fixture
def pages(portal, browser_of):
    return Pages(browser_of("cleo"), portal.okoye)


def note(content=CONTENT, name="Note.txt"):
    return SimpleUploadedFile(name, content)


def stored(portal, cleo, document_id):
    _, version = queries.readable_version(cleo, document_id, "document:download", None)
    blob_id = version.blob_id
    with vault.open_blob(portal.okoye, blob_id, for_vetting=True) as blob:
        return b"".join(blob.read())


def test_a_file_becomes_a_document_in_its_folder(portal, pages, cleo):
    folder = actions.create_folder(cleo, name="Deliveries")

    asked = pages.get("send", query=f"?in={public(folder.id)}")
    answer = pages.post("send", file=note(), folder_id=public(folder.id))

    assert 'enctype="multipart/form-data"' in asked.content.decode()
    (row,) = queries.documents_in(cleo, folder.id).rows
    assert answer.headers["location"].endswith(f"/{public(row.id)}/")
    assert row.name == "Note.txt"
    assert stored(portal, cleo, row.id) == CONTENT
    assert events(cleo, row.id) == ["document.added"]


def test_a_file_becomes_the_next_version(pages, cleo, contract):
    pages.post("send", file=note(b"Second"), document_id=public(contract.document_id))

    assert queries.document(cleo, contract.document_id).version_count == 2


def test_an_empty_file_is_a_document_too(pages, cleo):
    pages.post("send", file=note(b"", "Empty.txt"))

    assert [row.size_bytes for row in queries.documents_in(cleo).rows] == [0]


def test_nothing_chosen_is_said_beside_the_field(pages, cleo):
    answer = pages.post("send")

    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    assert queries.documents_in(cleo).rows == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read(pages, cleo):
    answer = pages.post("send", file=note(b"x" * (FILE_BYTES + 2 * 2**20)))

    assert answer.status_code == 413
    assert "too large to be sent in one piece" in answer.content.decode()
    assert queries.documents_in(cleo).rows == []


def test_nobody_but_people_who_are_signed_in_may_fill_the_memory(portal):
    from django.test import Client

    answer = Client(headers={"host": "localhost"}).post(
        f"/{ids.public(portal.okoye)}/documents/send/", {"file": note()}, secure=True
    )

    assert answer.status_code == 413


@pytest.mark.parametrize("who", ["dan", "mallory"])
def test_a_guest_and_a_stranger_send_nothing(portal, browser_of, cleo, who):
    answer = Pages(browser_of(who), portal.okoye).post("send", file=note(b"x"))

    assert answer.status_code == 404
    assert queries.documents_in(cleo).rows == []


@pytest.mark.parametrize("page", ["new-folder", "to-trash"])
def test_no_other_form_takes_a_file(pages, page):
    answer = pages.post(page, name=note(b"x"))

    assert answer.status_code == 400
