"""Files for an item lie in the right folder with the right name and label, whoever sends them and however."""

from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.unit import acting_as
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.errors import LinkNeedsFolder, MoveRefused, NoFileHere
from muniment.portal.checklists.filing import file_name
from muniment.portal.checklists.plans import Plan, PlanItem
from muniment.portal.checklists.states import State
from muniment.portal.documents import actions as uploads
from muniment.portal.documents import queries as documents
from muniment.trust.access import queries as links
from muniment.trust.audit import queries as log
from tests.portal.checklists.asking import STATEMENTS, TURNOVER, answer, put_file, send
from tests.portal.documents.guest import Guest, link_address
from tests.portal.documents.uploading import CONTRACT
from tests.portal.documents.uploading import send as send_bytes


@pytest.mark.control("client-requests")
def test_a_file_is_filed_where_it_belongs_and_answers_the_item(ben, cleo, sent):
    version = put_file(cleo, sent[STATEMENTS], "scan0001.PDF")

    found = documents.document(ben, version.document_id)
    assert found.name == "Bank statements 2026.pdf"
    assert found.folder_id == sent[STATEMENTS].folder_id
    assert found.label == "confidential"
    assert sent[STATEMENTS].state == State.ANSWERED
    (file,) = queries.item_page(cleo, sent[STATEMENTS].id).files
    assert (file.document_id, file.name, file.added_by) == (found.id, found.name, cleo.person_id)


def test_a_second_file_has_a_name_of_its_own_and_one_can_be_taken_away(cleo, sent):
    put_file(cleo, sent[STATEMENTS], "a.pdf")
    put_file(cleo, sent[STATEMENTS], "b.csv", b"1;2")

    files = queries.item_page(cleo, sent[STATEMENTS].id).files
    assert [file.name for file in files] == ["Bank statements 2026.pdf", "Bank statements 2026 (2).csv"]

    actions.remove_file(cleo, item_id=sent[STATEMENTS].id, file_id=files[0].id)
    assert sent[STATEMENTS].state == State.ANSWERED
    actions.remove_file(cleo, item_id=sent[STATEMENTS].id, file_id=files[1].id)
    assert sent[STATEMENTS].state == State.OPEN
    assert {row.id for row in documents.trash(cleo).documents} == {file.document_id for file in files}


def test_a_file_in_pieces_goes_on_later_and_answers_with_its_last_byte(cleo, sent):
    item = sent[STATEMENTS]
    upload = actions.begin_file(cleo, item_id=item.id, name="scan.pdf", size_bytes=len(CONTRACT))
    send_bytes(cleo, upload.id, CONTRACT[:20])
    assert sent[STATEMENTS].state == State.OPEN
    (unfinished,) = queries.item_page(cleo, item.id).unfinished
    assert (unfinished.received_bytes, unfinished.size_bytes) == (20, len(CONTRACT))

    send_bytes(cleo, upload.id, CONTRACT[20:], offset=20)
    uploads.finish_upload(cleo, upload_id=upload.id)

    assert sent[STATEMENTS].state == State.ANSWERED
    assert queries.item_page(cleo, item.id).unfinished == []


def test_files_go_to_items_that_ask_for_them_alone(ben, cleo, sent):
    with pytest.raises(NoFileHere):
        actions.begin_file(cleo, item_id=sent[TURNOVER].id, name="a.pdf", size_bytes=1)
    put_file(cleo, sent[STATEMENTS])
    actions.accept_item(ben, item_id=sent[STATEMENTS].id, version=sent[STATEMENTS].version)
    with pytest.raises(MoveRefused):
        actions.begin_file(cleo, item_id=sent[STATEMENTS].id, name="a.pdf", size_bytes=1)


def test_a_file_that_comes_too_late_is_kept_and_moves_nothing(ben, cleo, sent):
    item = sent[STATEMENTS]
    slow = actions.begin_file(cleo, item_id=item.id, name="slow.pdf", size_bytes=len(CONTRACT))
    put_file(cleo, sent[STATEMENTS])
    actions.accept_item(ben, item_id=item.id, version=sent[STATEMENTS].version)

    send_bytes(cleo, slow.id, CONTRACT)
    uploads.finish_upload(cleo, upload_id=slow.id)

    assert sent[STATEMENTS].state == State.ACCEPTED
    assert len(queries.item_page(ben, item.id).files) == 2


def _link(ben, item):
    return actions.send_item_link(
        ben, item_id=item.id, email="eve@bank.example", purpose=item.title, until=clock.now() + timedelta(days=3)
    )


@pytest.mark.control("client-requests")
def test_somebody_without_an_account_sends_the_file_and_sees_nothing(portal, ben, cleo, sent):
    _link(ben, sent[STATEMENTS])
    guest = Guest(portal.okoye).come_in(link_address())

    guest.post("send/", {"file": _file("from the bank.pdf")})

    (file,) = queries.item_page(cleo, sent[STATEMENTS].id).files
    assert file.name == "Bank statements 2026.pdf"
    assert sent[STATEMENTS].state == State.ANSWERED
    assert documents.document(ben, file.document_id).label == "confidential"
    page = f"/{ids.public(portal.okoye)}/requests/{ids.public(sent.id)}/"
    assert guest.get(page).status_code in {302, 404}


def test_the_link_ends_when_the_item_is_accepted(portal, ben, cleo, sent):
    link = _link(ben, sent[STATEMENTS])
    guest = Guest(portal.okoye).come_in(link_address())
    put_file(cleo, sent[STATEMENTS])

    actions.accept_item(ben, item_id=sent[STATEMENTS].id, version=sent[STATEMENTS].version)

    assert guest.get("upload/").status_code != 200
    with acting_as(ben):
        assert links.guest_link(ben, link.id).has_ended(clock.now())
    with pytest.raises(MoveRefused):
        _link(ben, sent[STATEMENTS])


def test_a_link_needs_a_folder_and_an_item_that_asks_for_a_file(ben, sent):
    with pytest.raises(NoFileHere):
        _link(ben, sent[TURNOVER])
    at_the_top = send(ben, Plan("One", items=(PlanItem(1, "upload", "Anything"),)))
    with pytest.raises(LinkNeedsFolder):
        _link(ben, at_the_top["Anything"])


def test_no_name_and_no_answer_stands_in_the_log(ben, cleo, sent):
    put_file(cleo, sent[STATEMENTS], "secret-name.pdf")
    answer(cleo, sent[TURNOVER], "31415")

    told = str([(entry.event, entry.facts) for entry in log.entries(ben, limit=200)])

    assert "secret-name" not in told
    assert "31415" not in told
    assert "Bank statements" not in told


@pytest.mark.parametrize(
    ("wanted", "sent_as", "number", "name"),
    [
        ("Bank statements", "scan.PDF", 1, "Bank statements.pdf"),
        ("Bank statements", "scan", 2, "Bank statements (2)"),
        ("A/B: C?", "x.tar.gz", 1, "A B C.gz"),
        ("..", "x.pdf", 1, "File.pdf"),
        ("Lease", "evil.p\u202edf", 1, "Lease"),
        ("Long " * 100, "x.pdf", 1, f"{('Long ' * 100)[:200].strip()}.pdf"),
    ],
)
def test_files_are_called_after_what_was_asked_for(wanted, sent_as, number, name):
    assert file_name(wanted, sent_as, number) == name


def _file(name):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, CONTRACT)
