"""Closed folders: who stays in, who comes in, and what nobody is let into silently."""

import pytest

from muniment.core import ids
from muniment.core.errors import NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.errors import AlreadySo, NobodyLeft, WouldWiden
from muniment.portal.documents.types import Wanted
from muniment.trust.access import queries as access
from tests.portal.documents.uploading import add, events


@pytest.fixture
def board(cleo):
    """Give a folder with a folder and a document in it."""
    outer = actions.create_folder(cleo, name="Board")
    inner = actions.create_folder(cleo, name="Minutes", parent_id=outer.id)
    return outer, inner, add(cleo, "a.txt", b"a", folder_id=inner.id)


def way_of(actor, folder_id=None):
    """Return the grant by which somebody is in their client."""
    return next(way.id for way in queries.ways_in(actor, folder_id) if way.person_id == actor.person_id)


def sees(actor, board):
    """Return whether somebody finds the folder and its document, by single looks and by lists alike."""
    found = []
    for ask in (
        lambda: queries.folder_place(actor, board[0].id),
        lambda: queries.folder_place(actor, board[1].id),
        lambda: queries.document(actor, board[2].document_id),
    ):
        try:
            ask()
            found.append(True)
        except NotFound:
            found.append(False)
    listed = board[0].id in {row.id for row in queries.folders_in(actor)}
    recent = board[2].document_id in {row.id for row in queries.recent_documents(actor)}
    assert {*found, listed, recent} in ({True}, {False})
    return listed


@pytest.mark.control("file-level-need", "need-to-know")
def test_grants_from_around_a_closed_folder_do_not_reach_into_it(ben, cleo, board):
    actions.close_folder(cleo, folder_id=board[0].id, stay=[way_of(cleo)])

    assert (sees(cleo, board), sees(ben, board)) == (True, False)
    assert events(cleo, board[0].id)[0] == "folder.closed"
    with pytest.raises(NotFound):
        actions.open_folder(ben, folder_id=board[0].id)


@pytest.mark.control("file-level-need")
def test_who_it_is_shared_with_gets_into_a_closed_folder_and_no_further(cleo, dan, ben, board):
    actions.close_folder(cleo, folder_id=board[0].id, stay=[way_of(cleo)])
    beside = actions.create_folder(cleo, name="Beside")

    actions.share_folder(cleo, folder_id=board[0].id, person_id=dan.person_id, role="viewer", purpose="Look")

    assert sees(dan, board)
    with pytest.raises(NotFound):
        queries.folder_place(dan, beside.id)
    assert {reader.person_id for reader in queries.readers(cleo, "folder", board[0].id)} == {
        cleo.person_id,
        dan.person_id,
    }


def test_a_closed_folder_inside_keeps_out_who_comes_in_through_the_outer_one(cleo, dan, board):
    actions.share_folder(cleo, folder_id=board[0].id, person_id=dan.person_id, role="viewer", purpose="Look")

    actions.close_folder(cleo, folder_id=board[1].id, stay=[way_of(cleo)])

    here = queries.folder_place(dan, board[0].id).here
    assert here is not None
    assert here.name == "Board"
    assert queries.folders_in(dan, board[0].id) == []
    with pytest.raises(NotFound):
        queries.document(dan, board[2].document_id)


def test_who_stays_may_do_what_they_could_and_for_as_long(ben, cleo, board):
    ways = {way.id: way for way in queries.ways_in(cleo, board[0].id)}

    actions.close_folder(cleo, folder_id=board[0].id, stay=list(ways))

    copied = {(way.person_id, way.role, way.ends_at) for way in access_on(cleo, board[0].id)}
    assert copied == {(way.person_id, way.role, way.ends_at) for way in ways.values()}
    assert sees(ben, board)
    assert actions.open_folder(ben, folder_id=board[0].id).is_closed is False


def access_on(actor, folder_id):
    from muniment.core.unit import acting_as

    with acting_as(actor):
        return access.grants(actor, scope_ids={folder_id})


