import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from muniment.portal.documents import kinds


def picture(kind):
    out = io.BytesIO()
    Image.new("RGB", (3, 3)).save(out, kind)
    return out.getvalue()


def pack():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.pdf", b"%PDF-1.4\n", "pdf"),
        ("Scan0001", b"%PDF-1.4\n", "pdf"),
        ("a.jpg", picture("JPEG"), "image"),
        ("a.JPEG", picture("JPEG"), "image"),
        ("a.png", picture("PNG"), "image"),
        ("a.gif", picture("GIF"), "image"),
        ("a.webp", picture("WEBP"), "image"),
        ("a.tiff", picture("TIFF"), "image"),
        ("a.bmp", picture("BMP"), "image"),
        ("a.docx", pack(), "word"),
        ("a.xlsx", pack(), "sheet"),
        ("a.zip", pack(), "archive"),
        ("a.txt", "Grüße".encode(), "text"),
        ("a.csv", b"a;b\n1;2\n", "sheet"),
        ("a.txt", b"", "text"),
    ],
)
def test_a_file_is_what_its_bytes_and_its_extension_agree_on(name, head, kind):
    assert kinds.decide(head, name).kind == kind


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.pdf", picture("PNG")),
        ("a.png", b"%PDF-1.4\n"),
        ("a.jpg", b"<script>"),
        ("a.docx", b"MZ\x90\x00"),
        ("a.txt", b"\xff\xfe\x00\x01"),
        ("a.txt", b"a\x00b"),
        ("a.html", b"<script>alert(1)</script>"),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.exe", b"MZ\x90\x00"),
        ("", b""),
    ],
)
def test_anything_else_is_opaque(name, head):
    assert kinds.decide(head, name) == kinds.OTHER


def test_text_may_be_cut_inside_a_character():
    head = ("x" * (kinds.HEAD_BYTES - 1) + "ü").encode()[: kinds.HEAD_BYTES]

    assert kinds.decide(head, "a.txt").kind == "text"


@given(st.binary(max_size=300), st.text(max_size=20))
def test_whatever_comes_gets_a_known_kind(head, name):
    assert kinds.decide(head, name).kind in kinds.KINDS
