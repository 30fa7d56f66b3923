"""Real files of many kinds, made at first start: nothing is downloaded, and every run makes the same ones."""

import csv
import io
import random
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

from PIL import Image, ImageDraw, ImageFilter

SCAN_BYTES = 60 * 1000 * 1000
PAGE = (595, 842)  # A4 in points
_LINES_A_PAGE = 46


def pdf_of_text(title: str, paragraphs: Sequence[str]) -> bytes:
    """Return a PDF with a heading and wrapped lines, in one of the fonts every reader has."""
    lines = [line for paragraph in paragraphs for line in (*_wrapped(paragraph, 88), "")]
    pages = [lines[i : i + _LINES_A_PAGE] for i in range(0, len(lines), _LINES_A_PAGE)] or [[]]
    objects = [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    objects += [
        _page_text(title if number == 0 else "", page, number + 1, len(pages)) for number, page in enumerate(pages)
    ]
    fonts = b"<< /Font << /F 1 0 R >> >>"
    return _pdf(objects, [(number + 2, fonts) for number in range(len(pages))])


def pdf_of_scans(images: Iterable[bytes], size: tuple[int, int]) -> bytes:
    """Return a PDF with one JPEG a page, as a scanner makes it; `size` is that of the images in pixels."""
    objects: list[bytes] = []
    pages: list[tuple[int, bytes]] = []
    for jpeg in images:
        head = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray " % size
        objects.append(_stream(head + b"/BitsPerComponent 8 /Filter /DCTDecode", jpeg))
        objects.append(_stream(b"<<", b"q %d 0 0 %d 0 0 cm /I Do Q" % PAGE))
        pages.append((len(objects), b"<< /XObject << /I %d 0 R >> >>" % (len(objects) - 1)))
    return _pdf(objects, pages)


def scan(seed: int, target_bytes: int = SCAN_BYTES, pages: int = 12) -> bytes:
    """Return a scanned file of about `target_bytes`: grainy grey pages, as from an office scanner."""
    size = (2480, 3508)  # A4 at 300 dots an inch
    jpegs = [_grainy_page(seed + number, size, target_bytes // pages) for number in range(pages)]
    return pdf_of_scans(jpegs, size)


def photograph(seed: int, label: str) -> bytes:
    """Return a JPEG that looks like a photographed paper on a table."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    picture = Image.new("RGB", (1600, 1200), (chance.randint(70, 110), 84, 60))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(260, 140), (1310, 90), (1390, 1080), (210, 1110)], fill=(240, 237, 228))
    for row in range(22):
        width = chance.randint(500, 960)
        draw.rectangle((330, 250 + row * 36, 330 + width, 258 + row * 36), fill=(96, 98, 104))
    draw.text((330, 180), label, fill=(40, 40, 46), font_size=40)
    kept = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1.1)).save(kept, "JPEG", quality=88)
    return kept.getvalue()


def table(rows: Sequence[Sequence[str | int]]) -> bytes:
    """Return a CSV file, UTF-8, with CRLF line ends (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def document_of_words(title: str, paragraphs: Sequence[str]) -> bytes:
    """Return a DOCX file: one heading and paragraphs."""
    body = f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr><w:r><w:t>{escape(title)}</w:t></w:r></w:p>'
    body += "".join(f"<w:p><w:r><w:t>{escape(paragraph)}</w:t></w:r></w:p>" for paragraph in paragraphs)
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{namespace}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    return _package(
        "word/document.xml",
        document,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    )


def workbook(rows: Sequence[Sequence[str | int]]) -> bytes:
    """Return an XLSX file with one sheet."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = "".join(f"<row>{''.join(_cell(value) for value in row)}</row>" for row in rows)
    sheet = f'<worksheet xmlns="{namespace}"><sheetData>{cells}</sheetData></worksheet>'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = (
        f'<workbook xmlns="{namespace}" xmlns:r="{relation}">'
        '<sheets><sheet name="Sheet 1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    more = {"xl/worksheets/sheet1.xml": sheet, "xl/_rels/workbook.xml.rels": links}
    types = {"xl/worksheets/sheet1.xml": f"{content}.worksheet+xml"}
    return _package("xl/workbook.xml", book, f"{content}.sheet.main+xml", more, types)


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def _package(
    main: str, text: str, media_type: str, more: dict[str, str] | None = None, types: dict[str, str] | None = None
) -> bytes:
    """Return an Open Packaging file (ECMA-376, part 2) around its main part."""
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    overrides = {main: media_type, **(types or {})}
    content_types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
        + "</Types>"
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}" Target="{main}"/></Relationships>'
    )
    parts = {"[Content_Types].xml": content_types, "_rels/.rels": links, main: text, **(more or {})}
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 9, 0, 0)), declaration + part)
    return kept.getvalue()


def _grainy_page(seed: int, size: tuple[int, int], target_bytes: int) -> bytes:
    """Return a grey JPEG of about `target_bytes`: paper grain under lines of text."""
    chance = random.Random(seed)  # noqa: S311 - a picture, not a secret
    grain = Image.effect_noise((size[0] // 2, size[1] // 2), 26 + seed % 5).resize(size)
    page = Image.eval(grain, lambda value: min(255, value + 96))
    draw = ImageDraw.Draw(page)
    for row in range(60):
        draw.rectangle((260, 320 + row * 50, 260 + chance.randint(900, 1960), 330 + row * 50), fill=58)
    best = b""
    for quality in (97, 92, 86, 78):
        kept = io.BytesIO()
        page.save(kept, "JPEG", quality=quality)
        best = kept.getvalue()
        if len(best) <= target_bytes:
            break
    # A scanner's comment segment brings every page to the same size; readers skip it (ITU-T T.81, B.2.4.5).
    filler = bytearray()
    missing = target_bytes - len(best)
    while missing > 4:  # noqa: PLR2004 - marker and length take four bytes
        size_bytes = min(missing - 2, 65_535)
        filler += b"\xff\xfe" + size_bytes.to_bytes(2, "big") + chance.randbytes(size_bytes - 2)
        missing -= size_bytes + 2
    return best[:2] + bytes(filler) + best[2:]


def _page_text(title: str, lines: Sequence[str], number: int, total: int) -> bytes:
    parts = ["BT /F 18 Tf 64 772 Td", f"({_escaped(title)}) Tj", "/F 10.5 Tf 0 -34 Td 14 TL"]
    parts += [f"({_escaped(line)}) Tj T*" for line in lines]
    parts += ["ET", f"BT /F 8 Tf 64 40 Td (Page {number} of {total}) Tj ET"]
    return _stream(b"<<", "\n".join(parts).encode("cp1252", "replace"))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def _stream(head: bytes, data: bytes) -> bytes:
    return head + b" /Length %d >>\nstream\n" % len(data) + data + b"\nendstream"


def _pdf(objects: Sequence[bytes], contents: Sequence[tuple[int, bytes]]) -> bytes:
    """Return a PDF 1.7 file from numbered objects; each page is (number of its content, its resources)."""
    first_page = len(objects) + 1
    tree = first_page + len(contents)
    everything = list(objects)
    for content, resources in contents:
        box = b"/MediaBox [0 0 %d %d]" % PAGE
        everything.append(
            b"<< /Type /Page /Parent %d 0 R %s /Contents %d 0 R /Resources %s >>" % (tree, box, content, resources)
        )
    kids = b" ".join(b"%d 0 R" % (first_page + index) for index in range(len(contents)))
    everything.append(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(contents), kids))
    everything.append(b"<< /Type /Catalog /Pages %d 0 R >>" % tree)
    kept, offsets = io.BytesIO(), []
    kept.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for number, body in enumerate(everything, 1):
        offsets.append(kept.tell())
        kept.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = kept.tell()
    kept.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(everything) + 1))
    kept.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    kept.write(
        b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(everything) + 1, len(everything), start)
    )
    return kept.getvalue()
