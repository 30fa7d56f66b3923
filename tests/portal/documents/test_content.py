"""The bytes of documents as they leave the portal."""

import base64
import hashlib
import io
import os
import zipfile

import pytest
from PIL import Image

from muniment.core import ids
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, slots
from muniment.portal.documents.errors import TooManyDownloads
from muniment.trust.access import actions as access
from tests.portal.documents.uploading import CONTRACT, add, entries, events

BYTES = os.urandom(2 * 2**20 + 12345)


def address(portal, version, name="download"):
    return f"/{ids.public(portal.okoye)}/documents/{ids.public(version.document_id)}/{name}/"


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def get(browser, url, method="get", **headers):
    return getattr(browser, method)(url, secure=True, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.fixture
def large(cleo):
    """Give a document of more than two segments."""
    return add(cleo, "Lärm & Co “2026”.bin", BYTES)


@pytest.fixture
def browser(browser_of):
    """Give Ben's browser."""
    return browser_of("ben")


@pytest.mark.control("share-files", "audit-who-what", "audit-actions")
def test_a_download_is_the_file_and_leaves_its_entry(portal, browser, ben, large):
    actions.prove_version(ben.system(ben.client), version_id=large.id)

    answer = get(browser, address(portal, large))

    assert body(answer) == BYTES
    digest = base64.b64encode(hashlib.sha256(BYTES).digest()).decode()
    assert {name: answer[name] for name in ("Content-Type", "Content-Length", "Accept-Ranges", "Repr-Digest")} == {
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(BYTES)),
        "Accept-Ranges": "bytes",
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    assert answer["Content-Disposition"] == (
        'attachment; filename="Larm & Co 2026.bin"; '
        "filename*=UTF-8''L%C3%A4rm%20%26%20Co%20%E2%80%9C2026%E2%80%9D.bin"
    )
    (entry, *_) = entries(ben, large.document_id)
    assert (entry.event, entry.person_id) == ("document.downloaded", ben.person_id)
    assert entry.facts["start"] == 0
    assert entry.facts["end"] == len(BYTES)


@pytest.mark.control("no-xss")
@pytest.mark.parametrize("name", ["content", "download"])
def test_what_is_served_can_run_nothing(portal, browser, contract, name):
    answer = get(browser, address(portal, contract, name))

    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment")
    assert body(answer) == CONTRACT


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=1048570-1048600", 1048570, 1048601),
        ("bytes=2097152-", 2097152, len(BYTES)),
        ("bytes=-5", len(BYTES) - 5, len(BYTES)),
        ("bytes=5-99999999999", 5, len(BYTES)),
    ],
)
def test_a_range_is_those_bytes_and_an_entry_of_its_own(portal, browser, ben, large, asked, start, end):
    answer = get(browser, address(portal, large), Range=asked)

    assert answer.status_code == 206
    assert body(answer) == BYTES[start:end]
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(BYTES)}"
    facts = entries(ben, large.document_id)[0].facts
    assert (facts["start"], facts["end"]) == (start, end)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_outside_is_refused_with_the_size_and_is_no_download(portal, browser, ben, large, asked):
    answer = get(browser, address(portal, large), Range=asked)

    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(BYTES)}")
    assert "document.downloaded" not in events(ben, large.document_id)


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes="])
def test_a_range_that_is_none_is_answered_with_all(portal, browser, large, asked):
    answer = get(browser, address(portal, large), Range=asked)

    assert (answer.status_code, len(body(answer))) == (200, len(BYTES))


def test_a_range_of_an_older_version_is_answered_with_all_of_the_newest(portal, browser, cleo, contract):
    etag = get(browser, address(portal, contract), "head")["ETag"]
    same = get(browser, address(portal, contract), Range="bytes=0-3", If_Range=etag)
    add(cleo, "Contract.pdf", CONTRACT + b"2", document_id=contract.document_id)
    changed = get(browser, address(portal, contract), Range="bytes=0-3", If_Range=etag)

    assert (same.status_code, body(same)) == (206, CONTRACT[:4])
    assert (changed.status_code, body(changed)) == (200, CONTRACT + b"2")


def test_asking_for_the_headers_alone_is_no_download(portal, browser, ben, contract):
    answer = get(browser, address(portal, contract), "head")

    assert (answer["Content-Length"], answer.content) == (str(len(CONTRACT)), b"")
    assert events(ben, contract.document_id) == ["page.opened", "document.added"]


