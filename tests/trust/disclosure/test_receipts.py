"""Receipts: who gets which, what is in them, and that they prove what they say."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import jsonschema
import pytest

from muniment.core import clock, ids
from muniment.core.errors import NotFound
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.disclosure import actions, queries
from muniment.trust.disclosure.errors import NoMail, ReceiptNotReady
from muniment_verify.errors import NotValid
from muniment_verify.merkle import verify_inclusion
from muniment_verify.notes import parse_note, parse_vkey, verify_note
from muniment_verify.proofs import parse_proof
from muniment_verify.receipts import check_receipt
from muniment_verify.trust import trusting
from tests.guarantees.things import lay
from tests.trust.audit.numbered import number

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "receipt.json"


@pytest.fixture
def share_id(portal):
    """Let Cleo share a document, and return the entry about it, numbered."""
    lay(portal)
    number()
    return _entry_id(portal.actor("cleo"), Event.DOCUMENT_SHARED)


def test_a_receipt_proves_its_entry_with_the_portals_keys(portal, share_id):
    cleo = portal.actor("cleo")

    file = actions.take_receipt(cleo, entry_id=share_id)

    receipt = json.loads(file.data)
    assert json.loads(receipt["entry"]["core"]["text"])["event"] == "document.shared"
    assert json.loads(receipt["entry"]["private"]["text"])["ip"] == cleo.ip
    for text, keys in ((receipt["proof"], log.log_keys(cleo.client)), (receipt["register"], log.log_keys())):
        assert verify_note(parse_note(parse_proof(text).note), [parse_vkey(key) for key in keys])
    facts = queries.proof(receipt)
    for path, text in ((facts.log, receipt["proof"]), (facts.register, receipt["register"])):
        assert verify_inclusion(path.leaf, path.index, path.size, parse_proof(text).hashes, path.root)
        assert path.steps[-1].parent == path.root if path.steps else path.leaf == path.root
    assert len(file.data) < 4000
    assert file.name.endswith(".receipt")


def test_the_verifier_finds_it_valid_and_a_changed_one_not(portal, share_id):
    cleo = portal.actor("cleo")
    trust = trusting(log.log_keys(cleo.client), log.log_keys())

    file = actions.take_receipt(cleo, entry_id=share_id)

    assert check_receipt(file.data, trust).facts["What"] == "document.shared"
    jsonschema.validate(json.loads(file.data), json.loads(SCHEMA.read_text()))
    with pytest.raises(NotValid):
        check_receipt(file.data.replace(b"document.shared", b"document.viewed"), trust)
    with pytest.raises(NotValid):
        check_receipt(file.data, trusting(log.log_keys(portal.brandt), log.log_keys()))


def test_taking_one_is_in_the_log_and_names_the_entry(portal, share_id):
    cleo = portal.actor("cleo")

    actions.take_receipt(cleo, entry_id=share_id)

    (newest,) = log.entries(cleo, limit=1)
    assert (newest.event, newest.facts) == ("receipt.taken", {"entry": ids.public(share_id)})


def test_before_it_is_numbered_there_is_none(portal):
    lay(portal)
    cleo = portal.actor("cleo")
    entry_id = _entry_id(cleo, Event.DOCUMENT_SHARED)

    assert queries.receipt(cleo, entry_id) is None
    with pytest.raises(ReceiptNotReady):
        actions.take_receipt(cleo, entry_id=entry_id)


@pytest.mark.control("tenant-isolation")
def test_nobody_else_gets_it(portal, share_id):
    for actor in (portal.actor("mallory"), portal.actor("dan"), portal.actor("mallory", portal.okoye)):
        with pytest.raises(NotFound):
            actions.take_receipt(actor, entry_id=share_id)
        with pytest.raises(NotFound):
            queries.entry(actor, share_id)


def test_who_may_not_read_the_log_gets_the_receipts_of_their_own_acts(portal):
    from muniment.portal.documents import actions as documents
    from muniment.trust.access import actions as access

    things = lay(portal)
    cleo, dan = portal.actor("cleo"), portal.actor("dan")
    document_id = things.values["document_id"]
    access.give_grant(cleo, person_id=dan.person_id, role="downloader", purpose="Tests")
    documents.download_document(dan, document_id=document_id)
    number()

    mine = queries.earned(dan)

    assert [entry.event for entry in mine] == ["document.downloaded"]
    assert actions.take_receipt(dan, entry_id=mine[0].id).data
    assert {entry.person_id for entry in queries.earned(cleo)} == {dan.person_id, cleo.person_id}


def test_a_receipt_comes_by_mail_as_an_attachment(portal, share_id):
    from muniment.trust.identity.models import Letter

    Letter.objects.all().delete()
    actions.mail_receipt(portal.actor("cleo"), entry_id=share_id)

    message = Letter.objects.get().message
    (attached,) = message["attachments"]
    assert message["to"] == ["cleo@okoye.example"]
    assert attached["media_type"] == "application/vnd.muniment.receipt+json"
    assert "Lease" not in message["body"] + message["subject"] + attached["name"]


def test_the_portal_itself_has_no_address(portal, share_id):
    from muniment.core.actor import Actor

    with pytest.raises(NoMail):
        actions.mail_receipt(Actor.system(portal.okoye), entry_id=share_id)


def test_a_month_comes_as_one_archive(portal, share_id):
    cleo = portal.actor("cleo")
    month = clock.now().date().replace(day=1)

    archive = actions.pack_receipts(cleo, month=month)
    with zipfile.ZipFile(BytesIO(b"".join(queries.packed(cleo, archive)))) as pack:
        names = [name for name in pack.namelist() if name.endswith(".receipt")]
        assert pack.testzip() is None
        assert {json.loads(pack.read(name))["format"] for name in names} == {"muniment-receipt/1"}
        assert "README.txt" in pack.namelist()

    earned = queries.earned(cleo)
    assert len(names) == len(earned) > 0
    assert log.entries(cleo, limit=1)[0].facts == {"month": f"{month:%Y-%m}"}


def test_an_archive_names_what_has_no_receipt_yet(portal):
    lay(portal)
    cleo = portal.actor("cleo")

    archive = actions.pack_receipts(cleo, month=clock.now().date())
    with zipfile.ZipFile(BytesIO(b"".join(queries.packed(cleo, archive)))) as pack:
        missing = pack.read("not-ready-yet.txt").decode()

    assert "document.shared" in missing
    assert len(pack.namelist()) == 2


@pytest.mark.control("tenant-isolation")
def test_an_archive_holds_ones_own_client_alone(portal, share_id):
    mallory = portal.actor("mallory")

    archive = actions.pack_receipts(mallory, month=clock.now().date())
    with zipfile.ZipFile(BytesIO(b"".join(queries.packed(mallory, archive)))) as pack:
        assert pack.namelist() == ["README.txt"]


def _entry_id(actor, event):
    return log.entries(actor, LogFilter(events=(event,)), limit=1)[0].id
