from dataclasses import replace
from hashlib import sha256

import pytest

from muniment.core import clock, ids
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.errors import UploadOver
from muniment.trust.access import actions as access
from muniment.trust.vault.errors import ChecksumMismatch, Locked, PastLength, WrongOffset
from tests.portal.documents.uploading import send


@pytest.fixture
def upload(cleo):
    """Give an upload of ten bytes that nothing has arrived of."""
    return actions.begin_upload(cleo, name="a.txt", size_bytes=10)


def arrived(actor, upload):
    return queries.upload(actor, upload.id).received_bytes


def test_parts_add_up(cleo, upload):
    assert send(cleo, upload.id, b"hello") == 5
    assert send(cleo, upload.id, b"world", 5) == 10
    assert arrived(cleo, upload) == 10


def test_a_part_must_go_on_where_the_upload_stands(cleo, upload):
    send(cleo, upload.id, b"hello")

    with pytest.raises(WrongOffset) as refused:
        send(cleo, upload.id, b"hello", 0)
    assert refused.value.headers == {"Upload-Offset": "5"}
    with pytest.raises(PastLength):
        send(cleo, upload.id, b"much too long", 5)
    assert arrived(cleo, upload) == 5


def test_a_broken_connection_keeps_what_came(cleo, upload):
    with (
        pytest.raises(EOFError),
        actions.receive_chunk(cleo, upload_id=upload.id, offset=0, size_bytes=10) as receiver,
    ):
        receiver.feed(b"hell")
        raise EOFError

    assert arrived(cleo, upload) == 4


def test_a_part_that_was_damaged_on_its_way_is_not_kept(cleo, upload):
    with pytest.raises(ChecksumMismatch):
        send(cleo, upload.id, b"hallo", checksum=("sha256", sha256(b"hello").digest()))

    assert arrived(cleo, upload) == 0
    assert send(cleo, upload.id, b"hello", checksum=("sha256", sha256(b"hello").digest())) == 5


def test_two_parts_do_not_come_at_once(cleo, upload):
    with (
        actions.receive_chunk(cleo, upload_id=upload.id, offset=0, size_bytes=5) as first,
        pytest.raises(Locked),
    ):
        send(cleo, upload.id, b"hello")
    assert first.offset == 0


def test_an_upload_cancelled_while_a_part_comes_is_over(cleo):
    large = actions.begin_upload(cleo, name="a.bin", size_bytes=20 * 2**20)

    with (
        pytest.raises(UploadOver),
        actions.receive_chunk(cleo, upload_id=large.id, offset=0, size_bytes=20 * 2**20) as receiver,
    ):
        receiver.feed(bytes(2**20))
        actions.cancel_upload(cleo, upload_id=large.id)
        for _number in range(19):
            receiver.feed(bytes(2**20))


@pytest.mark.control("authz-after-auth")
def test_each_part_is_decided_anew(cleo, dan, ben, upload):
    folder = actions.create_folder(cleo, name="Tax")
    grant = actions.share_folder(cleo, folder_id=folder.id, person_id=dan.person_id, role="editor", purpose="Receipts")
    dans = actions.begin_upload(dan, name="a.txt", size_bytes=10, folder_id=folder.id)
    send(dan, dans.id, b"hello")
    access.end_grant(cleo, grant_id=grant.id)

    with pytest.raises(NotFound):
        send(dan, dans.id, b"world", 5)
    for stranger in (ben, dan):
        with pytest.raises(NotFound):
            send(stranger, upload.id, b"hello")
    with pytest.raises(NotFound):
        send(cleo, ids.new(), b"hello")


@pytest.mark.control("session-kill-on-pw-change")
def test_an_upload_begun_before_the_sign_in_changed_is_over(cleo, upload):
    changed = replace(cleo, credentials_changed_at=clock.now())

    with pytest.raises(UploadOver):
        send(changed, upload.id, b"hello")