def test_a_folder_is_never_closed_to_everybody_who_could_open_it(cleo, dan, mallory, board):
    with pytest.raises(NobodyLeft):
        actions.close_folder(cleo, folder_id=board[0].id, stay=[])
    with pytest.raises(NotFound):
        actions.close_folder(cleo, folder_id=board[0].id, stay=[ids.new()])
    for other in (dan, mallory):
        with pytest.raises(NotFound):
            actions.close_folder(other, folder_id=board[0].id, stay=[way_of(cleo)])
    with pytest.raises(AlreadySo):
        actions.open_folder(cleo, folder_id=board[0].id)

    here = queries.folder_place(cleo, board[0].id).here
    assert here is not None
    assert here.is_closed is False


@pytest.mark.control("file-level-need")
def test_opening_a_closed_folder_to_more_people_takes_agreement(ben, cleo, board):
    actions.close_folder(cleo, folder_id=board[0].id, stay=[way_of(cleo)])

    with pytest.raises(WouldWiden) as refusal:
        actions.open_folder(cleo, folder_id=board[0].id)
    assert refusal.value.person_ids == {ben.person_id}
    assert queries.newly_by_opening(cleo, board[0].id) == [ben.person_id]
    assert not sees(ben, board)

    actions.open_folder(cleo, folder_id=board[0].id, widen=True)
    assert sees(ben, board)


@pytest.mark.control("file-level-need")
def test_nothing_moves_out_of_a_closed_folder_to_more_people_without_agreement(ben, cleo, board):
    actions.close_folder(cleo, folder_id=board[0].id, stay=[way_of(cleo)])

    with pytest.raises(WouldWiden) as refusal:
        actions.move_folder(cleo, folder_id=board[1].id, parent_id=None)
    with pytest.raises(WouldWiden):
        actions.move_documents(cleo, document_ids=[board[2].document_id], folder_id=None)
    assert refusal.value.person_ids == {ben.person_id}

    actions.move_folder(cleo, folder_id=board[0].id, parent_id=actions.create_folder(cleo, name="Outer").id)
    with pytest.raises(NotFound):
        queries.folder_place(ben, board[0].id)
    actions.move_document(cleo, document_id=board[2].document_id, folder_id=None, widen=True)
    assert queries.document(ben, board[2].document_id).folder_id is None


def test_a_folder_can_be_closed_from_its_beginning(ben, cleo, browser_of, portal):
    browser, address = browser_of("cleo"), f"/{ids.public(portal.okoye)}/documents/new-folder/"
    page = browser.get(address, secure=True).content.decode()
    assert "Ben Vane" in page

    way = ids.public(way_of(cleo))
    values = {"name": "Board", "parent_id": "", "gets_in": "chosen", "stay": [way]}
    assert browser.post(address, values, secure=True).status_code == 302

    assert [(row.name, row.is_closed) for row in queries.folders_in(cleo)] == [("Board", True)]
    assert queries.folders_in(ben) == []


def test_pages_close_and_open_a_folder(ben, cleo, board, browser_of, portal):
    browser = browser_of("cleo")
    base = f"/{ids.public(portal.okoye)}/documents/folders/{ids.public(board[0].id)}/"

    assert browser.post(f"{base}close/", {"stay": []}, secure=True).status_code == 409
    assert browser.post(f"{base}close/", {"stay": [ids.public(way_of(cleo))]}, secure=True).status_code == 302
    assert "Closed" in browser.get(base, secure=True).content.decode()
    assert not sees(ben, board)
    asked = browser.post(f"{base}open/", {}, secure=True)
    assert (asked.status_code, "Ben Vane" in asked.content.decode()) == (422, True)
    assert browser.post(f"{base}open/", {"widen": "on"}, secure=True).status_code == 302
    assert sees(ben, board)


@pytest.mark.control("need-to-know")
def test_the_buttons_of_a_folder_know_of_a_closed_one_around_it_that_the_actor_does_not_see(cleo, ben, board):
    """Ben may everything at Okoye, but not in what is closed; one folder in there is shared with him to look at."""
    actions.close_folder(cleo, folder_id=board[0].id, stay=[way_of(cleo)])
    actions.share_folder(cleo, folder_id=board[1].id, person_id=ben.person_id, role="viewer", purpose="Look")

    page = queries.folder_page(ben, board[1].id, Wanted())

    assert [folder.id for folder in page.way] == [board[1].id]
    assert page.may & {"document:view", "document:upload", "document:share", "folder:close"} == {"document:view"}
    with pytest.raises(NotFound):
        actions.create_folder(ben, name="More", parent_id=board[1].id)
