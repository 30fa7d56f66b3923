"""Every hostile file is seen for what it is, in bounded time and memory; honest files are let in."""

import os
import resource
import time

import pytest

from muniment.operations.demo import files
from muniment.trust.vault.blobs.reading import OpenBlob
from muniment.trust.vault.types import DANGERS, KINDS, RULED, Outcome, Verdict
from muniment.trust.vault.vetting import judging, rules
from muniment.trust.vault.vetting.kinds import kind_of
from tests.trust.vault.vetting.hostile import PDF, corpus, encrypted_pdf, mail, office, tarred, zipped

MIB = 2**20
CORPUS = list(corpus())
STRICT = rules.complete({})


class Held(OpenBlob):
    """Bytes in memory that read like an open blob."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.length = len(data)

    def read(self, start=0, end=None, *, slice_bytes=65536):
        """Yield a range in slices."""
        end = self.length if end is None else end
        for place in range(start, end, slice_bytes):
            yield self._data[place : min(place + slice_bytes, end)]


@pytest.mark.control("safe-uploads")
@pytest.mark.parametrize(("name", "data", "danger"), CORPUS, ids=[name for name, _, _ in CORPUS])
def test_a_hostile_file_is_not_let_in(name, data, danger):
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, time.monotonic()

    vetting = judging.judge(Held(data), name, STRICT, None)

    assert vetting.verdict == (Verdict.REFUSED if danger == "bomb" else Verdict.HELD)
    assert danger in {vetting.reason, vetting.detail}
    assert time.monotonic() - began < 60
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 640 * 1024)  # KiB


@pytest.mark.control("safe-uploads")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("letter.pdf", files.pdf_of_text("Letter", ["Dear Cleo"] * 40)),
        ("for reading only.pdf", encrypted_pdf()),
        ("letter.docx", files.document_of_words("Letter", ["Dear Cleo"])),
        ("figures.xlsx", files.workbook([["a", 1], ["b", 2]])),
        ("payments.csv", files.table([["Name", "Amount"], ["Müller", 12]])),
        ("old payments.csv", "Name;Straße\r\nMüller;1\r\n".encode("cp1252")),
        ("photo.jpg", files.photograph(4, "Receipt")),
        ("notes.txt", b""),
        ("both.zip", zipped(("a.pdf", PDF), ("b/c.docx", office()))),
        ("stored.zip", zipped(("a.pdf", PDF), method=0)),
        ("both.tar", tarred(("a.pdf", PDF), ("b.txt", b"text"))),
        ("mail.eml", mail("letter.pdf", PDF)),
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_honest_file_is_let_in(name, data):
    assert judging.judge(Held(data), name, STRICT, None).verdict == Verdict.CLEAN


@pytest.mark.parametrize("ruled", ["html", "svg", "image", "mail"])
def test_a_client_can_refuse_or_hold_a_kind(ruled):
    name, data = {
        "html": ("a.html", b"<html><body>Hello</body></html>"),
        "svg": ("a.svg", b"<svg xmlns='x'/>"),
        "image": ("a.jpg", files.photograph(1, "x")),
        "mail": ("a.zip", zipped(("b.eml", mail("c.txt", b"text")))),
    }[ruled]

    refused = judging.judge(Held(data), name, rules.complete({ruled: "refuse"}), None)
    held = judging.judge(Held(data), name, rules.complete({ruled: "hold"}), None)

    assert (refused.verdict, refused.reason, refused.detail) == (Verdict.REFUSED, "kind", ruled)
    assert held.verdict == Verdict.HELD


def test_a_name_makes_nothing_harmless():
    for name, data, _danger in CORPUS:
        if data.startswith(b"MZ"):
            for harmless in ("letter.pdf", "photo.jpg", "notes.txt", ""):
                assert kind_of(data, harmless) == "program", name


def test_a_large_scan_is_looked_at_whole_and_let_in():
    data = files.scan(7, target_bytes=20 * MIB, pages=4)

    assert judging.judge(Held(data), "scan.pdf", STRICT, None).verdict == Verdict.CLEAN


def test_random_bytes_of_any_size_end_with_a_verdict():
    for size in (1, 7, 100, 5000, MIB):
        vetting = judging.judge(Held(os.urandom(size)), "x.bin", STRICT, None)
        assert vetting.is_final


def test_every_kind_and_danger_has_a_rule_and_the_unknown_is_held():
    assert set(rules.DEFAULT) == set(RULED) == {*KINDS, *DANGERS}
    assert rules.worst(["text", "something new"], STRICT) == (Outcome.HOLD, "something new")
    assert STRICT["other"] == STRICT["program"] == Outcome.HOLD
