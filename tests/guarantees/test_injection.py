"""No text that anybody sends becomes SQL; the same probe finds a view that does it wrong."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from muniment.core import ids
from muniment.web.checks import routes
from tests.cast import Portal, signed_in
from tests.guarantees.laid import laid
from tests.guarantees.probes import PAYLOADS, Told, Watch, parameters, watching, weaknesses
from tests.guarantees.things import Things

_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
ROUTES = sorted({path for path, _ in routes()})

pytestmark = pytest.mark.control("no-sqli", "db-hardening")


def address(pattern: str, things: Things, **other: str) -> str:
    """Return an address with real ids, but for the parts named in `other`."""

    def fill(match: "re.Match[str]") -> str:
        name = match.group(2)
        if name in other:
            return quote(other[name], safe="")
        value = things.values.get(name, "x")
        return ids.public(value) if isinstance(value, UUID) else str(value)

    return "/" + _PARAMETER.sub(fill, pattern)


def answer(browser: Client, method: str, path: str, data: dict[str, Any]) -> tuple[int, bytes]:
    response: Any = browser.get(path, data, secure=True) if method == "GET" else browser.post(path, data, secure=True)
    return response.status_code, b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def watch(portal: Portal) -> Iterator[Watch]:
    """Give who sees the database of this test sleep."""
    with watching() as watch:
        yield watch


def people(portal: Portal) -> dict[str, Client]:
    found = {who: signed_in(portal.people[who]) for who in ("cleo", "ada", "ben")}
    found["stranger"] = Client(headers={"host": "localhost"})
    for browser in found.values():
        browser.raise_request_exception = False
    return found


def test_there_are_parameters_and_routes_to_try():
    assert {"name", "sort", "older", "document", "email", "purpose"} <= parameters()
    assert len(ROUTES) > 30


@pytest.mark.slow
@pytest.mark.parametrize("who", ["cleo", "ada", "stranger"])
def test_payloads_in_all_parameters_of_every_route_are_nonsense(portal: Portal, who: str, watch: Watch):
    things, browser = laid(portal), people(portal)[who]
    names, wrong = sorted(parameters() | {"login", "password", "code", "next"}), []

    for path in ROUTES:
        if "sign-out" in path:
            continue
        for method in ("GET", "POST"):
            for payload in PAYLOADS[3:6:2] if method == "POST" else PAYLOADS[1:6:2]:
                told = watch.ask(
                    lambda method=method, path=path, payload=payload: answer(  # type: ignore[misc]
                        browser, method, address(path, things), dict.fromkeys(names, payload)
                    )
                )
                if told.status >= HTTPStatus.INTERNAL_SERVER_ERROR or told.slept:
                    wrong.append((method, path, payload, told))

    assert wrong == []


def test_payloads_in_the_addresses_of_every_route_are_nonsense(portal: Portal, watch: Watch):
    things, browser, wrong = laid(portal), people(portal)["cleo"], []

    for path in ROUTES:
        for _, name in _PARAMETER.findall(path):
            for payload in (PAYLOADS[0], PAYLOADS[4]):
                told = watch.ask(
                    lambda path=path, name=name, payload=payload: answer(  # type: ignore[misc]
                        browser, "GET", address(path, things, **{name: payload}), {}
                    )
                )
                if told.status >= HTTPStatus.INTERNAL_SERVER_ERROR or told.slept:
                    wrong.append((path, name, payload, told))

    assert wrong == []


LISTS = {
    "documents": ("cleo", "<id:client_id>/documents/", ("name", "kind", "sort", "rows", "older", "newer")),
    "document": ("cleo", "<id:client_id>/documents/<id:document_id>/", ("version", "opening")),
    "content": ("cleo", "<id:client_id>/documents/<id:document_id>/content/", ("version", "opening")),
    "pack": ("cleo", "<id:client_id>/documents/pack/", ("folder",)),
    "preview": ("cleo", "<id:client_id>/documents/<id:document_id>/share/preview/", ("reader", "may")),
    "log": ("cleo", "<id:client_id>/log/", ("text", "person", "document", "act", "since", "until", "step", "before")),
    "logs": ("ben", "log/", ("text", "client", "act", "since", "until", "before")),
    "clients": ("ada", "clients/", ("name", "page")),
    "sign-in": ("stranger", "sign-in/", ("next",)),
}


@pytest.mark.parametrize(("who", "path", "names"), LISTS.values(), ids=LISTS)
def test_each_filter_sort_and_cursor_takes_payloads_for_nonsense(
    portal: Portal, who: str, path: str, names, watch: Watch
):
    things, browser = laid(portal), people(portal)[who]

    def ask(name: str, value: str) -> Told:
        return watch.ask(lambda: answer(browser, "GET", address(path, things), {name: value}))

    found = {name: weaknesses(partial(ask, name)) for name in names}

    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("header", ["User-Agent", "Referer", "X-Forwarded-For", "Accept-Language", "Cookie", "Range"])
def test_payloads_in_headers_are_nonsense(portal: Portal, header: str, watch: Watch):
    things, browser = laid(portal), people(portal)["cleo"]
    path = address("<id:client_id>/documents/<id:document_id>/download/", things)

    def ask(value: str) -> Told:
        if header == "Cookie":
            browser.cookies["theme"] = "light"
            browser.cookies["other"] = value
        extra = {} if header == "Cookie" else {header: value}
        return watch.ask(lambda: _drained(browser.get(path, secure=True, headers=extra)))

    assert weaknesses(ask) == []


def _drained(response: Any) -> tuple[int, bytes]:
    return response.status_code, b"".join(response.streaming_content) if response.streaming else response.content


# -- the weak twin ----------------------------------------------------------------------------------------------------


@pytest.fixture
def scratch(portal: Portal) -> Iterator[str]:
    """Give a table with two long rows that the web role may read."""
    settings = connection.settings_dict
    dsn = f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute(
            "create table public.scratch as select repeat('name ', 2000) || n as name from generate_series(1, 2) n"
        )
        server.execute("grant select on public.scratch to muniment_app")
    yield "public.scratch"
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute("drop table public.scratch")


def weak(request: HttpRequest) -> HttpResponse:
    """Answer as nobody should: the text becomes part of the statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"select name from public.scratch where name = '{request.GET['name']}'")  # the mistake
            return HttpResponse("\n".join(name for (name,) in cursor.fetchall()))
    except DatabaseError:
        return HttpResponse(status=500)


def strong(request: HttpRequest) -> HttpResponse:
    """Answer the same question as it should be."""
    with connection.cursor() as cursor:
        cursor.execute("select name from public.scratch where name = %s", [request.GET["name"]])
        return HttpResponse("\n".join(name for (name,) in cursor.fetchall()))


def asked(view: Callable[[HttpRequest], HttpResponse]) -> list[str]:
    """Return what the probe finds in a view that takes a name."""

    def once(value: str) -> tuple[int, bytes]:
        response = view(RequestFactory().get("/", {"name": value}))
        return response.status_code, response.content

    with watching() as watch:
        return weaknesses(lambda value: watch.ask(lambda: once(value)))


@pytest.mark.usefixtures("scratch")
def test_the_probe_finds_a_view_that_does_it_wrong_and_no_other():
    found = asked(weak)

    assert any("500" in sign for sign in found)  # a quote breaks the statement
    assert any("the database slept" in sign for sign in found)  # the database sleeps
    assert any("bytes where nonsense" in sign for sign in found)  # everything is told
    assert asked(strong) == []
