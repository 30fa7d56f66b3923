"""An address or a form with a card number is refused, in the log, in words that do not repeat it."""

import logging

import pytest
from django.test import Client as Browser

from muniment.core import config
from muniment.core.ids import public
from muniment.trust.audit import queries as log
from tests.cast import signed_in

pytestmark = pytest.mark.control("pci-no-pan")

CARD = "4111-1111-1111-1111"
BARE = CARD.replace("-", "")


@pytest.fixture
def masking(monkeypatch):
    """Let the policy be to mask."""
    monkeypatch.setenv("MUNIMENT_CARD_NUMBERS", "mask")
    config.current.cache_clear()
    yield
    monkeypatch.undo()
    config.current.cache_clear()


@pytest.mark.parametrize("written", [CARD, BARE, CARD.replace("-", "+"), CARD.replace("-", "%20")])
@pytest.mark.parametrize(
    "address", ["/{client}/documents/?name={number}", "/{client}/log/?act={number}", "/sign-in/?next={number}"]
)
def test_no_address_takes_one(portal, caplog, address, written):
    caplog.set_level(logging.DEBUG)
    browser = signed_in(portal.people["cleo"]) if "client" in address else Browser()

    answer = browser.get(address.format(client=public(portal.okoye), number=written), secure=True)

    assert answer.status_code == 422
    assert written not in answer.content.decode() + str(answer.headers)
    assert "card number" in answer.content.decode() or "payment card" in answer.content.decode()
    assert written not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("muniment")
    )


@pytest.mark.parametrize("number", [CARD, BARE])
def test_no_form_takes_one_and_the_page_does_not_show_it_again(portal, number):
    browser = signed_in(portal.people["cleo"])
    invited = {"name": f"Dora {number}", "email": "not an address", "role": "user", "purpose": number, "until": ""}

    answer = browser.post(f"/{public(portal.okoye)}/people/invite/", invited, secure=True)

    assert answer.status_code == 422
    assert number not in answer.content.decode()


def test_the_refusal_is_in_the_log_without_the_number(portal):
    browser = signed_in(portal.people["cleo"])

    browser.post(f"/{public(portal.okoye)}/documents/new-folder/", {"name": CARD}, secure=True)

    newest = log.entries(portal.actor("cleo"), limit=1)[0]
    assert (newest.allowed, newest.facts["rule"]) == (False, "card-number")
    assert CARD not in str(newest)


def test_a_password_may_be_what_it_likes(portal):
    answer = Browser().post("/sign-in/", {"login": "nobody@x.example", "password": CARD}, secure=True)

    assert answer.status_code == 200


def test_where_the_policy_is_to_mask_a_form_goes_through_and_is_masked(portal, masking):
    browser = signed_in(portal.people["cleo"])

    answer = browser.post(f"/{public(portal.okoye)}/documents/new-folder/", {"name": f"Card {CARD}"}, secure=True)

    assert answer.status_code == 302
    page = browser.get(answer["Location"], secure=True).content.decode()
    assert "\u2022\u2022\u2022\u2022 1111" in page
    assert CARD not in page


def test_no_address_takes_one_whatever_the_policy(portal, masking):
    assert Browser().get(f"/sign-in/?next={CARD}", secure=True).status_code == 422
