"""Bodies and headers that no page sends: answered clearly, without being read into memory."""

import contextlib
import json
import time
from collections.abc import Iterator

import pytest

from tests.faults.portal import Small
from tests.faults.visitor import FORM, MIB, Visitor

JSON = {"Content-Type": "application/json", "Accept": "application/json"}
FLAT = 24 * MIB

pytestmark = pytest.mark.control("server-validation")


def megabytes(count: int, begun: bytes = b'["') -> Iterator[bytes]:
    yield begun
    for _ in range(count):
        yield b"a" * MIB


def long_request(cleo: Visitor, path: str, kind: str, declared: int, sent: int) -> tuple[int, bytes]:
    """Declare a long body, send some of it, and return the status and the answer."""
    head = f"POST {path} HTTP/1.1\r\n{cleo.host_line()}\r\nContent-Type: {kind}\r\nAccept: application/json\r\n"
    own = "".join(f"{name}: {value}\r\n" for name, value in cleo.own_headers().items())
    told = b""
    with cleo.connect(30) as connection:
        connection.sendall(f"{head}{own}Content-Length: {declared}\r\n\r\n".encode())
        try:
            for piece in megabytes(sent):
                connection.sendall(piece)
        except OSError:
            pass  # the portal has said all it has to say
        try:
            while piece := connection.recv(65536):
                told += piece
                if b"\r\n\r\n" in told and b"}" in told.partition(b"\r\n\r\n")[2]:
                    break
        except OSError:
            pass
    return (int(told.split(b" ")[1]) if told else 0), told


PATHS = ["/sign-in/", "/theme/", "/{client}/documents/new-folder/", "/{client}/people/invite/"]


@pytest.mark.parametrize("path", PATHS)
def test_200_mb_of_json_are_refused_by_their_length(small: Small, cleo: Visitor, path: str) -> None:
    before, begun = small.web_bytes(), time.monotonic()

    status, told = long_request(cleo, path.format(client=cleo.client), "application/json", 200 * MIB, 0)

    assert status == 413
    problem = json.loads(told.partition(b"\r\n\r\n")[2])
    assert (problem["status"], problem["code"]) == (413, "too-large")
    assert time.monotonic() - begun < 10
    assert small.web_bytes() - before < FLAT


def test_200_mb_that_are_really_sent_fill_no_memory(small: Small, cleo: Visitor) -> None:
    before = small.web_bytes()

    status, _ = long_request(cleo, f"/{cleo.client}/documents/new-folder/", "application/json", 200 * MIB + 2, 200)

    assert status in {413, 0}  # 0: the portal hung up on a sender who would not listen
    assert small.web_bytes() - before < FLAT
    assert cleo.get("/account/").status == 200


def test_a_body_without_a_length_is_not_read_as_a_form(small: Small, cleo: Visitor) -> None:
    before = small.web_bytes()
    head = f"POST /{cleo.client}/documents/new-folder/ HTTP/1.1\r\n{cleo.host_line()}\r\nContent-Type: {FORM}\r\n"
    own = "".join(f"{name}: {value}\r\n" for name, value in cleo.own_headers().items())
    told = b""

    with contextlib.suppress(OSError), cleo.connect(20) as connection:
        connection.sendall(f"{head}{own}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(20):
            connection.sendall(b"100000\r\n" + b"name=chunked&".ljust(MIB, b"a") + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        told = connection.recv(65536)

    assert not told or told.split(b" ")[1] in {b"200", b"400", b"403", b"411", b"413", b"422"}
    assert cleo.find("chunked") == []
    assert small.web_bytes() - before < FLAT


def test_10_000_fields_are_refused(cleo: Visitor) -> None:
    answer = cleo.post(f"/{cleo.client}/documents/new-folder/", {f"field{number}": 1 for number in range(10_000)})
    page = cleo.post("/sign-in/", {f"field{number}": 1 for number in range(10_000)})

    assert (answer.status, page.status) == (400, 400)
    assert "Nothing was changed" in answer.text
    assert cleo.find("field") == []


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 500_000 + "]" * 500_000, "1" * 900_000])
def test_deep_json_reaches_no_parser(small: Small, cleo: Visitor, text: str) -> None:
    stranger = Visitor(small)
    stranger.form_token("/sign-in/")
    asked = [
        (stranger, "/sign-in/"),
        (cleo, f"/{cleo.client}/uploads/"),
        (cleo, f"/{cleo.client}/people/invite/"),
    ]

    for who, path in asked:
        answer = who.ask("POST", path, text.encode(), JSON)

        assert 400 <= answer.status < 500, (path, answer.status)