def test_an_older_version_can_be_downloaded(portal, browser, cleo, contract):
    add(cleo, "Contract.pdf", b"%PDF-1.7 new", document_id=contract.document_id)

    assert body(get(browser, address(portal, contract) + "?version=1")) == CONTRACT
    assert get(browser, address(portal, contract) + "?version=3").status_code == 404
    assert get(browser, address(portal, contract) + "?version=x").status_code == 422


@pytest.mark.control("audit-who-what")
def test_reading_a_document_in_parts_is_one_opening(portal, browser, ben, contract):
    opening = actions.view_document(ben, document_id=contract.document_id)
    assert opening.handle
    page = get(browser, f"/{ids.public(portal.okoye)}/documents/{ids.public(contract.document_id)}/")
    url = page.context["content_url"]

    parts = [body(get(browser, url, Range=f"bytes={at}-{at + 9}")) for at in range(0, 40, 10)]

    assert b"".join(parts) == CONTRACT[:40]
    assert events(ben, contract.document_id).count("document.viewed") == 2  # the action's and the page's


def test_bytes_fetched_without_an_opening_are_an_opening(portal, browser, browser_of, ben, contract):
    page = get(browser, f"/{ids.public(portal.okoye)}/documents/{ids.public(contract.document_id)}/")
    lent = page.context["content_url"]

    get(browser, address(portal, contract, "content"))
    get(browser_of("cleo"), lent)  # somebody else's handle opens nothing for her, her own grant does

    seen = [(entry.event, entry.person_id) for entry in entries(ben, contract.document_id)]
    assert seen.count(("document.viewed", ben.person_id)) == 2
    assert seen.count(("document.viewed", portal.people["cleo"])) == 1


@pytest.mark.control("authz-after-auth", "share-files")
def test_an_ended_share_stops_a_running_download_at_its_next_range(portal, browser_of, cleo, dan, contract):
    grant = actions.share_document(
        cleo, document_id=contract.document_id, person_id=dan.person_id, role="downloader", purpose="Sign it"
    )
    browser = browser_of("dan")
    page = get(browser, f"/{ids.public(portal.okoye)}/documents/{ids.public(contract.document_id)}/")
    before = [
        get(browser, url, Range="bytes=0-3").status_code
        for url in (address(portal, contract), page.context["content_url"])
    ]

    access.end_grant(cleo, grant_id=grant.id)

    after = [
        get(browser, url, Range="bytes=4-7").status_code
        for url in (address(portal, contract), page.context["content_url"])
    ]
    assert (before, after) == ([206, 206], [404, 404])


@pytest.mark.control("access-what")
def test_who_may_view_may_not_download(portal, browser_of, cleo, dan, contract):
    actions.share_document(
        cleo, document_id=contract.document_id, person_id=dan.person_id, role="viewer", purpose="Read it"
    )

    assert get(browser_of("dan"), address(portal, contract, "content")).status_code == 200
    assert get(browser_of("dan"), address(portal, contract)).status_code == 404


@pytest.mark.control("limit-inside", "tenant-isolation")
@pytest.mark.parametrize("name", ["content", "download"])
def test_a_stranger_finds_nothing(portal, browser_of, contract, name):
    for who in ("mallory", "dan"):
        assert get(browser_of(who), address(portal, contract, name)).status_code == 404


def test_one_person_runs_a_limited_number_of_downloads(portal, browser, contract):
    held = [slots.take(portal.people["ben"]) for _ in range(8)]
    answer = get(browser, address(portal, contract))
    with pytest.raises(TooManyDownloads):
        slots.take(portal.people["ben"])
    held[0].release()

    assert (answer.status_code, answer["Retry-After"]) == (429, "15")
    running = get(browser, address(portal, contract))
    assert get(browser, address(portal, contract)).status_code == 429
    body(running)
    running.close()
    assert get(browser, address(portal, contract)).status_code == 200


def test_a_picture_is_made_anew_without_what_the_camera_wrote(portal, browser, cleo):
    picture, exif = Image.new("RGB", (3000, 1000), "teal"), Image.Exif()
    exif[0x010F] = "Secret Camera 9000"
    exif[0x0112] = 6  # turned
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    version = add(cleo, "photo.jpg", out.getvalue())

    answer = get(browser, address(portal, version, "content"))

    shown = Image.open(io.BytesIO(body(answer)))
    assert (answer["Content-Type"], shown.format, shown.size) == ("image/jpeg", "JPEG", (800, 2400))
    assert not shown.getexif()
    assert b"Secret Camera" not in answer.content


