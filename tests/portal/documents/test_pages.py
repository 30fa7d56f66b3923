"""Every page about documents, asked for by a browser without scripts."""

import re

import pytest

from muniment.core import ids
from muniment.portal.documents import actions, queries
from tests.portal.documents.uploading import CONTRACT, add, events


class Pages:
    """One person's browser in one client's documents."""

    def __init__(self, browser, client_id):
        self.browser = browser
        self.root = f"/{ids.public(client_id)}/documents/"

    def url(self, *parts):
        return self.root + "".join(f"{part if isinstance(part, str) else ids.public(part)}/" for part in parts)

    def get(self, *parts, query=""):
        return self.browser.get(self.url(*parts) + query, secure=True)

    def post(self, *parts, **data):
        return self.browser.post(self.url(*parts), data, secure=True)


@pytest.fixture
def pages(portal, browser_of):
    """Give Cleo's pages."""
    return Pages(browser_of("cleo"), portal.okoye)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_an_empty_list_says_what_to_do(pages):
    answer = pages.get()

    assert answer.status_code == 200
    assert "No documents here yet" in text(answer)


def test_a_list_shows_folders_and_documents(pages, cleo, contract):
    folder = actions.create_folder(cleo, name="Tax 2026")
    add(cleo, "Inside.txt", b"x", folder_id=folder.id)

    top, inside = text(pages.get()), text(pages.get("folders", folder.id))

    assert "Contract.pdf" in top
    assert "Tax 2026" in top
    assert "Inside.txt" not in top
    assert "Inside.txt" in inside
    assert "Contract.pdf" not in inside


@pytest.mark.parametrize(
    ("query", "shown"),
    [("?kind=pdf", True), ("?kind=image", False), ("?sort=name", True)],
)
def test_a_filter_finds_what_it_names(pages, contract, query, shown):
    assert ("Contract.pdf" in text(pages.get(query=query))) is shown


@pytest.mark.control("server-validation", "no-sqli")
@pytest.mark.parametrize("query", ["?sort=id", "?kind=x", "?older=x", "?rows=1000000", "?newer=eyJ9:a:b", "?sort='--"])
def test_a_filter_that_is_none_is_refused(pages, query):
    assert pages.get(query=query).status_code == 422


def test_pages_of_a_long_list_lead_there_and_back(pages, cleo):
    for number in range(53):
        add(cleo, f"{number:02}.txt", b"x")

    first = pages.get()
    second = pages.browser.get(first.context["page"]["older_url"], secure=True)
    back = pages.browser.get(second.context["page"]["newer_url"], secure=True)

    names = [[row["name"] for row in page.context["page"]["rows"]] for page in (first, second, back)]
    assert names[0] == [f"{number:02}.txt" for number in range(52, 2, -1)]
    assert names[1] == ["02.txt", "01.txt", "00.txt"]
    assert names[2] == names[0]
    assert not second.context["page"]["older_url"]
    assert not first.context["page"]["newer_url"]


def test_a_part_alone_is_sent_where_only_the_rows_change(pages, contract):
    answer = pages.browser.get(pages.root, secure=True, headers={"HX-Request": "true", "HX-Target": "rows"})

    assert "<html" not in text(answer)
    assert "Contract.pdf" in text(answer)


def test_the_page_of_a_document_shows_all_about_it(pages, cleo, contract):
    answer = pages.get(contract.document_id)

    assert answer.status_code == 200
    assert answer.context["viewer"] == "pdf"
    assert "opening=" in answer.context["content_url"]
    said = text(answer)
    assert "Ben Vane" in said
    assert "Year end 2026" in said
    assert events(cleo, contract.document_id)[0] == "document.viewed"


def test_a_document_without_a_viewer_is_not_opened_by_its_page(pages, cleo):
    version = add(cleo, "tool.bin", b"\x00\x01")

    answer = pages.get(version.document_id)

    assert answer.context["viewer"] == "none"
    assert events(cleo, version.document_id) == ["page.opened", "document.added"]


@pytest.mark.control("no-xss")
def test_text_and_names_are_printed_not_run(pages, cleo):
    version = add(cleo, "<img src=x onerror=alert(1)>.txt", b"<script>alert('{{7*7}}')</script>")

    said = text(pages.get(version.document_id))

    assert "<img src=x" not in said
    assert "<script>alert" not in said
    assert "&lt;script&gt;alert(&#x27;{{7*7}}&#x27;)" in said


def test_an_older_version_has_its_page(pages, cleo, contract):
    add(cleo, "Contract.pdf", CONTRACT, document_id=contract.document_id)

    answer = pages.get(contract.document_id, query="?version=1")

    assert answer.context["is_newest"] is False
    assert pages.get(contract.document_id, query="?version=9").status_code == 422


def test_a_folder_is_made_renamed_moved_trashed_and_restored(pages, cleo):
    assert pages.get("new-folder").status_code == 200
    made = pages.post("new-folder", name="Tax", parent_id="")
    (folder,) = queries.folders_in(cleo)
    assert made["Location"] == pages.url("folders", folder.id)
    pages.post("new-folder", name="2026", parent_id=ids.public(folder.id))
    (inner,) = queries.folders_in(cleo, folder.id)

    assert pages.get("folders", inner.id, "rename").status_code == 200
    pages.post("folders", inner.id, "rename", name="2027")
    assert "Tax" in text(pages.get("folders", inner.id, "move"))
    pages.post("folders", inner.id, "move", folder="")
    assert [row.name for row in queries.folders_in(cleo)] == ["2027", "Tax"]
    assert pages.get("folders", inner.id, "trash").status_code == 200
    pages.post("folders", inner.id, "trash")
    assert "2027" in text(pages.get("trash"))
    pages.post("folders", inner.id, "restore")
    assert [row.name for row in queries.folders_in(cleo)] == ["2027", "Tax"]


