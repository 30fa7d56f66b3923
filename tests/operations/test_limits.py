"""The limits before Django: who waits, who is refused, and that places come back."""

import threading
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.operations.limits import Environ, Limits, StartResponse


class Answer:
    """What a server would send."""

    status = ""

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        self.status = status
        self.headers = dict(headers)


def request(**environ: str) -> Environ:
    return {"PATH_INFO": "/", "QUERY_STRING": "", "REMOTE_ADDR": "192.0.2.1", **environ}


def test_an_answer_in_pieces_holds_its_place_until_it_is_closed() -> None:
    limits = Limits(lambda environ, start: iter([b"a", b"b"]), bodies=1)
    answer = Answer()

    first = limits(request(CONTENT_LENGTH="5"), answer)
    limits(request(CONTENT_LENGTH="5"), answer)
    assert answer.status.startswith("503")

    first.close()  # type: ignore[attr-defined]
    first.close()  # type: ignore[attr-defined]
    assert list(limits(request(CONTENT_LENGTH="5"), answer)) == [b"a", b"b"]


def test_a_header_goes_out_without_spaces_around_it() -> None:
    def application(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [("Set-Cookie", " a=b; Secure ")])
        return [b""]

    answer = Answer()
    Limits(application, bodies=1)(request(), answer)

    assert answer.headers == {"Set-Cookie": "a=b; Secure"}


def test_the_answer_to_head_has_headers_alone_and_gives_its_place_back() -> None:
    def application(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", "5")])
        return iter([b"hello"])

    limits = Limits(application, bodies=1)
    answer = Answer()

    for _ in range(3):
        assert limits(request(REQUEST_METHOD="HEAD", CONTENT_LENGTH="3"), answer) == []
    assert answer.headers == {"Content-Length": "5"}


def test_one_address_takes_no_more_than_a_quarter() -> None:
    limits = Limits(lambda environ, start: iter([b""]), bodies=8)
    answer = Answer()
    kept = [limits(request(CONTENT_LENGTH="5"), answer) for _ in range(2)]

    limits(request(CONTENT_LENGTH="5"), answer)
    assert answer.status.startswith("503")
    answer.status = ""
    kept.append(limits(request(CONTENT_LENGTH="5", REMOTE_ADDR="192.0.2.2"), answer))
    limits(request(), answer)

    assert answer.status == ""
    assert len(kept) == 3


def test_a_bug_gives_the_place_back() -> None:
    def broken(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        raise ZeroDivisionError

    limits = Limits(broken, bodies=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            limits(request(CONTENT_LENGTH="5"), Answer())


@pytest.mark.parametrize(
    ("proxies", "claimed", "same"),
    [
        (0, "203.0.113.1", True),  # nobody is believed
        (1, "203.0.113.1", False),
        (1, "198.51.100.9, 203.0.113.1", False),
        (2, "203.0.113.1", True),  # it came past the outer proxy
    ],
)
def test_the_address_is_what_a_trusted_proxy_saw(proxies: int, claimed: str, same: bool) -> None:
    limits = Limits(lambda environ, start: iter([b""]), bodies=4, proxies=proxies)
    answer = Answer()
    kept = limits(request(CONTENT_LENGTH="5"), answer)

    limits(request(CONTENT_LENGTH="5", HTTP_X_FORWARDED_FOR=claimed), answer)

    assert kept is not None
    assert answer.status.startswith("503") is same


@given(requests=st.lists(st.tuples(st.sampled_from(["", "0", "5"]), st.booleans()), max_size=30))
def test_whatever_comes_every_place_is_free_afterwards(requests: list[tuple[str, bool]]) -> None:
    limits = Limits(lambda environ, start: iter([b""]), bodies=4)
    answer = Answer()

    for length, closed in requests:
        given_back = limits(request(CONTENT_LENGTH=length), answer)
        if closed and hasattr(given_back, "close"):
            given_back.close()
    held = limits._arriving.total()

    assert 0 <= held <= 4


def test_many_at_the_same_time_never_exceed_the_number_of_places() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def application(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.01)
        with lock:
            running -= 1
        return [b""]

    limits = Limits(application, bodies=4)
    threads = [
        threading.Thread(target=limits, args=(request(CONTENT_LENGTH="5", REMOTE_ADDR=f"192.0.2.{number}"), Answer()))
        for number in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most <= 4
    assert limits._arriving.total() == 0
