from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.errors import NotAllHere
from tests.portal.documents.uploading import CONTRACT, add, events, send, stored


@pytest.mark.control("share-files", "audit-actions")
def test_an_upload_becomes_a_document_with_its_first_version(cleo):
    version = add(cleo, "Contract.pdf", CONTRACT)

    document = queries.document(cleo, version.document_id)
    assert (document.name, document.kind, document.size_bytes, version.number) == (
        "Contract.pdf",
        "pdf",
        len(CONTRACT),
        1,
    )
    assert stored(version, cleo.client) == CONTRACT
    assert events(cleo, version.document_id) == ["document.added"]


def test_an_upload_to_a_document_becomes_its_next_version(cleo, ben, contract):
    second = add(ben, "Contract signed.pdf", CONTRACT + b"signed", document_id=contract.document_id)

    numbers = [(version.number, version.added_by) for version in queries.versions(cleo, contract.document_id)]
    document = queries.document(cleo, contract.document_id)
    assert numbers == [(2, ben.person_id), (1, cleo.person_id)]
    assert (document.name, document.version_count, document.changed_by) == ("Contract.pdf", 2, ben.person_id)
    assert stored(contract, cleo.client) == CONTRACT
    assert stored(second, cleo.client) == CONTRACT + b"signed"
    assert "version.added" in events(cleo, contract.document_id)


def test_finishing_again_gives_the_same_version_and_no_second_entry(cleo):
    upload = actions.begin_upload(cleo, name="a.txt", size_bytes=2)
    send(cleo, upload.id, b"hi")

    first = actions.finish_upload(cleo, upload_id=upload.id)
    again = actions.finish_upload(cleo, upload_id=upload.id)

    assert first == again
    assert events(cleo, first.document_id) == ["document.added"]


def test_finishing_twice_at_once_makes_one_document(cleo):
    upload = actions.begin_upload(cleo, name="a.txt", size_bytes=2)
    send(cleo, upload.id, b"hi")

    def finish(_number):
        try:
            return actions.finish_upload(cleo, upload_id=upload.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(finish, range(4)))

    assert len(made) == 1
    assert len(queries.documents_in(cleo).rows) == 1
    assert "act.refused" not in events(cleo)


def test_a_document_is_not_made_before_all_of_it_arrived(cleo):
    upload = actions.begin_upload(cleo, name="a.txt", size_bytes=10)
    send(cleo, upload.id, b"half!")

    with pytest.raises(NotAllHere):
        actions.finish_upload(cleo, upload_id=upload.id)

    assert queries.documents_in(cleo).rows == []


def test_another_persons_upload_is_not_there(cleo, ben):
    upload = actions.begin_upload(cleo, name="a.txt", size_bytes=2)
    send(cleo, upload.id, b"hi")

    with pytest.raises(NotFound):
        actions.finish_upload(ben, upload_id=upload.id)

    assert queries.documents_in(cleo).rows == []


def test_what_a_file_is_is_decided_by_its_bytes(cleo):
    pretending = add(cleo, "invoice.pdf", b"MZ\x90\x00 this is a program")

    assert (pretending.media_type, queries.document(cleo, pretending.document_id).kind) == (
        "application/octet-stream",
        "other",
    )


def test_an_empty_file_becomes_a_document(cleo):
    upload = actions.begin_upload(cleo, name="empty.txt", size_bytes=0)

    version = actions.finish_upload(cleo, upload_id=upload.id)

    assert (version.size_bytes, stored(version, cleo.client)) == (0, b"")


def test_a_new_version_is_handed_to_the_background_to_be_proved(cleo, contract):
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("select count(*) from procrastinate_jobs")  # the web role hands over and cannot look

    assert actions.prove_version(cleo.system(cleo.client), version_id=contract.id)
