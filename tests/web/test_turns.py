"""Sign-ins come in turn: who comes when too many are in hand is told so, before the database is asked."""

import threading

import pytest
from django.http import HttpResponse
from django.test import RequestFactory


@pytest.fixture
def full(portal, monkeypatch):
    """Give the middleware with as many sign-ins in hand as may be, and end them afterwards."""
    from muniment.trust.identity import queries as identity
    from muniment.web.middleware.turns import SignInsInTurn

    go, inside = threading.Event(), threading.Semaphore(0)

    def answer(request):
        if request.headers.get("X-Waits"):
            inside.release()
            go.wait(20)
        return HttpResponse("answered")

    middleware, factory = SignInsInTurn(answer), RequestFactory()
    waiting = [
        threading.Thread(target=middleware, args=(factory.post("/sign-in/", headers={"X-Waits": "1"}),))
        for _ in range(identity.SIGN_INS_IN_HAND)
    ]
    for thread in waiting:
        thread.start()
    for _ in waiting:
        assert inside.acquire(timeout=20)
    yield middleware
    go.set()
    for thread in waiting:
        thread.join()


@pytest.mark.parametrize("path", ["/sign-in/", "/account/password/reset/"])
def test_one_more_is_told_to_come_again_and_the_database_is_not_asked(full, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        answer = full(RequestFactory().post(path))

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Many people are signing in" in answer.content.decode()
    assert len(asked) == 0


@pytest.mark.parametrize(("method", "path"), [("get", "/sign-in/"), ("post", "/sign-in/passkey/"), ("get", "/")])
def test_everything_else_goes_on(full, method, path):
    assert getattr(RequestFactory(), method)(path) is not None
    assert full(getattr(RequestFactory(), method)(path)).content == b"answered"


def test_there_is_room_again_once_they_are_done(portal):
    from muniment.web.middleware.turns import SignInsInTurn

    def breaks(request):
        raise ValueError

    middleware = SignInsInTurn(breaks)
    for _ in range(100):
        with pytest.raises(ValueError):  # noqa: PT011 - raised right above
            middleware(RequestFactory().post("/sign-in/"))
