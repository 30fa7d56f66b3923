"""Look into files: archives, mails, office documents, PDFs. A task of the sandbox: nothing here may open a file.

It answers with what it found, as JSON: kinds of what lies inside, and dangers. What cannot be looked into to its
end is a finding too; nothing is taken to be harmless because it is hard to read.
"""

import bz2
import email
import email.policy
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Protocol

import pypdfium2
from pypdfium2 import raw

from muniment.trust.vault.vetting import dangers
from muniment.trust.vault.vetting.kinds import HEAD_BYTES, OLE, TAIL_BYTES, kind_of, polyglot

MEMBERS_MOST = 5_000
DEPTH_MOST = 4
INFLATED_BYTES_MOST = 2 * 2**30
NESTED_BYTES_MOST = 48 * 2**20
RATIO_MOST = 200
RATIO_COUNTS_FROM = 16 * 2**20
_PIECE = 256 * 1024


class _Stop(Exception):
    """Enough was seen to say that the rest is not worth looking at."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """Return what comes next; nothing at the end."""


class _Look:
    """One look into one file, with everything inside counted together."""

    def __init__(self, packed_bytes: int) -> None:
        self.findings: list[str] = []
        self._members = 0
        self._inflated = 0
        self._packed = max(packed_bytes, 1)

    def found(self, finding: str) -> None:
        """Note a finding once."""
        if finding not in self.findings:
            self.findings.append(finding)

    def add(self, findings: Iterable[str]) -> None:
        """Note several findings."""
        for finding in sorted(findings):
            self.found(finding)

    def file(self, source: BinaryIO, length: int, name: str, depth: int) -> None:
        """Look at a file that can be read from any place."""
        head = source.read(HEAD_BYTES)
        source.seek(max(length - TAIL_BYTES, 0))
        tail = source.read(TAIL_BYTES)
        source.seek(0)
        kind = kind_of(head, name)
        if polyglot(head, tail, length):
            self.found("polyglot")
        if kind in {"program", "script"}:
            self.found(kind)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            self._zip(source, depth)
        elif kind == "archive":
            self.found(kind)
            self._packed_otherwise(source, head, name, depth)
        else:
            self.found(kind)
            self._inside(source, head, kind, length, depth)

    def _inside(self, source: BinaryIO, head: bytes, kind: str, length: int, depth: int) -> None:
        if kind == "mail":
            self._mail(source, depth)
        elif kind == "pdf":
            self._pdf(source, length, depth)
        elif head.startswith(OLE):
            self.add(dangers.in_ole(source))
        elif head.startswith(b"{\\rtf"):
            self.add(dangers.in_rtf(source))

    # -- archives -----------------------------------------------------------------------------------------------------

    def _zip(self, source: BinaryIO, depth: int) -> None:
        """Look into a zip archive, which an office document is too."""
        try:
            with zipfile.ZipFile(source) as pack:
                members = pack.infolist()
                names = {member.filename for member in members}
                is_document = "[Content_Types].xml" in names or "mimetype" in names
                self.found("office" if is_document else "program" if "META-INF/MANIFEST.MF" in names else "archive")
                for member in members:
                    self._count()
                    if member.is_dir():
                        continue
                    if member.flag_bits & 0x1:
                        self.found("encrypted")
                        continue
                    with pack.open(member) as opened:
                        if is_document:
                            self._part(opened, member.filename, depth)
                        else:
                            self._member(opened, member.filename, depth)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError, OSError):
            self.found("broken")

    def _packed_otherwise(self, source: BinaryIO, head: bytes, name: str, depth: int) -> None:
        inner = name.rpartition(".")[0] or "inner"
        inner += ".tar" if name.lower().endswith((".tgz", ".tbz", ".tbz2", ".txz")) else ""
        try:
            if head[257:262] == b"ustar":
                with tarfile.open(fileobj=source, mode="r:") as pack:
                    for entry in pack:
                        self._count()
                        member = pack.extractfile(entry) if entry.isfile() else None
                        if member is not None:
                            self._member(member, entry.name, depth)
            elif head.startswith(b"\x1f\x8b"):
                self._member(_Inflating(source), inner, depth)
            elif head.startswith(b"BZh"):
                with bz2.BZ2File(source) as opened:
                    self._member(opened, inner, depth)
            elif head.startswith(b"\xfd7zXZ\x00"):
                with lzma.LZMAFile(source) as opened:
                    self._member(opened, inner, depth)
            else:
                self.found("closed")
        except (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, ValueError, OSError):
            self.found("broken")

    def _member(self, opened: _Readable, name: str, depth: int) -> None:
        """Look at what lies in an archive; small things whole, large ones at their beginning."""
        if depth >= DEPTH_MOST:
            self.found("too-deep")
            return
        kept = bytearray()
        for piece in self._pieces(opened):
            if len(kept) <= NESTED_BYTES_MOST:
                kept += piece
        if len(kept) <= NESTED_BYTES_MOST:
            self.file(io.BytesIO(kept), len(kept), name, depth + 1)
            return
        kind = kind_of(bytes(kept[:HEAD_BYTES]), name)
        self.found(kind)
        if kind in {"archive", "office", "mail"}:
            self.found("too-large")

    def _pieces(self, opened: _Readable) -> Iterator[bytes]:
        while piece := opened.read(_PIECE):
            self._inflated += len(piece)
            if self._inflated > RATIO_COUNTS_FROM and self._inflated > self._packed * RATIO_MOST:
                self.found("bomb")
                raise _Stop
            if self._inflated > INFLATED_BYTES_MOST:
                self.found("too-large")
                raise _Stop
            yield piece

    def _count(self) -> None:
        self._members += 1
        if self._members > MEMBERS_MOST:
            self.found("too-many")
            raise _Stop

    # -- documents ----------------------------------------------------------------------------------------------------

    def _part(self, opened: _Readable, name: str, depth: int) -> None:
        """Look at one part of an office document."""
        kept = bytearray()
        for piece in self._pieces(opened):
            if len(kept) <= NESTED_BYTES_MOST:
                kept += piece
        data = bytes(kept[:NESTED_BYTES_MOST])
        self.add(dangers.in_part(name, data))
        kind = kind_of(data[:HEAD_BYTES], name)
        if "/embeddings/" in name.lower() or data.startswith(OLE) or kind in {"program", "script", "archive"}:
            if depth >= DEPTH_MOST:
                self.found("too-deep")
            else:
                self.file(io.BytesIO(data), len(data), name.rpartition("/")[2].removesuffix(".bin"), depth + 1)

    def _pdf(self, source: BinaryIO, length: int, depth: int) -> None:
        found = dangers.in_pdf(source)
        if "locked" in found:
            unlocked = self._unlocked(source, length)
            if unlocked is None:
                return
            source, length, found = unlocked, unlocked.getbuffer().nbytes, dangers.in_pdf(unlocked)
        self.add(found - {"files", "locked"})
        if "files" in found:
            self._attached(source, length, depth)

    def _unlocked(self, source: BinaryIO, length: int) -> io.BytesIO | None:
        """Return an encrypted PDF as anybody can open it, for many need no password to be read; None with a finding."""
        if length > NESTED_BYTES_MOST:
            self.found("too-large")
            return None
        source.seek(0)
        kept = io.BytesIO()
        try:
            pypdfium2.PdfDocument(source.read()).save(kept, flags=raw.FPDF_REMOVE_SECURITY)
        except pypdfium2.PdfiumError as error:
            self.found("encrypted" if error.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY} else "broken")
            return None
        return kept

    def _attached(self, source: BinaryIO, length: int, depth: int) -> None:
        if length > NESTED_BYTES_MOST * 2 or depth >= DEPTH_MOST:
            self.found("too-large")
            return
        source.seek(0)
        try:
            document = pypdfium2.PdfDocument(source.read())
            for place in range(document.count_attachments()):
                self._count()
                attachment = document.get_attachment(place)
                data = bytes(attachment.get_data())
                self.file(io.BytesIO(data), len(data), attachment.get_name(), depth + 1)
        except pypdfium2.PdfiumError:
            self.found("broken")

    def _mail(self, source: BinaryIO, depth: int) -> None:
        if depth >= DEPTH_MOST:
            self.found("too-deep")
            return
        data = source.read(NESTED_BYTES_MOST + 1)
        if len(data) > NESTED_BYTES_MOST:
            self.found("too-large")
            return
        for part in email.message_from_bytes(data, policy=email.policy.compat32).walk():
            self._count()
            name, body = part.get_filename(), None if part.is_multipart() else part.get_payload(decode=True)
            if isinstance(body, bytes) and (name or part.get_content_maintype() != "text"):
                self.file(io.BytesIO(body), len(body), str(name or ""), depth + 1)


class _Inflating:
    """The content of a gzip file, a piece at a time."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._machine = zlib.decompressobj(wbits=31)

    def read(self, size: int, /) -> bytes:
        """Return what comes next."""
        while True:
            left = self._machine.unconsumed_tail or self._machine.unused_data or self._source.read(_PIECE)
            if not left:
                return b""
            if self._machine.eof:
                self._machine = zlib.decompressobj(wbits=31)  # several files may follow each other
            if piece := self._machine.decompress(left, size):
                return piece


def look(source: BinaryIO, name: str, size: str) -> bytes:
    """Return, as JSON, what was found in a file of `size` bytes called `name`."""
    seen = _Look(int(size))
    try:
        seen.file(source, int(size), name, 0)
    except _Stop:
        pass
    except MemoryError:
        seen.found("too-large")
    return json.dumps(seen.findings).encode()


def _load_readers() -> None:
    """Use every reader once, so that all of its code is loaded: in the sandbox no file can be opened any more."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a.txt", "a")
        pack.writestr("b.eml", b"From: a@b.example\r\nTo: c@d.example\r\nSubject: =?utf-8?q?a?=\r\n\r\nText\r\n")
    look(io.BytesIO(kept.getvalue()), "a.zip", str(len(kept.getvalue())))
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a"), io.BytesIO())
    look(io.BytesIO(kept.getvalue()), "a.tar", str(len(kept.getvalue())))
    for packed in (bz2.compress(b"a"), lzma.compress(b"a"), zlib.compress(b"a", wbits=31)):
        look(io.BytesIO(packed), "a", str(len(packed)))


_load_readers()
