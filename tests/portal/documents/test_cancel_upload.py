from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions, queries
from muniment.portal.documents.errors import UploadOver
from muniment.portal.documents.models import Upload
from muniment.trust.vault import queries as vault
from muniment.trust.vault.errors import BlobMissing
from tests.portal.documents.uploading import events, send


def is_in_store(upload, client_id):
    try:
        with vault.store().open_part(client_id, upload.blob_id):
            return True
    except BlobMissing:
        return False


def test_a_cancelled_upload_is_shredded(cleo):
    upload = actions.begin_upload(cleo, name="a.txt", size_bytes=10)
    send(cleo, upload.id, b"hello")
    before = is_in_store(upload, cleo.client)

    actions.cancel_upload(cleo, upload_id=upload.id)

    assert (before, is_in_store(upload, cleo.client)) == (True, False)
    assert events(cleo, upload.id) == ["upload.cancelled", "upload.begun"]
    assert queries.unfinished_uploads(cleo) == []
    with pytest.raises(UploadOver):
        actions.cancel_upload(cleo, upload_id=upload.id)


def test_only_who_began_it_cancels_it(cleo, ben):
    upload = actions.begin_upload(cleo, name="a.txt", size_bytes=10)

    with pytest.raises(NotFound):
        actions.cancel_upload(ben, upload_id=upload.id)
    assert is_in_store(upload, cleo.client)


def test_what_became_a_document_cannot_be_cancelled(cleo):
    upload = actions.begin_upload(cleo, name="a.txt", size_bytes=0)
    version = actions.finish_upload(cleo, upload_id=upload.id)

    with pytest.raises(UploadOver):
        actions.cancel_upload(cleo, upload_id=upload.id)
    assert queries.document(cleo, version.document_id).name == "a.txt"


def test_what_is_not_finished_in_time_is_shredded(portal, cleo):
    late, waiting = (actions.begin_upload(cleo, name="a.txt", size_bytes=10) for _number in range(2))
    moment = clock.now() - timedelta(seconds=1)
    with acting_as(cleo):
        Upload.objects.filter(id=late.id).update(created_at=moment - timedelta(days=7), expires_at=moment)

    assert actions.expire_uploads(Actor.system(portal.okoye)) == 1
    assert actions.expire_uploads(Actor.system(portal.okoye)) == 0
    assert actions.expire_uploads(Actor.system(portal.brandt)) == 0
    assert [is_in_store(upload, cleo.client) for upload in (late, waiting)] == [False, True]
    assert events(cleo, late.id)[0] == "upload.expired"
