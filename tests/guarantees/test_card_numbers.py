"""A card number sent in each text of each action, form, address and upload is kept nowhere and said back by nobody."""

import inspect
import logging
import os
import re
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client as Browser

from muniment.core import config, ids
from muniment.core.errors import PortalError
from muniment.core.unit import ACTIONS
from muniment.trust.vault import cards
from muniment.web.checks import routes
from tests.cast import Portal, signed_in
from tests.guarantees.callers import CALLS, Case
from tests.guarantees.laid import laid
from tests.guarantees.opened import everything, in_the_clear, log_of_changes, pg_dump
from tests.guarantees.probes import parameters
from tests.guarantees.test_canaries import Search

pytestmark = pytest.mark.control("pci-no-pan")

CARD = "4929 8631 4459 7037"  # invented; its check digit is right
BARE = CARD.replace(" ", "")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_SECRET = {"password", "secret", "token", "code"}  # kept as a hash or not at all


def _texts(name: str) -> list[str]:
    """Return which parameters of an action take text."""
    found = inspect.signature(ACTIONS[name]).parameters.values()
    return [one.name for one in found if one.annotation in (str, "str") and one.name not in _SECRET]


TEXTS = [(name, text) for name in sorted(CALLS) if name in ACTIONS for text in _texts(name)]


@pytest.fixture
def policy(monkeypatch):
    """Give what sets the policy for the rest of the test."""

    def choose(chosen: str) -> None:
        monkeypatch.setenv("MUNIMENT_CARD_NUMBERS", chosen)
        config.current.cache_clear()

    yield choose
    monkeypatch.undo()
    config.current.cache_clear()


def _kept() -> list[str]:
    """Return where a card number is kept: of all that the portal can open, and of all that stands in the clear."""
    return [where for where, value in everything() if cards.keep_out(value, typed=False) != value] + in_the_clear(
        CARD, BARE
    )


def test_some_actions_take_text():
    assert len(TEXTS) >= 15


@pytest.mark.slow
@pytest.mark.parametrize(("name", "text"), TEXTS, ids=lambda value: value.rpartition(".")[2])
def test_no_text_of_any_action_keeps_a_card_number(portal: Portal, policy, name: str, text: str):
    call = CALLS[name](Case.of(portal))
    given, said = f"{BARE}@x.example" if text == "email" else CARD, []

    for chosen in ("refuse", "mask"):
        policy(chosen)
        try:
            ACTIONS[name](call.actor, **{**call.values, text: given})
        except Exception as refusal:  # noqa: BLE001 - refused, whatever for: what counts is what is kept
            said.append(str(refusal) if isinstance(refusal, PortalError) else "")  # of a bug no text is written

    assert _kept() == []
    assert cards.find("\n".join(said)) == []


@pytest.mark.slow
def test_no_form_and_no_address_keeps_or_repeats_one(portal: Portal, policy, caplog):
    things, repeated, sent = laid(portal), [], dict.fromkeys(parameters(), CARD)
    caplog.set_level(logging.INFO)

    for chosen in ("refuse", "mask"):
        policy(chosen)
        for who in ("ada", "cleo", None):
            browser = signed_in(portal.people[who]) if who else Browser()
            for path, route in routes():
                address = "/" + _PARAMETER.sub(lambda match: _filled(things.values.get(match.group(2), "x")), path)
                answers = [browser.get(address, {name: CARD}, secure=True) for name in ("q", "name", "next", "act")]
                if not getattr(route.callback, "streams", False):
                    answers.append(browser.post(address, sent if chosen == "refuse" else _right(sent), secure=True))
                repeated += [(who, path) for answer in answers if _says(answer)]

    assert repeated == []
    assert _kept() == []
    assert cards.find("\n".join(record.getMessage() for record in caplog.records if record.name[:4] == "muni")) == []


@pytest.mark.slow
def test_none_is_in_the_dump_the_log_of_changes_or_the_store(portal: Portal, policy):
    search, cleo = Search(CARD, BARE), portal.people["cleo"]
    browser, documents = signed_in(cleo), f"/{ids.public(portal.okoye)}/documents/"

    for chosen in ("refuse", "mask"):
        policy(chosen)
        for number in (CARD, BARE):
            browser.post(f"{documents}new-folder/", {"name": f"Card {number}"}, secure=True)
            browser.get(f"{documents}?name={number}", secure=True)
            Browser().post("/sign-in/", {"login": f"{number}@x.example", "password": number}, secure=True)
            Browser().post("/account/password/reset/", {"email": f"{BARE}@x.example"}, secure=True)

    data = Path(os.environ["MUNIMENT_DATA"])
    files = [*log_of_changes(), *(path for name in ("store", "logs", "mail") for path in (data / name).rglob("*"))]
    assert search.hits(pg_dump()) == []
    assert {str(path): hits for path in files if path.is_file() and (hits := search.hits_in(path))} == {}
    assert any("\u2022\u2022\u2022\u2022 7037" in str(value) for _, value in everything())


def _filled(value) -> str:
    return ids.public(value) if isinstance(value, UUID) else str(value)


def _right(sent: dict[str, str]) -> dict[str, str]:
    """Return the same with what else a form must have, so that something of it is kept where it is only masked."""
    return {**sent, "role": "user", "reader": "everyone", "may": "viewer", "until": "", "email": "dora@x.example"}


def _says(answer) -> bool:
    body = b"" if answer.streaming else answer.content
    return CARD in body.decode(errors="replace") + str(answer.headers)
