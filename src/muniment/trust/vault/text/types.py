"""Media types whose text can be read, and how much of it counts."""

from typing import Final

CHARACTERS_MOST: Final = 4_000_000
"""Characters of one text; what comes after them is not searched."""

_OOXML: Final = "application/vnd.openxmlformats-officedocument."
PDF: Final = "application/pdf"
DOCX: Final = f"{_OOXML}wordprocessingml.document"
XLSX: Final = f"{_OOXML}spreadsheetml.sheet"
PPTX: Final = f"{_OOXML}presentationml.presentation"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
EML: Final = "message/rfc822"
PLAIN: Final = ("text/plain", "application/json", "application/xml")
READABLE: Final = frozenset({PDF, DOCX, XLSX, PPTX, CSV, TSV, EML, *PLAIN})
