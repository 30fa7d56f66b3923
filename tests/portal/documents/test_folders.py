"""Make, rename, move, trash and restore folders."""

import importlib

import pytest

from muniment.core import ids
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.errors import FolderIntoItself, FolderInTrash, NameRefused, TooDeep
from muniment.trust.access import actions as access
from tests.portal.documents.uploading import add, events


@pytest.fixture
def tree(cleo):
    """Give three folders, one inside the other."""
    outer = actions.create_folder(cleo, name="Outer")
    middle = actions.create_folder(cleo, name="Middle", parent_id=outer.id)
    return outer, middle, actions.create_folder(cleo, name="Inner", parent_id=middle.id)


def names_in(actor, folder_id=None):
    return [row.name for row in queries.folders_in(actor, folder_id)]


def test_a_folder_is_made_where_it_was_wanted(cleo, tree):
    outer, middle, inner = tree

    assert (names_in(cleo), names_in(cleo, outer.id)) == (["Outer"], ["Middle"])
    place = queries.folder_place(cleo, inner.id)
    assert [folder.name for folder in place.way] == ["Outer", "Middle"]
    assert place.here is not None
    assert place.here.name == "Inner"
    assert events(cleo, middle.id) == ["folder.created"]


def test_folders_tell_how_much_is_directly_in_them(cleo, tree):
    add(cleo, "a.txt", b"x", folder_id=tree[0].id)

    (outer,) = queries.folders_in(cleo)
    assert (outer.documents, outer.folders) == (1, 1)


def test_a_folder_gets_another_name(cleo, tree):
    actions.rename_folder(cleo, folder_id=tree[0].id, name=" Taxes ")

    assert names_in(cleo) == ["Taxes"]
    assert events(cleo, tree[0].id)[0] == "folder.renamed"
    with pytest.raises(NameRefused):
        actions.rename_folder(cleo, folder_id=tree[0].id, name="a/b")


def test_a_folder_moves_with_all_in_it(cleo, tree):
    outer, middle, _inner = tree

    actions.move_folder(cleo, folder_id=middle.id, parent_id=None)

    assert (names_in(cleo), names_in(cleo, outer.id), names_in(cleo, middle.id)) == (
        ["Middle", "Outer"],
        [],
        ["Inner"],
    )
    assert events(cleo, middle.id)[0] == "folder.moved"


def test_a_folder_never_comes_to_lie_in_itself(cleo, tree):
    outer, middle, inner = tree

    for place in (outer, middle, inner):
        with pytest.raises(FolderIntoItself):
            actions.move_folder(cleo, folder_id=outer.id, parent_id=place.id)
    assert [folder.name for folder, _depth in queries.folder_choices(cleo, "folder:create", without=middle.id)] == [
        "Outer"
    ]


def test_folders_are_not_endlessly_deep(cleo):
    parent = None
    for _number in range(32):
        parent = actions.create_folder(cleo, name="Deeper", parent_id=parent).id

    with pytest.raises(TooDeep):
        actions.create_folder(cleo, name="Too deep", parent_id=parent)
    other = actions.create_folder(cleo, name="Other")
    with pytest.raises(TooDeep):
        actions.move_folder(cleo, folder_id=other.id, parent_id=parent)


def test_a_trashed_folder_takes_all_in_it_along_and_brings_it_back(cleo, tree):
    outer, _middle, inner = tree
    inside = add(cleo, "inside.txt", b"x", folder_id=inner.id)
    earlier = add(cleo, "earlier.txt", b"x", folder_id=inner.id)
    actions.trash_document(cleo, document_id=earlier.document_id)

    assert actions.trash_folder(cleo, folder_id=outer.id) == 1

    for folder in tree:
        with pytest.raises(NotFound):
            queries.folder_place(cleo, folder.id)
    with pytest.raises(NotFound):
        queries.document(cleo, inside.document_id)
    assert queries.recent_documents(cleo) == []
    listed = queries.trash(cleo)
    assert ([row.name for row in listed.folders], [row.name for row in listed.documents]) == (
        ["Outer"],
        ["earlier.txt"],
    )
    with pytest.raises(FolderInTrash):
        actions.restore_document(cleo, document_id=earlier.document_id)
    with pytest.raises(FolderInTrash):
        actions.restore_folder(cleo, folder_id=inner.id)

    actions.restore_folder(cleo, folder_id=outer.id)

    assert queries.document(cleo, inside.document_id).name == "inside.txt"
    assert [row.name for row in queries.trash(cleo).documents] == ["earlier.txt"]
    assert events(cleo, outer.id) == ["folder.restored", "folder.trashed", "folder.created"]
    with pytest.raises(NotFound):
        actions.restore_folder(cleo, folder_id=outer.id)


@pytest.mark.control("limit-inside", "authz-after-auth", "access-what")
def test_nobody_changes_folders_that_are_not_theirs_to_change(cleo, dan, mallory, tree):
    outer, middle, _inner = tree
    access.give_grant(
        cleo.system(cleo.client),
        person_id=dan.person_id,
        role="viewer",
        purpose="Look",
        scope=("folder", outer.id),
    )
    attempts = [
        lambda who: actions.create_folder(who, name="x", parent_id=outer.id),
        lambda who: actions.create_folder(who, name="x"),
        lambda who: actions.rename_folder(who, folder_id=outer.id, name="x"),
        lambda who: actions.move_folder(who, folder_id=middle.id, parent_id=None),
        lambda who: actions.trash_folder(who, folder_id=outer.id),
        lambda who: actions.restore_folder(who, folder_id=outer.id),
    ]

    for who in (dan, mallory):
        for attempt in attempts:
            with pytest.raises(NotFound):
                attempt(who)
    assert names_in(dan) == ["Outer"]
    assert names_in(mallory) == []
    with pytest.raises(NotFound):
        actions.create_folder(cleo, name="x", parent_id=ids.new())


def test_an_editor_of_one_folder_works_inside_it_and_not_beside_it(cleo, dan, tree):
    outer, middle, inner = tree
    actions.share_folder(cleo, folder_id=middle.id, person_id=dan.person_id, role="editor", purpose="Sort receipts")

    made = actions.create_folder(dan, name="Sorted", parent_id=inner.id)

    assert [folder.name for folder in queries.folder_place(dan, made.id).way] == ["Middle", "Inner"]
    for attempt in (
        lambda: actions.create_folder(dan, name="x", parent_id=outer.id),
        lambda: actions.move_folder(dan, folder_id=made.id, parent_id=outer.id),
        lambda: actions.move_folder(dan, folder_id=made.id, parent_id=None),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_full_trash_is_read_page_by_page(cleo, monkeypatch):
    monkeypatch.setattr(importlib.import_module("muniment.portal.documents.queries.trash"), "PAGE", 2)
    names = [f"{number}.txt" for number in range(3)]
    for name in names:
        actions.trash_document(cleo, document_id=add(cleo, name, b"x").document_id)
    actions.trash_folder(cleo, folder_id=actions.create_folder(cleo, name="Last").id)

    first, second = queries.trash(cleo), queries.trash(cleo, page=2)

    assert [thing.name for thing in first.things] == ["Last", "2.txt"]
    assert [thing.name for thing in second.things] == ["1.txt", "0.txt"]
    assert (first.has_more, second.has_more) == (True, False)
