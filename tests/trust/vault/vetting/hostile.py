"""Files that mean harm, made here: each with its name, and what must be found in it."""

import base64
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from reportlab.lib import pdfencrypt

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200)


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive of names and contents."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as pack:
        for name, data in members:
            pack.writestr(name, data)
    return kept.getvalue()


def tarred(*members: tuple[str, bytes]) -> bytes:
    """Return a tar archive of names and contents."""
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as pack:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            pack.addfile(info, io.BytesIO(data))
    return kept.getvalue()


def locked() -> bytes:
    """Return a zip archive whose only member says that it is encrypted."""
    data = bytearray(zipped(("secret.txt", b"secret")))
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def nested(depth: int) -> bytes:
    """Return a zip archive inside a zip archive, and so on."""
    data = b"the end"
    for number in range(depth):
        data = zipped((f"{number}.zip", data))
    return data


def bomb() -> bytes:
    """Return a zip archive of 400 MiB of nothing."""
    return zipped(*((f"{number}.txt", bytes(100 * 2**20)) for number in range(4)))


def quine_like_overlap() -> bytes:
    """Return a zip archive whose many entries all lie over the same packed bytes."""
    one = zipped(("a", bytes(20 * 2**20)))
    place = one.find(b"PK\x01\x02")
    entry, end = one[place : one.rfind(b"PK\x05\x06")], one[one.rfind(b"PK\x05\x06") :]
    many = 3000
    directory = entry * many
    counts = struct.pack("<HHI", many, many, len(directory))
    return one[:place] + directory + end[:8] + counts + end[16:]


def office(*more: tuple[str, bytes]) -> bytes:
    """Return an office document with more parts than the usual ones."""
    return zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>"), *more)


def mail(name: str, data: bytes) -> bytes:
    """Return a mail with one attachment."""
    body = base64.encodebytes(data)
    head = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Invoice\r\nMIME-Version: 1.0\r\n"
    kind = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/octet-stream\r\n"
    return (
        head + kind + b'Content-Disposition: attachment; filename="' + name.encode() + b'"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + body + b"\r\n--x--\r\n"
    )


def packed_script() -> bytes:
    """Return a PDF whose script stands in a packed object."""
    inner = zlib.compress(b"7 0 << /S /JavaScript /JS (app.alert(1)) >>")
    stream = b"6 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(inner)
    return PDF.replace(b"trailer", stream + inner + b"\nendstream endobj\ntrailer")


def encrypted_pdf(user: str = "", owner: str = "the owner's", *, inner: bytes = b"") -> bytes:
    """Return a PDF of one page that `user` opens (empty: anybody), with `inner` as an encrypted packed object."""
    file_id = bytes(16)
    key_of_owner = pdfencrypt.computeO(user, owner, 3)
    key = pdfencrypt.encryptionkey(user, key_of_owner, -4, file_id, revision=3)
    proof = pdfencrypt.computeU(key, revision=3, documentId=file_id)
    objects = [
        b"1 0 obj << /Type /Catalog /Pages 2 0 R /Names 7 0 R >> endobj\n",
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n",
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >> endobj\n",
        b"4 0 obj << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%s> /U <%s> >> endobj\n"
        % (key_of_owner.hex().encode(), proof.hex().encode()),
    ]
    packed = pdfencrypt.encodePDF(key, 5, 0, zlib.compress(b"7 0 " + (inner or b"<< >>")), revision=3)
    objects.append(
        b"5 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream endobj\n"
        % (len(packed), packed)
    )
    data, places = b"%PDF-1.5\n", []
    for one in objects:
        places.append(len(data))
        data += one
    return data + _table(places, len(data), file_id)


def _table(places: list[int], begins: int, file_id: bytes) -> bytes:
    """Return the table of a PDF's objects as a stream, the way that may name packed objects."""
    rows = b"".join(struct.pack(">BIB", 1, place, 0) for place in [*places, begins])
    rows = bytes(6) + rows + struct.pack(">BIB", 2, 5, 0)  # 7 lies in the packed object 5
    head = b"6 0 obj << /Type /XRef /Size 8 /W [1 4 1] /Root 1 0 R /Encrypt 4 0 R /ID [<%s> <%s>] /Length %d >>\n"
    told = file_id.hex().encode()
    return (
        head % (told, told, len(rows)) + b"stream\n" + rows + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % begins
    )


def wide(text: str) -> bytes:
    """Return text as old office documents keep the names in their directory."""
    return text.encode("utf-16-le")


def corpus() -> Iterator[tuple[str, bytes, str]]:
    """Yield name, bytes, and what must be found."""
    yield from _programs()
    yield from _documents()
    yield from _archives()


