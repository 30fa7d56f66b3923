"""What an upload is refused over HTTPS: each with its own status and code, and with nothing half-done left."""

import contextlib
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.faults.portal import Small, wait_until
from tests.faults.visitor import MIB, Visitor, checksum, noise, store_files

CONTENT = noise(3 * MIB, "refusals")

pytestmark = pytest.mark.control("server-validation")


def blob_rows(small: Small) -> int:
    with small.database() as database:
        (count,) = database.execute("select count(*) from app.blob").fetchone() or (0,)
    return int(count)


def test_a_part_of_the_wrong_type_is_refused(cleo: Visitor) -> None:
    place = cleo.place("wrong type.bin", 10)

    answer = cleo.patch(place, 0, b"0123456789", **{"Content-Type": "application/octet-stream"})

    assert (answer.status, answer.code) == (415, "wrong-content-type")
    assert cleo.offset(place) == 0


@pytest.mark.parametrize("length", ["-1", "1e3", "", "ten", "\u0661", "9" * 16, "0x10"])
def test_a_size_that_is_no_number_begins_nothing(small: Small, cleo: Visitor, length: str) -> None:
    before = blob_rows(small)
    given = quote(length, safe="") if not length.isascii() else length

    answer = cleo.begin("no size.bin", 1, **{"Upload-Length": given})

    assert (answer.status, answer.code) == (400, "malformed")
    assert blob_rows(small) == before


def test_a_file_larger_than_the_portal_takes_begins_nothing(small: Small, cleo: Visitor) -> None:
    before = blob_rows(small)

    answer = cleo.begin("huge.bin", small.present.max_upload_bytes + 1)

    assert (answer.status, answer.code) == (413, "too-large")
    assert blob_rows(small) == before


def test_more_than_declared_is_refused_and_what_was_there_stays(cleo: Visitor) -> None:
    place = cleo.place("longer.bin", 10)
    assert cleo.patch(place, 0, b"01234").status == 204

    answer = cleo.patch(place, 5, b"567890")

    assert (answer.status, answer.code) == (413, "past-length")
    assert cleo.offset(place) == 5
    assert cleo.find("longer.bin") == []


def test_a_damaged_part_is_refused_whole(cleo: Visitor) -> None:
    place = cleo.place("damaged.bin", len(CONTENT))

    wrong = cleo.patch(place, 0, CONTENT, **{"Upload-Checksum": checksum(CONTENT[:-1] + b"!")})
    unknown = cleo.patch(place, 0, CONTENT, **{"Upload-Checksum": "md5 AAAA"})
    no_base64 = cleo.patch(place, 0, CONTENT, **{"Upload-Checksum": "sha256 %%%"})

    assert (wrong.status, wrong.code) == (460, "checksum-mismatch")
    assert (unknown.status, no_base64.status) == (400, 400)
    assert cleo.offset(place) == 0
    assert cleo.patch(place, 0, CONTENT, **{"Upload-Checksum": checksum(CONTENT)}).status == 204
    (document,) = cleo.find("damaged.bin")
    assert cleo.download(document) == CONTENT


@pytest.mark.parametrize("offset", [1, 4, 6, 10, 10**12])
def test_a_wrong_offset_is_told_the_right_one(cleo: Visitor, offset: int) -> None:
    place = cleo.place("offset.bin", 10)
    assert cleo.patch(place, 0, b"01234").status == 204

    answer = cleo.patch(place, offset, b"x")

    assert (answer.status, answer.code) == (409, "wrong-offset")
    assert answer.headers["upload-offset"] == "5"


@pytest.mark.control("share-files")
def test_the_address_of_anothers_upload_is_no_address(cleo: Visitor, mallory: Visitor, come_in) -> None:
    place = cleo.place("mine.bin", 10)
    strangers = [(mallory, place), (mallory, place.replace(cleo.client, mallory.client)), (come_in("ben"), place)]

    for stranger, address in strangers:
        for method in ("HEAD", "PATCH", "DELETE"):
            part = b"0123456789" if method == "PATCH" else None
            given = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
            if part:
                given["Content-Type"] = "application/offset+octet-stream"
            assert stranger.ask(method, address, part, given).status == 404

    assert cleo.offset(place) == 0


