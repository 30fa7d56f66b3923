"""A key is destroyed when two people want it, not before its time, never under a hold; then nothing opens."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound
from muniment.portal.documents.models import Document
from muniment.trust.access.errors import AskedAlready, NotApproved, SecondPersonNeeded, TooEarly
from muniment.trust.audit import queries as log
from muniment.trust.clients import queries as clients
from muniment.trust.custody import actions, certificates, jobs, queries
from muniment.trust.custody.errors import HeldAlready, NotDestructible, NotProved, UnderHold
from muniment.trust.custody.models import Destruction
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Invitation, Person
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as keys
from muniment.trust.vault.errors import KeyMissing
from muniment.trust.vault.keys import shredding
from muniment.trust.vault.models import Blob, ClientKey, PersonKey
from tests.cast import PEOPLE, Portal
from tests.guarantees.things import Things, lay
from tests.worker import as_worker

pytestmark = pytest.mark.control("buyer-encryption")
LATER = timedelta(days=7, minutes=1)


class Firm:
    """Ada and a second admin, and something to destroy."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.things: Things = lay(portal)
        second = self.things.in_role("admin")
        self.ada = portal.actor("ada")
        from dataclasses import replace

        self.eli = replace(self.ada, person_id=second)

    def ask(self, kind: str, subject_id, of_client=None):
        return actions.ask_destruction(
            self.ada, kind=kind, subject_id=subject_id, of_client=of_client, reason="The contract ended"
        )

    def approved(self, kind: str, subject_id, of_client=None):
        asked = self.ask(kind, subject_id, of_client)
        return actions.approve_destruction(self.eli, destruction_id=asked.id)

    def document(self):
        return self.things.values["document_id"]


@pytest.fixture
def firm(portal: Portal) -> Firm:
    return Firm(portal)


def pass_time(monkeypatch, by: timedelta) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + by)


def work(monkeypatch) -> None:
    """Let the worker's jobs run now, and again when no process keeps a key any more."""
    with as_worker():
        jobs.destroy_keys(0)
        keys.forget_keys()
        pass_time(monkeypatch, timedelta(seconds=keys.keep_seconds() + 1))
        jobs.destroy_keys(0)


def state(destruction) -> str:
    with bound(Binding(clients.firm_id())):
        return Destruction.objects.get(id=destruction.id).state


def certificate(firm: Firm, destruction) -> dict[str, Any]:
    return json.loads(actions.download_certificate(firm.ada, destruction_id=destruction.id, form="json"))


def test_a_clients_key_is_destroyed_and_what_it_sealed_does_not_open(firm: Firm, monkeypatch):
    okoye = firm.portal.okoye
    approved = firm.approved("client", okoye)
    pass_time(monkeypatch, LATER)

    work(monkeypatch)

    assert state(approved) == "proved"
    with bound(Binding(okoye)):
        assert not ClientKey.objects.exists()
        assert Blob.objects.exists()
    with pytest.raises(KeyMissing):
        keys.client_key(okoye)
    told = certificate(firm, approved)
    assert told["proof"]["opened"] == told["proof"]["wrapped_copies_left"] == 0
    assert told["proof"]["values_tried"] > 5
    assert told["proof"]["documents_tried"] >= 1
    assert told["proof"]["keys_tried"] > 4
    assert okoye not in clients.client_ids()
    assert list(people.companies(clients.client_ids())) == [firm.portal.brandt]


def test_a_documents_key_is_destroyed_and_the_others_stay(firm: Firm, monkeypatch):
    okoye, document = firm.portal.okoye, firm.document()
    approved = firm.approved("document", document, okoye)
    pass_time(monkeypatch, LATER)

    work(monkeypatch)

    assert state(approved) == "proved"
    with bound(Binding(okoye)):
        (blob_id,) = queries.blobs_of("document", okoye, document)
        assert bytes(Blob.objects.get(id=blob_id).wrapped_key) == b""
        assert Document.objects.get(id=document).name == "(destroyed)"
        assert Blob.objects.exclude(wrapped_key=b"").exists()
    assert certificate(firm, approved)["proof"]["documents_tried"] == 1


