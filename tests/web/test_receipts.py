"""Receipts on pages: one entry with its proof as a path, the list, the file, and the promise that comes with an act."""

import base64
import json
import re
import zipfile
from io import BytesIO

import pytest

from muniment.core import clock, ids
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment_verify.notes import parse_vkey
from tests.cast import signed_in
from tests.guarantees.things import lay
from tests.trust.audit.numbered import number


@pytest.fixture
def things(portal):
    """Lay one of everything, all of it numbered."""
    laid = lay(portal)
    number()
    return laid


def _address(portal, rest):
    return f"/{ids.public(portal.okoye)}/{rest}"


def _entry(portal, event=Event.DOCUMENT_SHARED):
    return log.entries(portal.actor("cleo"), LogFilter(events=(event,)), limit=1)[0]


def _get(portal, who, rest):
    return signed_in(portal.people[who]).get(_address(portal, rest), secure=True)


def test_an_entry_is_shown_with_its_proof_drawn_from_the_leaf_to_the_root(portal, things):
    entry = _entry(portal)

    page = _get(portal, "cleo", f"log/{ids.public(entry.id)}/")

    text = page.content.decode()
    assert page.status_code == 200
    assert "shared Lease.pdf" in text
    assert text.count('<svg class="w-full') == 2
    log_tree, register = page.context["trees"]
    assert log_tree["hashes"][-1]["hex"] in text
    assert len(log_tree["drawing"].boxes) == 2 * (len(log_tree["hashes"]) - 2) + 1
    assert register["number"] <= register["size"]
    assert "style=" not in text


def test_an_entry_that_waits_says_when_its_proof_is_there(portal):
    lay(portal)

    text = _get(portal, "cleo", f"log/{ids.public(_entry(portal).id)}/").content.decode()

    assert "proved within ten minutes" in text
    assert '<svg class="w-full' not in text


def test_the_receipt_comes_as_a_file_of_its_own_type(portal, things):
    answer = _get(portal, "cleo", f"log/{ids.public(_entry(portal).id)}/receipt/")

    assert answer["Content-Type"] == "application/vnd.muniment.receipt+json"
    assert re.fullmatch(
        r'attachment; filename="[0-9-]+-document-shared-[\w-]{6}\.receipt"', answer["Content-Disposition"]
    )
    assert "sandbox" in answer["Content-Security-Policy"]
    assert json.loads(answer.content)["format"] == "muniment-receipt/1"


def test_it_is_sent_by_mail_on_request(portal, things):
    entry_id = ids.public(_entry(portal).id)
    browser = signed_in(portal.people["cleo"])

    answer = browser.post(_address(portal, f"log/{entry_id}/mail/"), secure=True, follow=True)

    assert "on its way" in answer.content.decode()


def test_the_list_shows_ones_own_acts_with_their_receipts(portal, things):
    cleo = _get(portal, "cleo", "receipts/").content.decode()
    dan = _get(portal, "dan", "receipts/").content.decode()

    assert "shared Lease.pdf" in cleo
    assert f"/log/{ids.public(_entry(portal).id)}/receipt/" in cleo
    assert "Lease" not in dan
    assert "No receipts yet" in dan


def test_a_month_is_taken_along(portal, things):
    browser = signed_in(portal.people["cleo"])

    answer = browser.post(_address(portal, "receipts/month/"), {"month": f"{clock.now():%Y-%m}"}, secure=True)

    with zipfile.ZipFile(BytesIO(answer.getvalue())) as pack:
        assert len(pack.namelist()) > 1
    assert browser.post(_address(portal, "receipts/month/"), {"month": "2026-13"}, secure=True).status_code == 422


@pytest.mark.control("tenant-isolation")
@pytest.mark.parametrize("rest", ["", "receipt/"])
def test_others_find_nothing(portal, things, rest):
    address = f"log/{ids.public(_entry(portal).id)}/{rest}"

    assert {_get(portal, who, address).status_code for who in ("dan", "mallory")} == {404}


def test_an_act_that_earns_a_receipt_is_answered_with_a_signed_promise(portal, things):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    answer = _get(portal, "cleo", f"documents/{ids.public(things.values['document_id'])}/download/")

    promise = json.loads(base64.b64decode(answer["Muniment-Promise"]))
    signature = base64.b64decode(promise.pop("signature"))
    message = b"muniment-promise-v1\0" + json.dumps(promise, sort_keys=True, separators=(",", ":")).encode()
    (key,) = log.log_keys(portal.okoye)
    Ed25519PublicKey.from_public_bytes(parse_vkey(key).public).verify(signature, message)
    assert promise["within_seconds"] == 600
    assert promise["leaf"] == base64.b64encode(_leaf(_entry(portal, Event.DOCUMENT_DOWNLOADED).id)).decode()


def test_after_a_share_the_page_leads_to_its_receipt(portal, things):
    browser = signed_in(portal.people["cleo"])
    form = {"reader": ids.public(portal.people["dan"]), "may": "viewer", "why": "Year end"}
    address = _address(portal, f"documents/{ids.public(things.values['document_id'])}/share/")

    page = browser.post(address, form, secure=True, follow=True).content.decode()

    assert f'href="{_address(portal, f"log/{ids.public(_entry(portal).id)}/")}">Receipt</a>' in page


def test_what_earns_none_is_promised_none(portal, things):
    assert "Muniment-Promise" not in _get(portal, "cleo", "receipts/")
    assert "Muniment-Promise" not in _get(portal, "mallory", f"documents/{ids.public(ids.new())}/download/")


def _leaf(entry_id):
    import psycopg
    from django.db import connection

    settings = connection.settings_dict
    dsn = f"host={settings['HOST']} user=muniment_super dbname={settings['NAME']}"
    with psycopg.connect(dsn) as server:
        found = server.execute("select leaf from app.entry where id = %s", [entry_id]).fetchone()
        assert found is not None
        return bytes(found[0])