MULTIPART = {
    "no boundary": ("multipart/form-data", b"--x\r\n\r\nabc\r\n--x--"),
    "empty boundary": ("multipart/form-data; boundary=", b"--\r\n\r\nabc\r\n----"),
    "another boundary": ("multipart/form-data; boundary=y", b"--x\r\n\r\nabc\r\n--x--"),
    "no end": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nabc'),
    "headers alone": ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 20_000),
    "many parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 10_000 + b"--x--",
    ),
    "a file": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="a.txt"\r\n\r\n' + b"abc" * 9999 + b"\r\n--x--",
    ),
    "bad encoding": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="name"\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n--x--',
    ),
    "a boundary of 5,000": ("multipart/form-data; boundary=" + "x" * 5000, b"--x--"),
    "no text": ("multipart/form-data; boundary=\xff", b"\xff\xfe\0"),
}


@pytest.mark.parametrize(("kind", "body"), MULTIPART.values(), ids=MULTIPART)
def test_broken_multipart_changes_nothing_and_is_no_bug(cleo: Visitor, kind: str, body: bytes) -> None:
    for path in (f"/{cleo.client}/people/invite/", "/account/password/", f"/{cleo.client}/documents/to-trash/"):
        answer = cleo.ask("POST", path, body, {"Content-Type": kind})

        assert 400 <= answer.status < 500 or (answer.status == 200 and "<form" in answer.text), (path, answer.status)
    assert cleo.get("/account/").status == 200


@pytest.mark.parametrize(
    ("header", "statuses"),
    [
        (f"X-Long: {'x' * 40_000}", {431}),
        (f"X-Long: {'x' * 3_000_000}", {431, 400, 0}),
        ("".join(f"X-{number}: 1\r\n" for number in range(5000)) + "X: 1", {431, 400, 0}),
        (f"Cookie: {'a=b; ' * 9000}", {431}),
        ("Content-Length: -1", {400}),
        ("Content-Length: 1\r\nContent-Length: 2", {400}),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", {400, 403, 411, 413}),
        ("X-Bad\0: 1", {400, 0}),
        (" folded: 1", {400, 0, 200}),
    ],
    ids=["40 kB", "3 MB", "5,000", "cookies", "negative", "two lengths", "both lengths", "NUL", "folded"],
)
def test_headers_that_are_too_much_or_broken_are_refused(cleo: Visitor, header: str, statuses: set[int]) -> None:
    told = cleo.raw(f"POST /theme/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n\r\n".encode(), 20)

    assert (int(told.split(b" ")[1]) if told.startswith(b"HTTP") else 0) in statuses, told[:500]
    assert cleo.get("/account/").status == 200


JUNK = {
    "TLS in TLS": b"\x16\x03\x01" + bytes(500),
    "HTTP/9.9": b"GET / HTTP/9.9\r\n\r\n",
    "broken HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100,
    "zeros": bytes(4096),
    "broken address": b"GET http://[::1 HTTP/1.1\r\n\r\n",
    "bytes": b"GET /%00/%ff%fe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "another host": b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_is_refused_or_hung_up_on(cleo: Visitor, junk: bytes) -> None:
    told = (
        cleo.raw(junk, 8)
        if b"%00" not in junk
        else cleo.raw(junk.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    )

    status = int(told.split(b" ")[1]) if told.startswith(b"HTTP/1") else 0
    assert status == 0 or 400 <= status < 506, told[:300]
    assert status != 500
    assert b"Traceback" not in told
    assert cleo.get("/account/").status == 200


@pytest.mark.parametrize("method", ["PUT", "TRACE", "CONNECT", "PROPFIND", "BREW"])
def test_methods_that_no_page_has_are_refused(cleo: Visitor, method: str) -> None:
    told = cleo.raw(f"{method} /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())

    assert int(told.split(b" ")[1]) in {400, 403, 405, 501}, told[:300]
