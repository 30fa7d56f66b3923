"""Come to a verdict about one file: by its bytes, by what lies inside, by the client's rules, and by the scanner."""

import json
from collections.abc import Mapping
from typing import Final

from muniment.core import config
from muniment.trust.vault import cards
from muniment.trust.vault.blobs.reading import OpenBlob
from muniment.trust.vault.errors import TaskFailed
from muniment.trust.vault.index.reading import read_text
from muniment.trust.vault.isolation import sandbox
from muniment.trust.vault.types import KINDS, Outcome, Verdict, Vetting
from muniment.trust.vault.vetting import rules as ruling
from muniment.trust.vault.vetting.clamd import Clamd, NotScanned, ScannerDown
from muniment.trust.vault.vetting.kinds import HEAD_BYTES, TAIL_BYTES, kind_of, polyglot

LOOK_SECONDS: Final = 90.0
LOOK_MEMORY_BYTES: Final = 384 * 2**20
LOOKED_INTO: Final = frozenset({"archive", "office", "mail", "pdf", "program", "script"})
"""Kinds with an inside. Programs too: a self-extracting archive is one."""

_TASK_FINDINGS: Final = {"time": "too-large", "memory": "too-large", "output": "too-many", "malformed": "broken"}
_SCAN_PIECE: Final = 256 * 1024


def judge(
    blob: OpenBlob, name: str, rules: Mapping[str, Outcome], scanner: Clamd | None, *, media_type: str = ""
) -> Vetting:
    """Return the verdict about an open blob that is called `name`; its time is not set.

    Text is looked through for card numbers where it can be read as its `media_type`; no rule lets them in.

    Raises:
        SegmentDamaged: what is stored is not what was sealed.
    """
    try:
        findings = look(blob, name)
    except TaskFailed:  # this machine could not look now: nothing is known about the file
        return Vetting(Verdict.HELD, "busy")
    outcome, why = ruling.worst(findings, rules)
    looked = ""
    if scanner is not None:
        try:
            looked = scanner.version()
            virus = _scanned(blob, scanner)
        except ScannerDown:
            return Vetting(Verdict.HELD, "scanner-down")
        except NotScanned as not_scanned:
            return Vetting(Verdict.HELD, not_scanned.reason, scanner=looked)
        if virus:
            return Vetting(Verdict.REFUSED, "virus", virus, looked)
    if outcome == Outcome.ALLOW:
        return _clean_but_for_cards(blob, media_type, looked)
    verdict = Verdict.REFUSED if outcome == Outcome.REFUSE else Verdict.HELD
    reason, detail = ("kind", why) if why in KINDS else (why, "")
    return Vetting(verdict, reason, detail, looked)


def look(blob: OpenBlob, name: str) -> list[str]:
    """Return what is found in a file without any scanner: kinds of what it is and holds, and dangers.

    Raises:
        TaskFailed: nothing can be looked into on this machine now.
    """
    head = b"".join(blob.read(0, min(blob.length, HEAD_BYTES)))
    tail = b"".join(blob.read(max(blob.length - TAIL_BYTES, 0), blob.length))
    kind = kind_of(head, name)
    if kind not in LOOKED_INTO:
        return [kind, "polyglot"] if polyglot(head, tail, blob.length) else [kind]
    # Of a name only the end says anything; nothing else of it leaves this process.
    extension = "." + name.rpartition(".")[2] if "." in name else ""
    try:
        told = sandbox.run(
            "content",
            blob,
            seconds=LOOK_SECONDS,
            memory_bytes=LOOK_MEMORY_BYTES,
            arguments=["file" + extension.encode("ascii", "ignore").decode(), str(blob.length)],
            output_bytes=64 * 1024,
        )
    except TaskFailed as failed:
        if failed.reason not in _TASK_FINDINGS:
            raise
        return [kind, _TASK_FINDINGS[failed.reason]]
    return [kind, *(str(finding) for finding in json.loads(told))]


def _clean_but_for_cards(blob: OpenBlob, media_type: str, looked: str) -> Vetting:
    try:
        text, _ = read_text(blob, media_type)
    except TaskFailed:
        return Vetting(Verdict.HELD, "busy", scanner=looked)
    if cards.count(text):
        return Vetting(Verdict.HELD, "card-numbers", scanner=looked)
    return Vetting(Verdict.CLEAN, scanner=looked)


def _scanned(blob: OpenBlob, scanner: Clamd) -> str:
    """Return the name of what a scanner found; it gets the bytes as they are opened, and nothing is stored."""
    if blob.length > config.current().scanner_max_bytes:
        raise NotScanned("too-large-to-scan")
    return scanner.scan(blob.read(slice_bytes=_SCAN_PIECE))
