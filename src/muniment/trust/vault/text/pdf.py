"""The text of PDF files; scans have none."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2

_HYPHENS = re.compile("[\x02\u00ad\ufffe]\r?\n?")  # what pdfium makes of a hyphen at the end of a line


def pieces(source: BinaryIO) -> Iterator[str]:
    """Yield the text page by page."""
    document = pypdfium2.PdfDocument(source, autoclose=False)
    try:
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            yield _HYPHENS.sub("", text.get_text_range())
            text.close()
            page.close()
    finally:
        document.close()
