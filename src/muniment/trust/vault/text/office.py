"""The text of Word, Excel and PowerPoint files as Office has written them since 2007."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import docx
import openpyxl
import pptx

from muniment.trust.vault.isolation.confined import TaskRefused

UNPACKED_BYTES_MOST = 512 * 2**20
FILES_MOST = 20_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def pieces_of_document(source: BinaryIO) -> Iterator[str]:
    """Yield the paragraphs of a Word file, tables and text boxes included, then its headers and footers."""
    _refuse_bomb(source)
    document = docx.Document(source)
    yield from _paragraphs(document.element.body, _WORD)
    for section in document.sections:
        for edge in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not edge.is_linked_to_previous:
                yield from (paragraph.text for paragraph in edge.paragraphs)


def pieces_of_workbook(source: BinaryIO) -> Iterator[str]:
    """Yield the rows of every sheet of an Excel file, as they were last calculated."""
    _refuse_bomb(source)
    book = openpyxl.load_workbook(source, read_only=True, data_only=True)
    for sheet in book.worksheets:
        yield sheet.title
        for row in sheet.iter_rows(values_only=True):
            cells = " ".join(str(value) for value in row if value is not None)
            if cells:
                yield cells


def pieces_of_slides(source: BinaryIO) -> Iterator[str]:
    """Yield the paragraphs of every slide of a PowerPoint file, and its notes."""
    _refuse_bomb(source)
    for slide in pptx.Presentation(source).slides:
        yield from _paragraphs(slide.element, _DRAWING)
        if slide.has_notes_slide:
            yield from _paragraphs(slide.notes_slide.element, _DRAWING)


def _paragraphs(element: Any, namespace: str) -> Iterator[str]:
    """Yield the text of each paragraph below an element; deleted text has a name of its own and is passed over."""
    found: list[str] = []
    breaks = {f"{namespace}tab", f"{namespace}br", f"{namespace}cr"}
    for inner in element.iter():
        if inner.tag == f"{namespace}p":
            if found:
                yield "".join(found)
            found = []
        elif inner.tag == f"{namespace}t":
            found.append(inner.text or "")
        elif inner.tag in breaks:
            found.append(" ")
    yield "".join(found)


def _refuse_bomb(source: BinaryIO) -> None:
    """Refuse an archive that says it holds more than anybody writes; one that lies meets the sandbox's limits."""
    with zipfile.ZipFile(source) as package:
        files: Iterable[zipfile.ZipInfo] = package.infolist()
        if len(package.infolist()) > FILES_MOST or sum(file.file_size for file in files) > UNPACKED_BYTES_MOST:
            raise TaskRefused("unpacks to too much")
    source.seek(0)
