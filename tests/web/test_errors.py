"""Pages of refusals and outages: usable in any colours, without anything that may be down."""

import json
import re

import pytest
from django.db import OperationalError
from django.test import Client as Browser
from django.test import RequestFactory

from muniment.core import ids
from muniment.trust.access.errors import ConditionsRefuse
from muniment.trust.access.types import Reason
from muniment.web.views import errors
from tests.cast import Portal, signed_in


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_an_error_page_has_the_chosen_colours_and_the_switch(portal: Portal, theme: str):
    browser = signed_in(portal.people["cleo"])
    browser.cookies["theme"] = theme

    page = browser.get("/nowhere/", secure=True)

    assert page.status_code == 404
    text = page.content.decode()
    assert f'data-theme="{theme}"' in text
    assert re.search(rf'value="{theme}" aria-pressed="true"', text)


def test_the_switch_of_an_error_page_works_and_leads_to_the_start(portal: Portal):
    browser = Browser(enforce_csrf_checks=True)
    page = browser.get("/nowhere/", secure=True).content.decode()
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))

    answer = browser.post(
        "/theme/",
        {"csrfmiddlewaretoken": token, "theme": "dark", "next": "/"},
        secure=True,
        headers={"referer": "https://testserver/nowhere/"},
    )

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert answer.cookies["theme"].value == "dark"


def test_the_page_of_an_outage_asks_the_database_for_nothing():
    request = RequestFactory().get("/", headers={"cookie": "theme=dark"})

    answer = errors.outage(request, OperationalError("connection refused"))  # no test database: a query would fail

    assert answer is not None
    assert answer.status_code == 503
    assert b'data-theme="dark"' in answer.content
    assert b"Auto" in answer.content


@pytest.mark.control("tenant-isolation")
def test_an_error_page_holds_nothing_of_the_address_that_was_asked_for(portal: Portal):
    invented = ids.public(ids.new())

    page = signed_in(portal.people["cleo"]).get(f"/{invented}/documents/", secure=True).content.decode()

    assert invented not in page


def test_no_answer_names_the_web_server(portal: Portal):
    for path in ("/sign-in/", "/nowhere/", "/robots.txt"):
        assert Browser().get(path, secure=True)["Server"] == "portal"


LATE = Reason("hours", "when", "Opening things here is possible Monday to Friday.", "Come back on Monday.")
PLAIN = Reason("second-factor", "how", "Opening things here takes a second factor.", "")


@pytest.mark.control("access-when", "access-how")
def test_a_refusal_by_conditions_tells_every_reason_once_and_what_would_help(portal: Portal):
    refusal = ConditionsRefuse((LATE, PLAIN, LATE))

    answer = errors.refused(RequestFactory().get("/"), refusal)

    text = answer.content.decode()
    assert answer.status_code == 403
    for told in (LATE.sentence, LATE.remedy, PLAIN.sentence):
        assert text.count(told) == 1


def test_a_program_is_told_the_reasons_of_conditions_as_data(portal: Portal):
    request = RequestFactory().get("/", headers={"accept": "application/json"})

    answer = json.loads(errors.refused(request, ConditionsRefuse((LATE,))).content)

    assert answer["code"] == "conditions"
    assert answer["reasons"] == [{"code": "hours", "detail": LATE.sentence, "remedy": LATE.remedy}]
