"""What the scanner finds in a stream, and what happens when it cannot look."""

import io
import socket
import threading
import time
import zipfile

import pytest

from muniment.trust.vault.vetting import clamd
from muniment.trust.vault.vetting.clamd import Clamd, NotScanned, ScannerDown
from tests.clamd import EICAR, MARKER, STREAM_BYTES_MOST
from tests.operations.conftest import wait_until

pytestmark = pytest.mark.control("safe-uploads")


def packed(name, data):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(name, data)
    return kept.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        EICAR,
        b"text before " + MARKER + b" and after",
        packed("a.txt", MARKER),
        packed("b.zip", packed("a.txt", MARKER)),
    ],
    ids=["eicar", "marker", "in a zip", "in a zip in a zip"],
)
def test_what_it_knows_is_found_also_inside_archives(daemon, data):
    pieces = [data[start : start + 7] for start in range(0, len(data), 7)]

    assert Clamd(daemon.address).scan(pieces).startswith("Muniment.")


def test_what_is_harmless_passes_and_its_version_is_told(daemon):
    scanner = Clamd(daemon.address)

    assert scanner.scan([b"nothing ", b"but text"]) == ""
    assert scanner.version().startswith("ClamAV ")


def test_the_check_asks_whether_it_finds_the_test_file(daemon, monkeypatch):
    from dataclasses import replace

    from muniment.core import config
    from muniment.operations import uploads

    assert any("no virus scanner is set" in note for note in uploads.notes())
    for address, said in ((daemon.address, "finds the EICAR test file"), ("unix:/nobody", "does not answer")):
        configured = replace(config.current(), scanner=address)
        monkeypatch.setattr(config, "current", lambda configured=configured: configured)
        assert any(said in note for note in uploads.notes())
    assert uploads.problems() == []


def test_what_is_larger_than_it_takes_was_not_scanned(daemon):
    with pytest.raises(NotScanned) as refused:
        Clamd(daemon.address).scan(bytes(2**20) for _ in range(STREAM_BYTES_MOST // 2**20 + 4))

    assert refused.value.reason == "too-large-to-scan"


def test_nothing_of_a_scanned_stream_is_left_where_it_spools(daemon):
    Clamd(daemon.address).scan([MARKER])

    assert wait_until(lambda: not list((daemon.folder / "spool").iterdir()))  # it answers first, and tidies up then


def test_no_scanner_there_is_no_answer(tmp_path):
    with pytest.raises(ScannerDown):
        Clamd(f"unix:{tmp_path}/nobody").scan([b"x"])


def test_it_dies_in_the_middle_of_a_stream(daemon):
    def pieces():
        yield bytes(2**20)
        daemon.kill()
        yield bytes(2**20)
        yield MARKER

    try:
        with pytest.raises(ScannerDown):
            Clamd(daemon.address).scan(pieces())
    finally:
        daemon.start()
    assert Clamd(daemon.address).scan([MARKER])


def test_it_accepts_and_says_nothing(daemon, monkeypatch):
    monkeypatch.setattr(clamd, "SILENT_SECONDS", 0.5)
    daemon.freeze()
    try:
        began = time.monotonic()
        with pytest.raises(ScannerDown):
            Clamd(daemon.address).scan([b"x"])
        assert time.monotonic() - began < 10
    finally:
        daemon.thaw()


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: OK", b"stream: OK\n", b"\0", b"stream: FOUND\0", b"ok\0", b"stream: OK extra\0", b"x" * 5000],
)
def test_half_an_answer_or_another_one_is_none(tmp_path, answer):
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(path)
        listening.listen(1)

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(ScannerDown):
            Clamd(f"unix:{path}").scan([b"x"])
        thread.join(5)
