"""docs/matrix.md is true: every address is asked as every role, and answers what stands there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from muniment.core import ids
from muniment.trust.access import queries as access
from muniment.web import matrix
from muniment.web.matrix import ELSEWHERE, OUTSIDE, ROLES, Line
from tests.cast import Portal, signed_in
from tests.guarantees.laid import laid
from tests.guarantees.matters import NETWORK, Matters, lay_matters
from tests.guarantees.test_routes import _address

PAGE = Path(__file__).parents[2] / "docs" / "matrix.md"

# Pages that are promised and not there, to whom, and what is or is not in a new portal that makes it so.
NOT_THERE = {
    "/<id:client_id>/reviews/": ({"user"}, "there is nothing for them to decide"),
    "/<id:client_id>/reviews/<id:review_id>/": ({"user"}, "the same"),
    "/reviews/": ({"user"}, "the same"),
    "/account/confirm/organisation/": ({"user", "advisor"}, "they did not sign in through their organisation"),
    "/account/password/reset/<id:person_id>/<str:token>/": ({"user", "advisor"}, "nobody asked: the link is not one"),
    "/account/address/<id:change_id>/<secret:secret>/": ({"user", "advisor"}, "the same"),
    "/recovery/stop/<secret:secret>/": ({"user", "advisor"}, "the same"),
    "/not-me/<secret:secret>/": ({"user", "advisor"}, "the same"),
    "/account/passkeys/<id:passkey_id>/rename/": ({"user", "advisor"}, "there is no such passkey"),
    "/account/recovery-codes.txt": ({"user", "advisor"}, "codes are handed out once, when they are made"),
    "/set-up/<str:secret>/": ({"user", "advisor"}, "the portal is set up"),
    "/mail/": ({"super-admin"}, "there are no mails outside of a demo"),
    "/mail/<id:letter_id>/": ({"super-admin"}, "the same"),
}


@pytest.fixture
def asked(portal: Portal) -> tuple[Matters, dict[str, Browser]]:
    """Return one of everything, and a browser for each column."""
    things = laid(portal)
    people = {role: things.in_role(role) for role in ROLES}
    browsers = {role: signed_in(person) for role, person in people.items()}
    browsers |= {OUTSIDE: Browser(headers={"host": "localhost"}), ELSEWHERE: signed_in(portal.people["mallory"])}
    return lay_matters(things, people["admin"]), browsers


@pytest.fixture
def put_back(asked: tuple[Matters, dict[str, Browser]]) -> Iterator[Callable[[], None]]:
    """Give what brings the database back to what it is now."""
    from tests.server import clone, drop, use

    here = str(connection.settings_dict["NAME"])
    kept = f"{here}_kept"

    def copy(source: str, to: str) -> None:
        use("postgres")
        clone(source, to)
        use(here)

    copy(here, kept)
    yield lambda: copy(kept, here)
    drop(kept)


def answer(browser: Browser, line: Line, things: Matters) -> int:
    """Return the status of one request; 401 for being sent to the sign-in."""
    address, told = _address(line.path.lstrip("/"), things.of(line.path)), _told(things).get((line.method, line.path))
    if told:
        ask: Any = getattr(browser, line.method.lower())(address, told, secure=True)
    else:
        ask = browser.generic(line.method, address, secure=True)
    if ask.streaming:
        b"".join(ask.streaming_content)
    sent_away = ask.status_code == 302 and "/sign-in/" in ask["Location"]
    return 401 if sent_away else int(ask.status_code)


def _told(things: Matters) -> dict[tuple[str, str], dict[str, str]]:
    """Return what is sent to addresses that say nothing, or lead back, as long as nothing is chosen."""
    return {
        ("POST", "/keys/turn/"): {"what": "root"},
        ("POST", "/networks/remove/"): {"name": NETWORK},
        ("POST", "/<id:client_id>/reviews/<id:review_id>/export/"): {"form": "csv"},
        ("GET", "/<id:client_id>/access/ask/"): {"document": ids.public(things.values["document_id"])},
    }


def is_as_expected(line: Line, column: str, status: int) -> bool:
    """Return whether a status is the answer that the matrix promises."""
    expected = line.answers[column]
    if expected == "sign-in":
        return status in {302, 401, 403, 404, 429}  # who tries too often waits
    if expected == "no" or (line.method == "GET" and column in NOT_THERE.get(line.path, (set[str](), ""))[0]):
        return status == 404
    return status < 500 and status not in {401, 404}


@pytest.mark.control("rbac", "group-roles", "example-roles")
def test_the_page_that_auditors_read_is_the_one_that_is_checked():
    assert PAGE.read_text(encoding="utf-8") == matrix.markdown(), "write it anew: make matrix"


@pytest.mark.control("rbac", "example-roles")
@pytest.mark.usefixtures("database")
def test_the_matrix_knows_the_roles_of_a_new_portal():
    found = {role.name: role.verbs for side in ("firm", "client", "share") for role in access.list_roles(side)}

    assert set(found) == set(ROLES)
    assert {name: set(verbs) for name, verbs in found.items()} == {
        name: set(verbs) for (name, _side), verbs in access.BUILT_IN.items()
    }


@pytest.mark.slow
@pytest.mark.control("rbac", "need-to-know", "example-roles", "access-who", "access-what")
def test_who_is_promised_nothing_gets_nothing_from_any_address(asked):
    things, browsers = asked
    wrong = []

    for line in matrix.lines():
        for column, expected in line.answers.items():
            if expected not in {"no", "sign-in"}:
                continue
            if not is_as_expected(line, column, status := answer(browsers[column], line, things)):
                wrong.append((line.method, line.path, column, expected, status))

    assert wrong == []


@pytest.mark.slow
@pytest.mark.control("rbac", "example-roles", "access-what")
def test_who_is_promised_a_page_gets_it(asked):
    things, browsers = asked
    wrong = []

    for line in matrix.lines():
        for column, expected in line.answers.items():
            if (
                line.method == "GET"
                and (expected == "yes" or (expected in {"own", "open"} and column in {"user", "advisor"}))
                and not is_as_expected(line, column, status := answer(browsers[column], line, things))
            ):
                wrong.append((line.path, column, expected, status))

    assert wrong == []


@pytest.mark.slow
@pytest.mark.control("rbac", "example-roles", "access-what")
def test_who_is_promised_an_act_is_heard(asked, put_back):
    """Each in a database as it was before, so that what one act changed does not decide the next answer."""
    things, browsers = asked
    wrong = []

    for line in matrix.lines():
        for column, expected in line.answers.items():
            if line.method == "GET" or expected != "yes":
                continue
            if not is_as_expected(line, column, status := answer(browsers[column], line, things)):
                wrong.append((line.method, line.path, column, expected, status))
            if status < 400:  # what was refused has changed nothing
                put_back()

    assert wrong == []