def test_a_picture_too_large_to_decode_is_not_shown(portal, browser, cleo):
    out = io.BytesIO()
    Image.new("1", (20000, 20000)).save(out, "PNG")
    version = add(cleo, "bomb.png", out.getvalue())

    answer = get(browser, address(portal, version, "content"))

    assert (answer.status_code, b"cannot show" in answer.content) == (422, True)


def test_text_is_shown_as_text_whatever_it_says(portal, browser, cleo):
    version = add(cleo, "page.txt", b"<script>alert(1)</script>")

    answer = get(browser, address(portal, version, "content"))

    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_what_has_no_viewer_is_not_shown(portal, browser, cleo):
    version = add(cleo, "page.html", b"<script>alert(1)</script>")

    assert get(browser, address(portal, version, "content")).status_code == 422


def pack(portal, browser, query="", chosen=None):
    url = f"/{ids.public(portal.okoye)}/documents/pack/{query}"
    return browser.post(url, {"document": chosen}, secure=True) if chosen else get(browser, url)


def test_a_pack_holds_folders_and_files_with_an_entry_each(portal, browser, cleo, ben, contract):
    outer = actions.create_folder(cleo, name="2026")
    inner = actions.create_folder(cleo, name="Q1: tax?", parent_id=outer.id)
    first = add(cleo, "Report.txt", b"one", folder_id=inner.id)
    add(cleo, "report.TXT", b"two", folder_id=inner.id)
    add(cleo, "CON.txt", b"three", folder_id=outer.id)

    answer = pack(portal, browser)
    archive = zipfile.ZipFile(io.BytesIO(body(answer)))

    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        "Contract.pdf": CONTRACT,
        "2026/Q1_ tax_/Report.txt": b"one",
        "2026/Q1_ tax_/report (2).TXT": b"two",
        "2026/_CON.txt": b"three",
    }
    assert answer["Content-Disposition"].startswith('attachment; filename="documents.zip"')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert events(ben, first.document_id)[0] == "document.downloaded"
    assert "documents.packed" in events(ben)


def test_a_pack_of_a_folder_or_of_chosen_documents_holds_those(portal, browser, cleo, contract):
    folder = actions.create_folder(cleo, name="Only this")
    inside = add(cleo, "in.txt", b"in", folder_id=folder.id)

    of_folder = zipfile.ZipFile(io.BytesIO(body(pack(portal, browser, f"?folder={ids.public(folder.id)}"))))
    of_chosen = zipfile.ZipFile(io.BytesIO(body(pack(portal, browser, chosen=[ids.public(inside.document_id)]))))

    assert (of_folder.namelist(), of_chosen.namelist()) == (["Only this/in.txt"], ["in.txt"])


@pytest.mark.control("access-what")
def test_a_pack_never_holds_what_may_only_be_viewed(portal, browser_of, cleo, dan, contract):
    other = add(cleo, "other.txt", b"other")
    actions.share_document(
        cleo, document_id=contract.document_id, person_id=dan.person_id, role="viewer", purpose="Read"
    )
    actions.share_document(
        cleo, document_id=other.document_id, person_id=dan.person_id, role="downloader", purpose="Keep"
    )
    browser = browser_of("dan")

    everything = zipfile.ZipFile(io.BytesIO(body(pack(portal, browser))))
    chosen = pack(portal, browser, chosen=[ids.public(contract.document_id)])

    assert everything.namelist() == ["other.txt"]
    assert chosen.status_code == 404


def test_a_pack_stops_where_a_share_ends(portal, browser_of, cleo, dan):
    folder = actions.create_folder(cleo, name="Shared")
    for name in ("a.txt", "b.txt"):
        add(cleo, name, name.encode(), folder_id=folder.id)
    grant = actions.share_folder(cleo, folder_id=folder.id, person_id=dan.person_id, role="downloader", purpose="Keep")
    answer = pack(portal, browser_of("dan"))
    pieces = iter(answer.streaming_content)
    next(pieces)

    access.end_grant(cleo, grant_id=grant.id)

    with pytest.raises(NotFound):  # the archive breaks off
        b"".join(pieces)