def _programs() -> Iterator[tuple[str, bytes, str]]:
    program = b"MZ" + bytes(500)
    yield "invoice.pdf", program, "program"
    yield "elf.txt", b"\x7fELF" + bytes(100), "program"
    yield "shortcut.pdf", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(100), "program"
    yield "invoice.pdf.exe", b"just text", "program"
    yield "invoice.LNK", b"just text", "program"
    yield "disc.iso", bytes(32769) + b"CD001" + bytes(100), "program"
    yield "setup.msi", OLE + bytes(600), "program"
    yield "run.bat", b"@echo off\r\n", "script"
    yield "run.JS ", b"WScript.Echo(1)", "script"
    yield "page.hta", b"<html></html>", "script"
    yield "unknown.bin", bytes(range(256)) * 40, "other"
    yield "program in a zip.zip", zipped(("a/b.txt", b"a"), ("a/c.pdf", program)), "program"
    yield "named.zip", zipped(("a.docx.scr", b"text")), "program"
    yield "program.tar.gz", gzip.compress(tarred(("x/y.exe", program))), "program"
    yield "program.tar.xz", lzma.compress(tarred(("x/y.dat", program))), "program"
    yield "program.bz2", bz2.compress(program), "program"
    yield "java.zip", zipped(("META-INF/MANIFEST.MF", b""), ("A.class", b"\xca\xfe\xba\xbe")), "program"
    yield "mail.eml", mail("invoice.scr", b"text"), "program"
    yield "mail with a zip.eml", mail("a.zip", zipped(("b.exe", program))), "program"


def _documents() -> Iterator[tuple[str, bytes, str]]:
    yield "macros.docm", office(("word/vbaProject.bin", OLE + wide("_VBA_PROJECT"))), "macros"
    yield "sheet.xlsx", office(("xl/macrosheets/sheet1.xml", b"<x/>")), "macros"
    yield "controls.docx", office(("word/activeX/activeX1.bin", b"x")), "macros"
    remote = b'<Relationship Type="x/attachedTemplate" Target="http://x.example/a.dotm" TargetMode="External"/>'
    yield "template.docx", office(("word/_rels/settings.xml.rels", remote)), "macros"
    yield (
        "says so.docx",
        zipped(("[Content_Types].xml", b"application/vnd.ms-word.document.macroEnabled.main+xml")),
        "macros",
    )
    yield (
        "embedded.docx",
        office(("word/embeddings/oleObject1.bin", OLE + bytes(600) + wide("\x01Ole10Native"))),
        "macros",
    )
    yield "hidden.docx", office(("word/media/tool.exe", b"MZ" + bytes(500))), "program"
    yield "old.doc", OLE + bytes(600) + wide("_VBA_PROJECT") + bytes(600), "macros"
    yield "old.xls", OLE + bytes(600) + b"\x85\x00\x0c\x00" + bytes(4) + b"\x00\x01\x04\x00Auto" + bytes(600), "macros"
    yield "object.rtf", b"{\\rtf1{\\object\\objautlink{\\*\\objdata 0105}}}", "macros"
    yield (
        "odf.odt",
        zipped(("mimetype", b"application/vnd.oasis.opendocument.text"), ("Basic/Standard/M.xml", b"x")),
        "macros",
    )
    yield "locked.docx", OLE + bytes(600) + wide("EncryptedPackage") + bytes(600), "encrypted"


def _archives() -> Iterator[tuple[str, bytes, str]]:
    yield "locked.zip", locked(), "encrypted"
    yield "script.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>"), "active"
    yield "spelt.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /J#61va#53cript >>"), "active"
    yield "launch.pdf", PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /Launch /F (calc.exe) >>"), "active"
    yield "packed.pdf", packed_script(), "active"
    yield "locked.pdf", encrypted_pdf("a secret"), "encrypted"
    yield "locked.pdf in a zip.zip", zipped(("a.pdf", encrypted_pdf("a secret"))), "encrypted"
    script = b"<< /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >>"
    yield "script under an open lock.pdf", encrypted_pdf(inner=script), "active"
    yield "two kinds.jpg", JPEG + zipped(("a.txt", b"a")), "polyglot"
    yield "two kinds.pdf", PDF + zipped(("a.class", b"a")), "polyglot"
    yield "late.jpg", JPEG[:100] + b"%PDF-1.7\n" + bytes(100), "polyglot"
    yield "page.gif", b"GIF89a/*<script>alert(1)</script>*/" + bytes(50), "polyglot"
    yield "before.zip", b"PK\x03\x04 something else" + zipped(("a.txt", b"a")), "polyglot"
    yield "bomb.zip", bomb(), "bomb"
    yield "bomb.gz", gzip.compress(bytes(300 * 2**20)), "bomb"
    yield "overlap.zip", quine_like_overlap(), "bomb"
    yield "deep.zip", nested(8), "too-deep"
    yield "many.zip", zipped(*((f"{number}.txt", b"") for number in range(6000))), "too-many"
    yield "closed.7z", b"7z\xbc\xaf\x27\x1c" + bytes(200), "closed"
    yield "closed.rar", b"Rar!\x1a\x07\x00" + bytes(200), "closed"
    yield "broken.zip", zipped(("a.txt", b"some text" * 100))[:-30], "broken"
