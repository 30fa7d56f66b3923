"""What is found by its name or its words is exactly what may be seen, and what holds them."""

import pytest

from muniment.core.actor import Actor
from muniment.portal.documents import actions, queries
from tests.portal.documents.uploading import add

LEASE = b"The roof of the house in Calder Street leaks."


def read(client_id):
    """Do what the worker does after uploads."""
    return actions.index_client(Actor.system(client_id, purpose="search"))


def found(actor, text, **more):
    return [row.document.name for row in queries.search(actor, text, **more).rows]


@pytest.fixture
def lease(cleo):
    folder = actions.create_folder(cleo, name="Property")
    version = add(cleo, "Lease, 14 Calder Street.txt", LEASE, folder_id=folder.id)
    read(cleo.client)
    return version.document_id


def test_a_document_is_found_wherever_it_lies(cleo, lease):
    for text in ("calder", "LEASE 14", "ald str", "roof leaks", "lease roof"):
        (row,) = queries.search(cleo, text).rows
        assert (row.document.id, row.place, row.client_id) == (lease, "Property", cleo.client), text
    for text in ("calderstreet", "cellar", "roo leaks", "lease cellar"):
        assert found(cleo, text) == [], text


def test_it_is_found_by_its_name_before_its_text_is_read(cleo):
    add(cleo, "Fresh.txt", LEASE)

    assert (found(cleo, "fres"), found(cleo, "roof")) == (["Fresh.txt"], [])
    read(cleo.client)
    assert found(cleo, "roof") == ["Fresh.txt"]


def test_a_renamed_document_is_found_by_its_new_name_and_its_text_only(cleo, lease):
    actions.rename_document(cleo, document_id=lease, name="Roof.txt")

    assert found(cleo, "14") == found(cleo, "lease") == []
    assert found(cleo, "roof") == found(cleo, "calder leaks") == ["Roof.txt"]
    actions.rename_document(cleo, document_id=lease, name="Cellar.txt")
    assert found(cleo, "roof") == found(cleo, "cellar roof") == ["Cellar.txt"]


def test_only_the_newest_version_is_found_by_its_text(cleo, lease):
    add(cleo, "whatever.txt", b"Terms of the garden", document_id=lease)

    assert found(cleo, "roof") == []
    assert found(cleo, "calder") == ["Lease, 14 Calder Street.txt"]
    read(cleo.client)
    assert (found(cleo, "roof"), found(cleo, "garden")) == ([], ["Lease, 14 Calder Street.txt"])


def test_what_is_in_the_trash_is_not_found_until_it_is_taken_back(cleo, lease):
    actions.trash_document(cleo, document_id=lease)
    assert found(cleo, "roof") == found(cleo, "lease") == []

    actions.restore_document(cleo, document_id=lease)
    assert found(cleo, "lease") == ["Lease, 14 Calder Street.txt"]
    read(cleo.client)
    assert found(cleo, "roof") == ["Lease, 14 Calder Street.txt"]
