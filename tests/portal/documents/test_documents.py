"""Rename, move, trash and restore documents."""

import pytest

from muniment.core import ids
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.errors import NameRefused, NothingChosen, WouldWiden
from tests.portal.documents.uploading import add, events


def test_a_document_gets_another_name_and_stays_what_it_is(cleo, contract):
    renamed = actions.rename_document(cleo, document_id=contract.document_id, name="picture.png")

    assert (renamed.name, renamed.kind) == ("picture.png", "pdf")
    assert events(cleo, contract.document_id)[0] == "document.renamed"
    with pytest.raises(NameRefused):
        actions.rename_document(cleo, document_id=contract.document_id, name="..")


def test_a_document_moves_and_can_be_opened_by_who_can_open_the_folder(cleo, dan, contract):
    folder = actions.create_folder(cleo, name="Shared")
    actions.share_folder(cleo, folder_id=folder.id, person_id=dan.person_id, role="viewer", purpose="Look")
    with pytest.raises(NotFound):
        queries.document(dan, contract.document_id)

    with pytest.raises(WouldWiden) as refusal:
        actions.move_document(cleo, document_id=contract.document_id, folder_id=folder.id)
    actions.move_document(cleo, document_id=contract.document_id, folder_id=folder.id, widen=True)

    assert refusal.value.person_ids == {dan.person_id}
    assert queries.document(dan, contract.document_id).folder_id == folder.id
    assert events(cleo, contract.document_id)[0] == "document.moved"
    with pytest.raises(NotFound):
        actions.move_document(cleo, document_id=contract.document_id, folder_id=ids.new())


def test_a_document_in_the_trash_is_not_there_until_it_is_restored(cleo, dan, contract):
    actions.share_document(
        cleo, document_id=contract.document_id, person_id=dan.person_id, role="downloader", purpose="Keep"
    )
    actions.trash_document(cleo, document_id=contract.document_id)

    for attempt in (
        lambda: actions.view_document(cleo, document_id=contract.document_id),
        lambda: actions.download_document(dan, document_id=contract.document_id),
        lambda: actions.rename_document(cleo, document_id=contract.document_id, name="x"),
        lambda: actions.trash_document(cleo, document_id=contract.document_id),
        lambda: actions.pack_documents(cleo, document_ids=[contract.document_id]),
        lambda: actions.restore_document(dan, document_id=contract.document_id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert actions.pack_documents(cleo, whole=True) == []

    actions.restore_document(cleo, document_id=contract.document_id)

    assert actions.view_document(dan, document_id=contract.document_id).handle
    assert events(cleo, contract.document_id)[1:3] == ["document.restored", "document.trashed"]


def test_several_go_together_or_not_at_all(cleo, contract):
    other = add(cleo, "other.txt", b"x")
    folder = actions.create_folder(cleo, name="Tax")

    with pytest.raises(NotFound):
        actions.move_documents(cleo, document_ids=[contract.document_id, ids.new()], folder_id=folder.id)
    with pytest.raises(NothingChosen):
        actions.trash_documents(cleo, document_ids=[])
    unchanged = queries.documents_in(cleo, folder.id).rows
    chosen = [contract.document_id, other.document_id]

    assert unchanged == []
    assert actions.move_documents(cleo, document_ids=chosen, folder_id=folder.id) == 2
    assert actions.trash_documents(cleo, document_ids=chosen) == 2


@pytest.mark.control("limit-inside", "authz-after-auth", "access-what")
def test_who_may_only_view_changes_nothing(cleo, dan, mallory, contract):
    actions.share_document(
        cleo, document_id=contract.document_id, person_id=dan.person_id, role="viewer", purpose="Read"
    )
    here = contract.document_id
    attempts = {
        "document:rename": lambda who: actions.rename_document(who, document_id=here, name="x"),
        "document:move": lambda who: actions.move_document(who, document_id=here, folder_id=None),
        "document:trash": lambda who: actions.trash_document(who, document_id=here),
        "document:download": lambda who: actions.download_document(who, document_id=here),
        "document:share": lambda who: actions.share_document(
            who, document_id=here, person_id=None, role="viewer", purpose="x"
        ),
        "document:upload": lambda who: actions.begin_upload(who, name="x", size_bytes=1, document_id=here),
    }

    for who in (dan, mallory):
        for attempt in attempts.values():
            with pytest.raises(NotFound):
                attempt(who)
    assert actions.view_document(dan, document_id=here).document.name == "Contract.pdf"
    with pytest.raises(NotFound):
        actions.view_document(mallory, document_id=here)