def test_a_document_is_renamed_moved_trashed_and_restored(pages, cleo, contract):
    folder = actions.create_folder(cleo, name="Tax")
    here = contract.document_id
    for page in ("rename", "move", "trash"):
        assert pages.get(here, page).status_code == 200

    pages.post(here, "rename", name="Deal.pdf")
    pages.post(here, "move", folder=ids.public(folder.id))
    assert [row.name for row in queries.documents_in(cleo, folder.id).rows] == ["Deal.pdf"]
    pages.post(here, "trash")
    assert pages.get(here).status_code == 404
    assert "Deal.pdf" in text(pages.get("trash"))
    pages.post(here, "restore")
    assert pages.get(here).status_code == 200


def test_a_hostile_name_is_refused_beside_its_field(pages, contract):
    answer = pages.post(contract.document_id, "rename", name="../etc")

    assert answer.status_code == 422
    assert "cannot be used" in text(answer)


def test_several_documents_are_moved_and_trashed_together(pages, cleo):
    folder = actions.create_folder(cleo, name="Tax")
    versions = [add(cleo, name, b"x") for name in ("a.txt", "b.txt")]
    chosen = [ids.public(version.document_id) for version in versions]

    asked = pages.get("move", query=f"?document={chosen[0]}&document={chosen[1]}")
    pages.post("move", document=chosen, folder=ids.public(folder.id))
    moved = len(queries.documents_in(cleo, folder.id).rows)
    pages.post("to-trash", document=chosen)

    assert asked.status_code == 200
    assert "a.txt" in text(asked)
    assert moved == 2
    assert len(queries.trash(cleo).documents) == 2


@pytest.mark.control("access-why", "share-files")
def test_a_document_is_shared_and_the_share_ended(pages, portal, browser_of, cleo, dan, contract):
    here = contract.document_id
    asked = text(pages.get(here, "share"))
    form = {"reader": ids.public(dan.person_id), "may": "viewer", "until": "2999-01-01", "why": "Read before Monday"}
    preview = text(pages.browser.get(pages.url(here, "share", "preview"), form, secure=True))
    without_scripts = text(pages.browser.get(pages.url(here, "share"), {**form, "preview": "1"}, secure=True))
    shared = pages.post(here, "share", **form)

    assert "Dan Okoye" in asked
    assert "Dan Okoye" in preview
    assert "3 people" in preview
    assert "Dan Okoye" in without_scripts
    assert "3 people" in without_scripts
    assert shared["Location"] == pages.url(here)
    assert "Read before Monday" in text(pages.get(here))
    dans = Pages(browser_of("dan"), portal.okoye)
    assert dans.get(here).status_code == 200
    (share,) = queries.shares(cleo, "document", here)
    assert "Dan Okoye" in text(pages.get(here, "shares", share.id, "end"))
    pages.post(here, "shares", share.id, "end")
    assert dans.get(here).status_code == 404


@pytest.mark.control("access-why")
@pytest.mark.parametrize(
    "change", [{"why": ""}, {"why": "  "}, {"until": "2001-01-01"}, {"reader": ""}, {"reader": "x"}, {"may": "owner"}]
)
def test_a_share_without_its_reason_reader_or_end_is_refused(pages, cleo, dan, contract, change):
    form = {"reader": ids.public(dan.person_id), "may": "viewer", "until": "", "why": "Read it"} | change

    assert pages.post(contract.document_id, "share", **form).status_code == 422
    assert queries.shares(cleo, "document", contract.document_id) == []


def test_a_folder_is_shared_with_everyone_of_the_client(pages, portal, browser_of, cleo):
    folder = actions.create_folder(cleo, name="For all")
    add(cleo, "notice.txt", b"hello", folder_id=folder.id)
    assert pages.get("folders", folder.id, "share").status_code == 200

    pages.post("folders", folder.id, "share", reader="everyone", may="viewer", until="", why="Announcements")

    dans = Pages(browser_of("dan"), portal.okoye)
    assert "For all" in text(dans.get())
    assert "notice.txt" in text(dans.get("folders", folder.id))
    (share,) = queries.shares(cleo, "folder", folder.id)
    pages.post("folders", folder.id, "shares", share.id, "end")
    assert dans.get().status_code == 404


def test_somebody_with_single_documents_finds_them_at_the_top(portal, browser_of, cleo, dan):
    outer = actions.create_folder(cleo, name="Board only")
    inner = actions.create_folder(cleo, name="Minutes", parent_id=outer.id)
    deep = add(cleo, "Minutes.txt", b"x", folder_id=inner.id)
    actions.share_document(
        cleo, document_id=deep.document_id, person_id=dan.person_id, role="viewer", purpose="Attended"
    )
    dans = Pages(browser_of("dan"), portal.okoye)

    listed, shown = text(dans.get()), text(dans.get(deep.document_id))

    assert "Minutes.txt" in listed
    assert "Board only" not in listed + shown
    assert dans.get("folders", inner.id).status_code == 404
    assert dans.get("folders", outer.id).status_code == 404


@pytest.mark.control("limit-inside")
def test_a_guest_without_a_share_finds_no_documents_at_all(portal, browser_of, contract):
    dans = Pages(browser_of("dan"), portal.okoye)

    assert dans.get().status_code == 404
    assert dans.get(contract.document_id).status_code == 404
