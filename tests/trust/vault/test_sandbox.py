"""What a task over strangers' bytes can do: answer, and nothing else."""

import io
import os
import resource
import time

import pypdfium2
import pytest
from PIL import Image

from muniment.core import config
from muniment.trust.vault.errors import TaskFailed
from muniment.trust.vault.isolation import sandbox

MIB = 2**20


def _strain(what, data=(), *, seconds=20.0, memory_bytes=64 * MIB, **limits):
    return sandbox.run("strain", data, seconds=seconds, memory_bytes=memory_bytes, arguments=[what], **limits)


@pytest.mark.control("safe-uploads")
def test_a_task_opens_no_socket_reads_no_key_writes_no_file_and_starts_nothing():
    key = config.current().root_key
    assert key.is_file()

    found = sandbox.confinement(str(key), "/proc/self/environ", "/proc/1/environ")

    assert found.reached == ()
    assert {"no new privileges", "limits", "system calls"} <= set(found.held)
    assert set(found.environment) == {"LANG", "MALLOC_ARENA_MAX"}


@pytest.mark.control("safe-uploads")
def test_a_task_that_never_ends_is_ended():
    began = time.monotonic()

    with pytest.raises(TaskFailed) as failed:
        _strain("time", seconds=1.0)

    assert failed.value.reason == "time"
    assert time.monotonic() - began < 5


@pytest.mark.control("safe-uploads")
def test_a_task_that_wants_too_much_memory_gets_none():
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss

    with pytest.raises(TaskFailed) as failed:
        _strain("memory", memory_bytes=32 * MIB)

    assert failed.value.reason == "memory"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 200 * 1024)  # KiB


def test_an_answer_without_end_is_cut_off():
    with pytest.raises(TaskFailed) as failed:
        _strain("output", memory_bytes=2048 * MIB, output_bytes=MIB)

    assert failed.value.reason == "output"


def test_what_is_handed_in_piece_by_piece_arrives_whole():
    assert _strain("count", (bytes(100_000) for _ in range(50))) == b"5000000"


def test_the_error_of_who_hands_pieces_in_is_not_swallowed():
    def broken():
        yield b"some"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        _strain("count", broken())


def test_descriptors_of_the_portal_do_not_reach_a_task():
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    os.set_inheritable(writing, True)
    try:
        found = sandbox.confinement(f"/proc/self/fd/{reading}")
    finally:
        os.close(reading)
        os.close(writing)

    assert found.reached == ()


def test_an_unknown_task_does_not_run():
    with pytest.raises(TaskFailed):
        sandbox.run("os.system", (), seconds=1, memory_bytes=MIB)


def test_a_picture_is_made_anew_of_pixels_alone():
    kept, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Canary Camera"
    Image.new("RGB", (40, 30), "red").save(kept, "JPEG", exif=exif)

    made = sandbox.run("image", [kept.getvalue()], seconds=20, memory_bytes=256 * MIB)

    kind, _, data = made.partition(b"\0")
    assert kind == b"image/jpeg"
    assert Image.open(io.BytesIO(data)).size == (40, 30)
    assert b"Canary" not in made


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_every_format_of_pictures_opens_without_a_file(kind):
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(kept, kind)

    made = sandbox.run("image", [kept.getvalue()], seconds=20, memory_bytes=256 * MIB)

    assert made.startswith(b"image/")


def test_a_page_of_a_pdf_is_drawn_without_a_file():
    kept, document = io.BytesIO(), pypdfium2.PdfDocument.new()
    document.new_page(200, 400)
    document.save(kept)

    made = sandbox.run("pdf-page", [kept.getvalue()], seconds=20, memory_bytes=256 * MIB, arguments=["1"])

    assert Image.open(io.BytesIO(made.partition(b"\0")[2])).size == (800, 1600)


@pytest.mark.parametrize(("task", "arguments"), [("image", []), ("pdf-page", ["1"])])
def test_what_is_no_such_file_is_refused(task, arguments):
    with pytest.raises(TaskFailed) as failed:
        sandbox.run(task, [b"%PDF-1.7 nothing"], seconds=20, memory_bytes=256 * MIB, arguments=arguments)

    assert failed.value.reason == "malformed"
