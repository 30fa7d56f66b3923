"""A document that holds card numbers is held back; names and reasons with one are not taken."""

import io

import docx
import pytest

from muniment.core import config, ids
from muniment.portal.documents import actions, queries
from muniment.trust.vault.errors import CardNumberRefused, Held
from muniment.trust.vault.types import Verdict
from tests.cast import signed_in
from tests.portal.documents.uploading import add, put, vet

pytestmark = pytest.mark.control("pci-no-pan")

CARD = "4111 1111 1111 1111"


def written(text):
    """Return the bytes of a DOCX file with one paragraph."""
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("order.txt", f"Please charge {CARD}, valid until 12/27.\n".encode()),
        ("orders.csv", f"name;card\nOkoye;{CARD}\n".encode()),
        ("order.docx", written(f"Please charge {CARD}.")),
    ],
)
def test_a_document_with_a_card_number_is_held_and_opened_by_nobody(portal, name, content):
    cleo = portal.actor("cleo")
    added = put(cleo, name, content)

    vetting = vet(cleo, added.id)

    assert (vetting.verdict, vetting.reason) == (Verdict.HELD, "card-numbers")
    with pytest.raises(Held):
        actions.view_document(cleo, document_id=added.document_id)


def test_the_page_of_the_document_says_why_without_the_number(portal):
    cleo = portal.actor("cleo")
    added = put(cleo, "order.txt", f"Please charge {CARD}.".encode())
    vet(cleo, added.id)

    address = f"/{ids.public(portal.okoye)}/documents/{ids.public(added.document_id)}/"
    page = signed_in(portal.people["cleo"]).get(address, secure=True).content.decode()

    assert "It holds the number of a payment card" in page
    assert CARD not in page


def test_a_document_without_one_is_let_through(portal):
    added = add(
        portal.actor("cleo"), "order.txt", b"Invoice 4111 1111 1111 1112 of 2026-11-21, DE89 3704 0044 0532 0130 00"
    )

    assert vet(portal.actor("cleo"), added.id).verdict == Verdict.CLEAN


@pytest.mark.parametrize(
    "act",
    [
        lambda cleo, document: actions.create_folder(cleo, name=f"Card {CARD}"),
        lambda cleo, document: actions.rename_document(cleo, document_id=document, name=f"{CARD}.pdf"),
        lambda cleo, document: actions.begin_upload(cleo, name=f"scan {CARD}.jpg", size_bytes=10),
    ],
)
def test_no_name_holds_one(portal, act):
    cleo = portal.actor("cleo")
    document_id = put(cleo, "order.pdf", b"%PDF-1.7\n").document_id

    with pytest.raises(CardNumberRefused):
        act(cleo, document_id)


def test_by_policy_a_name_is_masked(portal, monkeypatch):
    monkeypatch.setenv("MUNIMENT_CARD_NUMBERS", "mask")
    config.current.cache_clear()
    try:
        folder = actions.create_folder(portal.actor("cleo"), name=f"Card {CARD}")
    finally:
        monkeypatch.undo()
        config.current.cache_clear()

    assert (
        next(one.name for one in queries.folders_in(portal.actor("cleo")) if one.id == folder.id)
        == "Card \u2022\u2022\u2022\u2022 1111"
    )
