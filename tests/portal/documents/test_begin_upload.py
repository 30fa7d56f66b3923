from dataclasses import replace
from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.actions import uploads
from muniment.portal.documents.errors import NameRefused, TooLarge, TooManyUploads
from tests.portal.documents.uploading import entries, events


def test_an_upload_waits_for_its_bytes(cleo):
    begun = actions.begin_upload(cleo, name=" Lease.pdf", size_bytes=10)

    assert (begun.name, begun.received_bytes, begun.is_finished) == ("Lease.pdf", 0, False)
    assert begun.expires_at - begun.created_at == timedelta(days=7)
    assert queries.unfinished_uploads(cleo) == [begun]
    assert events(cleo, begun.id) == ["upload.begun"]


@pytest.mark.control("limit-inside", "authz-after-auth")
def test_nobody_uploads_where_they_may_not(cleo, dan, mallory):
    folder = actions.create_folder(cleo, name="Tax")

    for stranger in (dan, mallory):
        for place in ({}, {"folder_id": folder.id}, {"folder_id": ids.new()}):
            with pytest.raises(NotFound):
                actions.begin_upload(stranger, name="a.txt", size_bytes=1, **place)
    assert entries(cleo)[0].event == "act.refused"
    assert entries(cleo)[0].facts == {"attempt": "begin_upload", "rule": "not-found"}


def test_nothing_is_uploaded_into_the_trash(cleo, contract):
    folder = actions.create_folder(cleo, name="Tax")
    actions.trash_folder(cleo, folder_id=folder.id)
    actions.trash_document(cleo, document_id=contract.document_id)

    for place in ({"folder_id": folder.id}, {"document_id": contract.document_id}):
        with pytest.raises(NotFound):
            actions.begin_upload(cleo, name="a.txt", size_bytes=1, **place)


def test_who_may_only_view_adds_no_version(cleo, dan, contract):
    actions.share_document(
        cleo, document_id=contract.document_id, person_id=dan.person_id, role="viewer", purpose="Read"
    )

    with pytest.raises(NotFound):
        actions.begin_upload(dan, name="a.txt", size_bytes=1, document_id=contract.document_id)


@pytest.mark.control("server-validation")
def test_what_the_portal_does_not_take_is_refused(cleo):
    with pytest.raises(NameRefused):
        actions.begin_upload(cleo, name="a/b", size_bytes=1)
    for size in (-1, 10 * 2**30 + 1):
        with pytest.raises(TooLarge):
            actions.begin_upload(cleo, name="a.txt", size_bytes=size)


def test_one_person_has_a_limited_number_of_unfinished_uploads(cleo, ben, monkeypatch):
    monkeypatch.setattr(uploads, "UNFINISHED_MOST", 2)
    for _number in range(2):
        actions.begin_upload(cleo, name="a.txt", size_bytes=1)

    with pytest.raises(TooManyUploads):
        actions.begin_upload(cleo, name="a.txt", size_bytes=1)
    assert actions.begin_upload(ben, name="a.txt", size_bytes=1).size_bytes == 1


def test_uploads_begun_before_the_sign_in_changed_are_not_listed(cleo):
    actions.begin_upload(cleo, name="a.txt", size_bytes=1)

    assert queries.unfinished_uploads(replace(cleo, credentials_changed_at=clock.now())) == []