def test_a_persons_key_is_destroyed_with_everything_that_was_theirs(firm: Firm, monkeypatch):
    cleo = firm.portal.people["cleo"]
    name, address = PEOPLE["cleo"]
    approved = firm.approved("person", cleo)
    with connection.cursor() as cursor:
        cursor.execute("select name from person where id = %s", [cleo])
        before = bytes(cursor.fetchone()[0])
    pass_time(monkeypatch, LATER)

    work(monkeypatch)

    assert state(approved) == "proved"
    row = Person.objects.get(id=cleo)
    assert (row.name, row.is_active) == ("(erased)", False)
    assert people.find_person(address) is None
    assert bytes(PersonKey.objects.get(person_id=cleo).wrapped) == b""
    with connection.cursor() as cursor:
        cursor.execute("select name from person where id = %s", [cleo])
        assert bytes(cursor.fetchone()[0]) == before  # the live ciphertext is what was tried
    told = certificate(firm, approved)
    assert told["proof"]["values_tried"] >= 1
    assert name not in json.dumps(told)
    with bound(Binding(firm.portal.okoye)):
        assert not Invitation.objects.filter(email=address).exists()
    assert people.person(firm.portal.people["dan"]).name == PEOPLE["dan"][0]


def test_a_proof_that_finds_an_open_value_says_failed_and_gives_no_certificate(firm: Firm, monkeypatch):
    okoye = firm.portal.okoye
    kept = keys.client_key(okoye)
    real = shredding._keys_at_hand
    monkeypatch.setattr(shredding, "_keys_at_hand", lambda: [*real(), kept])  # as if a copy had been overlooked
    approved = firm.approved("client", okoye)
    pass_time(monkeypatch, LATER)

    work(monkeypatch)

    assert state(approved) == "failed"
    with pytest.raises(NotProved):
        certificate(firm, approved)
    assert "destruction.failed" in [e.event for e in log.entries(Actor.system(clients.firm_id()), limit=20)]


def test_a_certificate_is_signed_and_a_changed_one_is_not_genuine(firm: Firm, monkeypatch):
    approved = firm.approved("document", firm.document(), firm.portal.okoye)
    pass_time(monkeypatch, LATER)
    work(monkeypatch)
    import base64

    public = base64.b64decode(vault.public_keys()[1])

    told = certificate(firm, approved)
    paper = actions.download_certificate(firm.eli, destruction_id=approved.id, form="pdf")

    assert certificates.is_genuine(told, public)
    assert not certificates.is_genuine({**told, "why": "Because"}, public)
    assert not certificates.is_genuine({**told, "signature": {}}, public)
    assert not certificates.is_genuine(told, bytes(32))
    assert told["asked"]["name"] == PEOPLE["ada"][0]
    assert told["approved"]["person"] != told["asked"]["person"]
    assert any("Backups" in text for text in told["does_not_cover"])
    assert any("printed" in text for text in told["does_not_cover"])
    assert paper.startswith(b"%PDF-")


def test_a_certificate_carries_the_receipt_of_its_entry_once_there_is_one(firm: Firm, monkeypatch):
    import base64

    from muniment_verify.merkle import verify_inclusion
    from muniment_verify.notes import parse_checkpoint, parse_note
    from muniment_verify.proofs import parse_proof
    from tests.trust.audit.numbered import number

    approved = firm.approved("document", firm.document(), firm.portal.okoye)
    pass_time(monkeypatch, LATER)
    work(monkeypatch)
    before = certificate(firm, approved)
    number()

    told = certificate(firm, approved)

    proof = parse_proof(told["receipt"]["proof"])
    head = parse_checkpoint(parse_note(proof.note).text)
    core = json.loads(told["receipt"]["entry"]["core"]["text"])
    assert "receipt" not in before
    assert (core["event"], core["id"]) == ("destruction.proved", told["log_entry"])
    assert head.origin == log.origin_of(firm.portal.firm_id)
    assert verify_inclusion(_leaf(told["receipt"]), proof.index, head.size, proof.hashes, head.root)
    assert certificates.is_genuine(told, base64.b64decode(vault.public_keys()[1]))
    assert actions.download_certificate(firm.eli, destruction_id=approved.id, form="pdf").startswith(b"%PDF-")


