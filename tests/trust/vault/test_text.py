"""The text of every kind of document is read in the sandbox, and nothing hostile gets further than a reason."""

import io
import zipfile

import docx
import openpyxl
import pptx
import pytest

from muniment.operations.demo import files
from muniment.trust.vault.errors import TaskFailed
from muniment.trust.vault.isolation import sandbox
from muniment.trust.vault.text import types
from muniment.trust.vault.text.reading import extract

MAIL = (
    "From: Ben <ben@firm.example>\r\nTo: cleo@okoye.example\r\nSubject: =?utf-8?q?Miete_f=C3=BCr_M=C3=A4rz?=\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/html; charset=windows-1252\r\n\r\n"
    "<style>hidden</style><p>The r<b>oo</b>f<br>leaks</p>\r\n"
    "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=costs.csv\r\n\r\nslate,tile\r\n"
    "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=broken.pdf\r\n\r\n%PDF-x\r\n"
    "--b--\r\n"
)


def saved(thing):
    kept = io.BytesIO()
    thing.save(kept)
    return kept.getvalue()


def word():
    made = docx.Document()
    made.add_paragraph("The roof leaks")
    made.add_table(1, 1).cell(0, 0).text = "slate"
    made.sections[0].header.paragraphs[0].text = "Harcourt"
    return saved(made)


def excel():
    made = openpyxl.Workbook()
    made.active.title = "Costs"
    made.active.append(["slate", 1250, None, "tile"])
    return saved(made)


def slides():
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[0])
    slide.shapes.title.text = "The roof leaks"
    slide.notes_slide.notes_text_frame.text = "mention slate"
    return saved(made)


def read(media_type, data):
    """Read a text as the portal does."""
    given = sandbox.run("text", [data], seconds=60, memory_bytes=2**30, arguments=(media_type,))
    return given.decode().split()


@pytest.mark.parametrize(
    ("media_type", "data", "said"),
    [
        (types.PDF, files.pdf_of_text("Minutes", ["The roof leaks"]), "Minutes The roof leaks Page 1 of 1"),
        (types.DOCX, word(), "The roof leaks slate Harcourt"),
        (types.XLSX, excel(), "Costs slate 1250 tile"),
        (types.PPTX, slides(), "The roof leaks mention slate"),
        (types.CSV, 'roof;"sl;ate"\nüber;1\n'.encode("utf-8-sig"), "roof sl;ate über 1"),
        ("text/plain", "The röof leaks".encode(), "The röof leaks"),
        (
            types.EML,
            MAIL.encode(),
            "Ben <ben@firm.example> cleo@okoye.example Miete für März The roof leaks costs.csv slate tile broken.pdf",
        ),
    ],
    ids=["pdf", "docx", "xlsx", "pptx", "csv", "txt", "eml"],
)
def test_the_text_of_a_document_is_read_in_the_sandbox(media_type, data, said):
    assert read(media_type, data) == said.split()


def bomb():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", bytes(600 * 2**20))
    return kept.getvalue()


@pytest.mark.control("safe-uploads")
@pytest.mark.parametrize(
    ("media_type", "data", "reason"),
    [
        (types.PDF, b"%PDF-1.7 and nothing else", "malformed"),
        (types.DOCX, b"PK\x03\x04 and nothing else", "malformed"),
        (types.XLSX, word(), "malformed"),
        (types.DOCX, bomb(), "unpacks to too much"),
        ("image/png", b"\x89PNG", "no text"),
    ],
    ids=["pdf", "docx", "other", "bomb", "picture"],
)
def test_what_cannot_be_read_gives_a_reason_and_nothing_else(media_type, data, reason):
    with pytest.raises(TaskFailed) as failed:
        read(media_type, data)

    assert failed.value.reason == reason


def test_a_text_ends_where_it_is_too_long():
    whole = b"word " * (types.CHARACTERS_MOST // 5 + 100_000)

    assert len(extract("text/plain", io.BytesIO(whole))) == types.CHARACTERS_MOST
