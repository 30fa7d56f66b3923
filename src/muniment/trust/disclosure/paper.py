"""A log on paper: a PDF with a table, its columns named on each page."""

import io
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from muniment.trust.disclosure.types import LogLine, Title

_PLAIN, _BOLD, _SIZE, _LEADING = "Vera", "VeraBd", 7.5, 10
_WIDTH, _HEIGHT = landscape(A4)
_MARGIN, _GAP = 36, 8
_COLUMNS = (("When (UTC)", 92), ("Who", 120), ("What", 298), ("Why", 148), ("From", 112))
_FIRST, _LAST = _HEIGHT - 84, _MARGIN + 22
_NO_PROOF = "This is for reading. What proves the entries is the file for a verifier and the receipts."
_LETTERS = "Letters that the type of this PDF lacks are shown plain or as ?; the CSV and JSON files have them all."


def as_pdf(title: Title, lines: Iterable[LogLine]) -> Iterator[bytes]:
    """Return the lines as one PDF."""
    out = io.BytesIO()
    sheet = _Sheet(out, title)
    for line in lines:
        sheet.write(line)
    sheet.finish()
    yield out.getvalue()


class _Sheet:
    """A canvas with a place to write at; it begins a new page by itself."""

    def __init__(self, out: io.BytesIO, title: Title) -> None:
        plain = TTFont(_PLAIN, "Vera.ttf")  # comes with reportlab and is put into the file, as archives want it
        registerFont(plain)
        registerFont(TTFont(_BOLD, "VeraBd.ttf"))
        self.letters: dict[int, int] = plain.face.charToGlyph
        self.canvas = Canvas(out, pagesize=(_WIDTH, _HEIGHT), pageCompression=1)
        self.canvas.setTitle("Who opened our data")
        self.canvas.setAuthor("Muniment")
        self.title, self.page, self.count, self.y, self.changed = title, 0, 0, 0.0, False
        self._begin()

    def write(self, line: LogLine) -> None:
        """Put one entry below the last."""
        words = line.words if line.allowed else f"{line.words} (refused)"
        when = line.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        texts = (when, line.name, words, line.purpose, "\n".join(filter(None, (line.place, line.device))))
        cells = [_wrapped(self.shown(text), width - _GAP) for text, (_name, width) in zip(texts, _COLUMNS, strict=True)]
        height = max(map(len, cells)) * _LEADING + 5
        if self.y - height < _LAST:
            self._end()
            self._begin()
        self.canvas.setFont(_PLAIN, _SIZE)
        x = _MARGIN
        for cell, (_name, width) in zip(cells, _COLUMNS, strict=True):
            for row, text in enumerate(cell):
                self.canvas.drawString(x, self.y - row * _LEADING, text)
            x += width
        self.y -= height
        self._rule(self.y + _LEADING - 2, 0.85)
        self.count += 1

    def finish(self) -> None:
        """Say how much it is, and close the file."""
        if self.y - 2 * _LEADING < _LAST:
            self._end()
            self._begin()
        said = "No entries." if not self.count else f"{self.count} entries." if self.count > 1 else "1 entry."
        self.canvas.setFont(_BOLD, _SIZE)
        self.canvas.drawString(_MARGIN, self.y - 4, said)
        if self.changed:
            self.canvas.setFont(_PLAIN, _SIZE)
            self.canvas.drawString(_MARGIN, self.y - 4 - _LEADING, _LETTERS)
        self._end()
        self.canvas.save()

    def shown(self, text: str) -> str:
        """Return a text in the letters there are: without its marks, or as ?, where one is missing."""
        if all(ord(letter) in self.letters or letter == "\n" for letter in text):
            return text
        self.changed = True
        return "".join(self._nearest(letter) for letter in text)

    def _nearest(self, letter: str) -> str:
        if letter == "\n" or ord(letter) in self.letters:
            return letter
        base = unicodedata.normalize("NFKD", letter)[0]
        return base if ord(base) in self.letters else "?"

    def _begin(self) -> None:
        self.page += 1
        canvas, title = self.canvas, self.title
        canvas.setFont(_BOLD, 13)
        canvas.drawString(_MARGIN, _HEIGHT - 46, self.shown(f"Who opened our data: {title.client}")[:90])
        canvas.setFont(_PLAIN, _SIZE)
        when = title.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        about = " · ".join((f"Taken by {title.taker}, {when}", *title.filters))
        canvas.drawString(_MARGIN, _HEIGHT - 60, simpleSplit(self.shown(about), _PLAIN, _SIZE, _WIDTH - 2 * _MARGIN)[0])
        canvas.setFont(_BOLD, _SIZE)
        x = _MARGIN
        for name, width in _COLUMNS:
            canvas.drawString(x, _FIRST + 4, name)
            x += width
        self._rule(_FIRST, 0.5)
        self.y = _FIRST - _LEADING - 2

    def _end(self) -> None:
        self.canvas.setFont(_PLAIN, _SIZE)
        self.canvas.drawString(_MARGIN, _MARGIN, _NO_PROOF)
        self.canvas.drawRightString(_WIDTH - _MARGIN, _MARGIN, f"Page {self.page}")
        self.canvas.showPage()

    def _rule(self, y: float, grey: float) -> None:
        self.canvas.setStrokeGray(grey)
        self.canvas.setLineWidth(0.4)
        self.canvas.line(_MARGIN, y, _WIDTH - _MARGIN, y)


def _wrapped(text: str, width: float) -> list[str]:
    """Return a text in lines of a width; a word that is longer than a line is broken."""
    lines = []
    for line in simpleSplit(text, _PLAIN, _SIZE, width):
        rest = line
        while stringWidth(rest, _PLAIN, _SIZE) > width:
            fits = max(1, int(len(rest) * width / stringWidth(rest, _PLAIN, _SIZE)))
            while fits > 1 and stringWidth(rest[:fits], _PLAIN, _SIZE) > width:
                fits -= 1
            lines.append(rest[:fits])
            rest = rest[fits:]
        lines.append(rest)
    return lines