def test_an_upload_past_its_time_is_over(small: Small, cleo: Visitor) -> None:
    place = cleo.place("late.bin", 10)
    assert cleo.patch(place, 0, b"01234").status == 204
    with small.database() as database:
        database.execute(
            "update app.upload set created_at = now() - interval '7 days', expires_at = now() - interval '1 second' "
            "where id = (select id from app.upload order by id desc limit 1)"
        )

    answer = cleo.patch(place, 5, b"56789")

    assert (answer.status, answer.code) == (410, "upload-over")
    assert cleo.find("late.bin") == []


def test_a_file_of_no_bytes_is_a_document(cleo: Visitor) -> None:
    assert cleo.begin("empty.txt", 0).status == 201

    (document,) = cleo.find("empty.txt")

    assert cleo.download(document) == b""
    assert cleo.get(f"/{cleo.client}/documents/{document}/").status == 200


def test_a_cut_connection_keeps_what_arrived_and_nothing_else_is_seen(cleo: Visitor) -> None:
    place = cleo.place("cut.bin", len(CONTENT))
    head = [
        f"PATCH {place} HTTP/1.1",
        cleo.host_line(),
        *(f"{name}: {value}" for name, value in cleo.own_headers().items()),
        "Tus-Resumable: 1.0.0",
        "Upload-Offset: 0",
        "Content-Type: application/offset+octet-stream",
        f"Content-Length: {len(CONTENT)}",
    ]
    with contextlib.suppress(OSError), cleo.connect() as connection:
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + CONTENT[: 2 * MIB + 77])
        connection.shutdown(2)

    assert wait_until(lambda: cleo.offset(place) > 0, 10)
    assert cleo.find("cut.bin") == []
    kept = cleo.offset(place)
    assert 0 < kept <= 2 * MIB + 77
    cleo.go_on(place, CONTENT, 20)
    (document,) = cleo.find("cut.bin")
    assert cleo.download(document) == CONTENT


def test_parts_cut_off_again_and_again_leave_no_file_and_no_memory(small: Small, cleo: Visitor) -> None:
    place = cleo.place("cut often.bin", 64 * MIB)
    before, files = small.web_bytes(), len(store_files(small.present.data / "store"))
    head = f"PATCH {place} HTTP/1.1\r\n{cleo.host_line()}\r\nTus-Resumable: 1.0.0\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in cleo.own_headers().items()
    )
    for _ in range(30):
        offset = cleo.offset(place)
        with contextlib.suppress(OSError), cleo.connect() as connection:
            connection.sendall(
                f"{head}Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\n"
                f"Content-Length: {64 * MIB - offset}\r\n\r\n".encode()
                + CONTENT[: MIB // 2]
            )
            connection.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # reset, not a polite goodbye

    assert wait_until(lambda: cleo.patch(place, cleo.offset(place), b"x").status == 204, 10)
    assert len(store_files(small.present.data / "store")) <= files + 1  # the tail of this one
    assert small.web_bytes() - before < 32 * MIB


@pytest.mark.control("rest-documents")
def test_nothing_of_a_refused_or_running_upload_lies_in_a_temporary_folder(small: Small, cleo: Visitor) -> None:
    place = cleo.place("temporary.bin", len(CONTENT))
    assert cleo.patch(place, 0, CONTENT[: MIB + 5]).status == 204

    held = [
        link.resolve()
        for process in small.web_processes()
        for link in Path(f"/proc/{process}/fd").iterdir()
        if "/tmp" in str(link.readlink()) and str(small.folder) not in str(link.readlink())
    ]

    assert held == []
    assert cleo.ask("DELETE", place, headers={"Tus-Resumable": "1.0.0"}).status == 204
    assert cleo.ask("HEAD", place, headers={"Tus-Resumable": "1.0.0"}).status == 410
