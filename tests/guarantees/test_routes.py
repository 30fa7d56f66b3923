"""Every address of the portal, whatever it is called: who may come in, and who finds nothing there."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client as Browser

from muniment.core import ids
from muniment.trust.access.roles import BUILT_IN
from muniment.trust.access.types import PERMISSIONS
from muniment.web.checks import declared, routes
from tests.cast import Portal, signed_in
from tests.guarantees.laid import laid

_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


def _everything() -> list[tuple[str, Any]]:
    """Return every route with its view; asked when the tests are collected."""
    return [(path, route.callback) for path, route in routes()]


def _address(pattern: str, values: dict[str, Any]) -> str:
    """Return a real address of a route, with ids in their public form."""

    def fill(match: "re.Match[str]") -> str:
        value = values.get(match.group(2), "x")
        return ids.public(value) if isinstance(value, UUID) else str(value)

    return "/" + _PARAMETER.sub(fill, pattern)


def _answer(browser: Browser, address: str, method: str) -> tuple[int, str]:
    """Return status and body, without what differs from request to request."""
    response = browser.generic(method, address, secure=True)
    text = _text(response)
    return response.status_code, re.sub(
        r"<code[^>]*>[^<]*</code>|(content|value)=\"[A-Za-z0-9]{64}\"|\"reference\": \"[^\"]*\"", "", text
    )


def _text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body, errors="replace")


def _guarded() -> list[str]:
    return [path for path, view in _everything() if getattr(view, "permission", None)]


def test_every_route_declares_what_it_needs():
    assert declared() == []
    assert len(_everything()) > 30


@pytest.mark.control("authz-after-auth", "rbac")
def test_a_stranger_reaches_public_pages_only(portal: Portal):
    things, browser, open_doors = laid(portal), Browser(), []

    for path, view in _everything():
        for method in ("GET", "POST"):
            status, _body = _answer(browser, _address(path, things.values), method)
            if status < 300 and not getattr(view, "public", None):
                open_doors.append((method, path, status))

    assert open_doors == []


@pytest.mark.control("tenant-isolation", "limit-inside", "authz-after-auth")
def test_what_is_another_clients_is_answered_as_what_is_not_there(portal: Portal):
    things, mallory = laid(portal), signed_in(portal.people["mallory"])
    differences = []

    for path in _guarded():
        for method in ("GET", "HEAD", "POST", "PATCH", "DELETE"):
            theirs = _answer(mallory, _address(path, things.values), method)
            nothing = _answer(mallory, _address(path, things.invented()), method)
            if theirs != nothing or theirs[0] not in (403, 404, 405):
                differences.append((method, path, theirs[0], nothing[0]))

    assert differences == []


@pytest.mark.control("tenant-isolation", "limit-inside")
def test_another_clients_things_are_not_there_under_ones_own_client(portal: Portal):
    things, mallory = laid(portal), signed_in(portal.people["mallory"])
    mixed = {**things.values, "client_id": portal.brandt}
    found = []

    for path in _guarded():
        if len(_PARAMETER.findall(path)) < 2:
            continue
        status, _body = _answer(mallory, _address(path, mixed), "GET")
        if status not in (404, 405):
            found.append((path, status))

    assert found == []


@pytest.mark.control("rbac", "access-who", "access-what")
@pytest.mark.parametrize("role", sorted(name for name, _side in BUILT_IN))
def test_each_role_finds_exactly_the_pages_its_verbs_open(portal: Portal, role: str):
    things, verbs = laid(portal), next(set(verbs) for (name, _side), verbs in BUILT_IN.items() if name == role)
    if role in {"super-admin", "admin"}:  # who administers the firm comes into clients without their content and log
        verbs = {verb for verb in verbs if PERMISSIONS[verb].administers}
    person_id = things.in_role(role)
    browser, wrong = signed_in(person_id), []

    for path, view in _everything():
        verb = getattr(view, "permission", None)
        if verb is None:
            continue
        status, _body = _answer(browser, _address(path, things.values), "GET")
        reached = status != 404
        opens = verb in verbs and not getattr(view, "by_guest_link", False)  # for guests alone
        if reached and not opens:
            wrong.append((path, verb, status))
        if not reached and opens and path.count("<") == 1:
            wrong.append((path, verb, status))

    assert wrong == []


@pytest.mark.control("no-csrf")
def test_no_unsafe_request_is_taken_without_the_forms_token(portal: Portal):
    things = laid(portal)
    browser = signed_in(portal.people["cleo"])
    browser.handler.enforce_csrf_checks = True
    taken = []

    for path, view in _everything():
        # Without a form's token go those that bring a proof of their own: without that they are refused in their way.
        refused = {400, 401, 429} if getattr(view, "csrf_exempt", False) else set[int]()
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            status, _body = _answer(browser, _address(path, things.values), method)
            if status not in {403, 404, 405} | refused:
                taken.append((method, path, status))

    assert taken == []


@pytest.mark.control("opaque-ids")
def test_no_internal_id_leaves_the_portal(portal: Portal):
    things = laid(portal)
    shown = []

    for who in ("ada", "ben", "cleo"):
        browser = signed_in(portal.people[who])
        for path, _view in _everything():
            response = browser.get(_address(path, things.values), secure=True)
            seen = _text(response) + str(response.headers)
            if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]", seen) or re.search(r"/\d+/", seen):
                shown.append((who, path))

    assert shown == []
