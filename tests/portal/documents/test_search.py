"""What is found by its name or its words is exactly what may be seen, and what holds them."""

import pytest

from muniment.core.actor import Actor
from muniment.portal.documents import actions, queries
from tests.portal.documents.uploading import add, put, vet

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


def test_what_lies_in_a_folder_goes_and_comes_back_with_it(cleo, lease):
    folder_id = queries.document(cleo, lease).folder_id
    assert folder_id is not None

    actions.trash_folder(cleo, folder_id=folder_id)
    assert found(cleo, "lease") == []

    actions.restore_folder(cleo, folder_id=folder_id)
    read(cleo.client)
    assert found(cleo, "roof") == ["Lease, 14 Calder Street.txt"]


@pytest.mark.control("limit-inside", "access-what")
def test_who_was_given_a_part_finds_that_part_and_counts_nothing_else(cleo, dan, lease):
    hidden = actions.create_folder(cleo, name="Hidden")
    inside = actions.create_folder(cleo, name="Inside", parent_id=hidden.id)
    for name, place in (("Lease a.txt", hidden.id), ("Lease b.txt", inside.id), ("Lease c.txt", None)):
        add(cleo, name, LEASE, folder_id=place)
    read(cleo.client)
    shared = {"person_id": dan.person_id, "role": "viewer", "purpose": "Look", "until": None}

    assert len(found(cleo, "roof")) == len(found(cleo, "lease")) == 4
    assert queries.search(dan, "lease").rows == []
    actions.share_document(cleo, document_id=lease, **shared)
    (row,) = queries.search(dan, "lease").rows
    assert (row.document.id, row.place) == (lease, "")  # the folder around it is not his to see
    actions.share_folder(cleo, folder_id=inside.id, **shared)
    assert set(found(dan, "roof")) == {"Lease, 14 Calder Street.txt", "Lease b.txt"}
    actions.move_document(cleo, document_id=lease, folder_id=None)
    actions.move_folder(cleo, folder_id=inside.id, parent_id=None)
    assert set(found(dan, "roof")) == {"Lease, 14 Calder Street.txt", "Lease b.txt"}


@pytest.mark.control("tenant-isolation")
def test_another_client_finds_nothing_however_it_asks(mallory, portal, lease):
    assert found(mallory, "lease") == found(portal.actor("mallory"), "lease") == []
    assert queries.search_everywhere(portal.actor("mallory"), "lease", client_id=portal.okoye).rows == []
    assert queries.search_everywhere(portal.actor("ada"), "lease").rows == []
    (row,) = queries.search_everywhere(portal.actor("ben"), "lease roof").rows
    assert row.document.id == lease


def test_pages_of_many_hits_show_each_once_and_newest_first(cleo):
    for number in range(60):
        put(cleo, f"Statement {number:02}.txt", b"x")

    first = queries.search(cleo, "statement")
    second = queries.search(cleo, "statement", older=first.older)

    names = [row.document.name for row in first.rows + second.rows]
    assert names == [f"Statement {number:02}.txt" for number in reversed(range(60))]
    assert (len(first.rows), second.older) == (50, None)


@pytest.mark.control("safe-uploads")
def test_nothing_is_read_out_of_a_file_before_it_is_vetted(cleo):
    version = put(cleo, "Fresh.txt", LEASE)

    read(cleo.client)
    assert (found(cleo, "roof"), found(cleo, "fresh")) == ([], ["Fresh.txt"])
    vet(cleo, version.id)
    assert actions.index_document(Actor.system(cleo.client), document_id=version.document_id)
    assert found(cleo, "roof") == ["Fresh.txt"]


def test_reading_a_client_can_be_cut_off_anywhere_and_goes_on(cleo):
    for number in range(4):
        add(cleo, f"{number}.txt", LEASE)
    system = Actor.system(cleo.client, purpose="search")

    turns, after = 0, actions.index_client(system, seconds=0)
    while after is not None:
        turns, after = turns + 1, actions.index_client(system, after=after, seconds=0)

    assert turns >= 3
    assert len(found(cleo, "roof")) == 4
