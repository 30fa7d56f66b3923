"""The rows of the list of documents: written as text for speed, so escaping is proved here."""

from html.parser import HTMLParser
from uuid import UUID

import pytest

from muniment.core import clock, ids
from muniment.web.templatetags.rows import document_rows

HOSTILE = "{name}\"'><script>alert(1)</script>{0}%s&amp;\u202egnp.exe"


class Reader(HTMLParser):
    """Collects what a browser would see: tags with their attributes, and the text between."""

    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def row():
    return {
        "id": UUID(int=7),
        "name": HOSTILE,
        "media_type": "application/pdf",
        "size_bytes": 1_000,
        "changed_at": clock.now(),
        "changed_by": HOSTILE,
        "version_count": 3,
        "is_new": True,
    }


@pytest.fixture(autouse=True)
def _plain_ids(monkeypatch):
    monkeypatch.setattr(ids, "public", lambda identifier: f"id{identifier.int}")


def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


def test_a_name_is_shown_as_it_is_and_never_becomes_markup(row):
    page = read(document_rows([row], "/c/documents/", download=True, folders=False))

    assert "script" not in {tag for tag, _ in page.tags}
    assert page.text.count(HOSTILE) == 2
    labels = [attributes["aria-label"] for _, attributes in page.tags if "aria-label" in attributes]
    assert labels == [f"Choose {HOSTILE}", f"Download {HOSTILE}", f"More for {HOSTILE}"]


def test_a_folder_name_is_shown_only_where_rows_come_from_many_folders(row):
    row["folder_name"] = HOSTILE

    assert read(document_rows([row], "/c/documents/", download=False, folders=True)).text.count(HOSTILE) == 3
    assert read(document_rows([row], "/c/documents/", download=False, folders=False)).text.count(HOSTILE) == 2


def test_every_address_of_a_row_is_its_own(row):
    other = row | {"id": UUID(int=8)}

    page = read(document_rows([row, other], "/c/documents/", download=True, folders=False))

    addresses = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert addresses == [f"/c/documents/{name}{end}" for name in ("id7", "id8") for end in ("/", "/download/", "/")]


def test_without_leave_to_download_there_is_no_link_to_it(row):
    page = read(document_rows([row], "/c/documents/", download=False, folders=False))

    assert not [tag for tag, attributes in page.tags if "download" in attributes]