def _leaf(receipt: dict[str, Any]) -> bytes:
    from muniment_verify.encoding import from_base64
    from muniment_verify.entries import commitment, entry_leaf

    parts = (receipt["entry"][name] for name in ("core", "private"))
    return entry_leaf(*(commitment(from_base64(part["salt"], "salt"), part["text"].encode()) for part in parts))


def test_nothing_is_destroyed_before_its_time(firm: Firm, monkeypatch):
    approved = firm.approved("client", firm.portal.okoye)
    pass_time(monkeypatch, timedelta(days=6, hours=23))

    work(monkeypatch)

    assert state(approved) == "waiting"
    with pytest.raises(TooEarly):
        actions.carry_out(Actor.system(clients.firm_id()), destruction_id=approved.id)
    assert keys.client_key(firm.portal.okoye)


def test_it_can_be_taken_back_while_it_waits(firm: Firm, monkeypatch):
    approved = firm.approved("client", firm.portal.okoye)

    actions.take_back_destruction(firm.ada, destruction_id=approved.id)
    pass_time(monkeypatch, LATER)
    work(monkeypatch)

    assert state(approved) == "taken-back"
    assert keys.client_key(firm.portal.okoye)
    with pytest.raises(NotApproved):
        actions.take_back_destruction(firm.ada, destruction_id=approved.id)


def test_one_person_alone_destroys_nothing(firm: Firm, monkeypatch):
    asked = firm.ask("client", firm.portal.okoye)

    with pytest.raises(SecondPersonNeeded):
        actions.approve_destruction(firm.ada, destruction_id=asked.id)
    with pytest.raises(AskedAlready):
        firm.ask("client", firm.portal.okoye)
    pass_time(monkeypatch, LATER)
    work(monkeypatch)

    assert state(asked) == "asked"
    actions.decline_destruction(firm.eli, destruction_id=asked.id)
    assert state(asked) == "declined"


def test_a_hold_forbids_it_at_every_step(firm: Firm, monkeypatch):
    okoye, document = firm.portal.okoye, firm.document()
    within = firm.ada.within(okoye)
    hold = actions.place_hold(within, kind="document", object_id=document, reason="A court asked for it")

    with pytest.raises(UnderHold):
        firm.ask("document", document, okoye)
    with pytest.raises(UnderHold):
        firm.ask("client", okoye)
    with pytest.raises(HeldAlready):
        actions.place_hold(within, kind="document", object_id=document, reason="Again")

    actions.lift_hold(within, hold_id=hold.id)
    asked = firm.ask("client", okoye)
    again = actions.place_hold(within, kind="client", object_id=okoye, reason="A court asked for it")
    with pytest.raises(UnderHold):
        actions.approve_destruction(firm.eli, destruction_id=asked.id)
    actions.lift_hold(within, hold_id=again.id)
    approved = actions.approve_destruction(firm.eli, destruction_id=asked.id)
    actions.place_hold(within, kind="client", object_id=okoye, reason="A court asked for it")
    with pytest.raises(UnderHold):
        firm.ask("person", firm.portal.people["cleo"])
    pass_time(monkeypatch, LATER)
    work(monkeypatch)

    assert state(approved) == "waiting"
    assert keys.client_key(okoye)


def test_what_is_not_there_or_is_the_firm_cannot_be_destroyed(firm: Firm):
    for kind, subject, of_client in (
        ("client", ids.new(), None),
        ("client", clients.firm_id(), None),
        ("person", ids.new(), None),
        ("document", ids.new(), firm.portal.okoye),
        ("document", firm.document(), firm.portal.brandt),
        ("folder", ids.new(), firm.portal.okoye),
    ):
        with pytest.raises(NotDestructible):
            firm.ask(kind, subject, of_client)


@pytest.mark.parametrize("name", ["ben", "cleo", "mallory"])
def test_who_does_not_administer_the_firm_may_not(firm: Firm, name: str):
    somebody = firm.portal.actor(name)

    with pytest.raises(NotFound):
        actions.ask_destruction(somebody, kind="client", subject_id=firm.portal.okoye, reason="x")
    with pytest.raises(NotFound):
        actions.ask_destruction(
            firm.ada.within(firm.portal.okoye), kind="client", subject_id=firm.portal.okoye, reason="x"
        )
    with pytest.raises(NotFound):
        queries.inventory(somebody)
