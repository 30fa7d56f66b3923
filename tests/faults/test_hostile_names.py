"""Names that would hide what a file is, leave their folder, or break a header: refused, or carried faithfully."""

import base64
import io
import re
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from tests.faults.visitor import Visitor, store_files

REFUSED = {
    "path parts": "../../etc/passwd",
    "windows path": "..\\..\\windows\\system32",
    "absolute": "/etc/passwd",
    "dots": "..",
    "NUL": "invoice.pdf\0.exe",
    "line break": "invoice.pdf\r\nX-Injected: 1",
    "escape": "invoice\x1b[2J.pdf",
    "delete": "invoice\x7f.pdf",
    "C1": "invoice\x9b31m.pdf",
    "bidi override": "invoice\u202efdp.exe",
    "bidi isolate": "invoice\u2066fdp.exe",
    "line separator": "invoice\u2028.pdf",
    "300 characters": "x" * 296 + ".pdf",
    "nothing": "",
    "blanks": " \u2003\t ",
    "invisible": "\u200b\u200d",
}
KEPT = {
    "emoji": "Bilanz 🧾👩🏽‍💼 2026.pdf",
    "quotes": "a\"b';c=d.pdf",
    "percent": "100%2e%2e%2f.pdf",
    "markup": "<img src=x onerror=alert(1)>.pdf",
    "template": "{{7*7}}${7*7}#{7*7}.pdf",
    "device": "CON.pdf",
    "dot": ".htaccess",
    "formula": "=cmd|' -C calc'!A1.csv",
    "option": "-rf.pdf",
    "255": "y" * 251 + ".pdf",
    "scripts": "שלום العربية हिन्दी 日本語.pdf",
}

pytestmark = pytest.mark.control("server-validation")


@pytest.mark.parametrize("name", REFUSED.values(), ids=REFUSED)
def test_a_name_that_hides_or_leaves_is_refused_everywhere(cleo: Visitor, name: str) -> None:
    files = store_files(cleo.portal.present.data / "store")

    upload = cleo.begin(name, 3)
    folder = cleo.post(f"/{cleo.client}/documents/new-folder/", {"name": name})

    assert (upload.status, upload.code) == (422, "name-refused")
    assert folder.status == 422
    assert "X-Injected" not in str(upload.headers) + str(folder.headers)
    assert store_files(cleo.portal.present.data / "store") == files


def test_a_name_that_is_no_text_is_refused(cleo: Visitor) -> None:
    for broken in (b"\xff\xfe", b"\xed\xa0\x80"):
        given = f"filename {base64.b64encode(broken).decode()}"
        answer = cleo.begin("x", 3, **{"Upload-Metadata": given})
        assert (answer.status, answer.code) == (400, "malformed")


@pytest.mark.control("no-xss")
@pytest.mark.parametrize("name", KEPT.values(), ids=KEPT)
def test_a_strange_name_is_kept_shown_inert_and_handed_out_safely(cleo: Visitor, name: str) -> None:
    document = cleo.upload(name, b"abc")

    page = cleo.get(f"/{cleo.client}/documents/{document}/").text
    answer = cleo.get(f"/{cleo.client}/documents/{document}/download/")

    assert "<img src=x" not in page
    assert "49" not in re.sub(r"[^{}$#0-9]|\d{3,}", "", page.partition("<h1")[2].partition("</h1>")[0])
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment")
    assert disposition.isascii()
    assert disposition.isprintable()
    assert disposition.count('"') == 2
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.body == b"abc"


def test_no_name_reaches_the_disk(cleo: Visitor) -> None:
    store = cleo.portal.present.data / "store"
    cleo.upload("name on disk.pdf", b"abc")

    assert all(
        re.fullmatch(r"[0-9a-f/]+(\.mnb|\.part|\.tail\.\d+|\.lock)?", str(path.relative_to(store)))
        for path in store_files(store)
    )


def test_paths_in_an_archive_stay_in_its_folder_on_every_system(cleo: Visitor) -> None:
    wanted = [cleo.upload(name, name.encode()) for name in ("q:b*?.txt", "Q_b__.txt", "nul.txt", "trailing. .")]

    answer = cleo.post(f"/{cleo.client}/documents/pack/", {"document": wanted})

    assert answer.status == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert len(names) == len({name.casefold() for name in names}) == len(wanted)
    for name in names:
        path = PurePosixPath(name)
        assert not path.is_absolute()
        assert ".." not in path.parts
        assert not set('\\:*?"<>|') & set(name)
        assert not any(part.endswith((" ", ".")) for part in path.parts)
        assert path.stem.casefold() not in {"nul", "con", "aux", "prn"}


def test_an_uploaded_archive_is_never_unpacked(cleo: Visitor) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../../tmp/muniment-zip-slip", b"out")
        archive.writestr("/tmp/muniment-zip-slip", b"out")
        archive.writestr("bomb", bytes(50 * 2**20))
    before = cleo.portal.web_bytes()

    document = cleo.upload("slip.zip", packed.getvalue())

    assert "It would not stop unpacking" in cleo.get(f"/{cleo.client}/documents/{document}/").text
    assert not Path("/tmp/muniment-zip-slip").exists()
    assert cleo.portal.web_bytes() - before < 16 * 2**20
