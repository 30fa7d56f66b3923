"""Messages are changed and removed by who wrote them, and nothing that was said is lost."""

import pytest

from muniment.core.errors import NotFound
from muniment.portal.conversations import actions, queries
from muniment.portal.conversations.errors import Moved, NotYours, Removed
from muniment.portal.conversations.types import Place
from tests.cast import Portal


@pytest.fixture
def said(portal: Portal):
    """Cleo began a thread and said one thing more: (thread, message)."""
    cleo = portal.actor("cleo")
    thread = actions.start_thread(cleo, title="Year end", body="First")
    return thread.id, actions.send_message(cleo, thread_id=thread.id, body="Second").id


def bodies(actor, thread_id):
    return [message.body for message in queries.thread_page(actor, thread_id).messages]


def test_a_changed_message_keeps_how_it_read_before(portal: Portal, said):
    cleo, (thread_id, message_id) = portal.actor("cleo"), said

    actions.edit_message(cleo, thread_id=thread_id, message_id=message_id, body="Third", version=1)
    actions.edit_message(cleo, thread_id=thread_id, message_id=message_id, body="Fourth", version=2)

    found, before = queries.revisions(portal.actor("ben"), thread_id, message_id)
    assert (found.body, found.version) == ("Fourth", 3)
    assert [(old.version, old.body) for old in before] == [(2, "Third"), (1, "Second")]


def test_two_who_change_a_message_at_once_lose_nothing(portal: Portal, said):
    cleo, (thread_id, message_id) = portal.actor("cleo"), said
    actions.edit_message(cleo, thread_id=thread_id, message_id=message_id, body="In one tab", version=1)

    with pytest.raises(Moved):
        actions.edit_message(cleo, thread_id=thread_id, message_id=message_id, body="In another", version=1)
    with pytest.raises(Moved):
        actions.remove_message(cleo, thread_id=thread_id, message_id=message_id, version=1)

    assert bodies(cleo, thread_id) == ["First", "In one tab"]


def test_a_removed_message_leaves_its_place_and_its_history(portal: Portal, said):
    cleo, (thread_id, message_id) = portal.actor("cleo"), said

    actions.remove_message(cleo, thread_id=thread_id, message_id=message_id, version=1)

    assert bodies(portal.actor("ben"), thread_id) == ["First", ""]
    _found, before = queries.revisions(portal.actor("ben"), thread_id, message_id)
    assert [old.body for old in before] == ["Second"]
    with pytest.raises(Removed):
        actions.edit_message(cleo, thread_id=thread_id, message_id=message_id, body="Back", version=2)


def test_nobody_changes_what_somebody_else_wrote(portal: Portal, said):
    ben, (thread_id, message_id) = portal.actor("ben"), said

    for act in (
        lambda: actions.edit_message(ben, thread_id=thread_id, message_id=message_id, body="Mine", version=1),
        lambda: actions.remove_message(ben, thread_id=thread_id, message_id=message_id, version=1),
    ):
        with pytest.raises(NotYours):
            act()


def test_a_message_is_found_in_its_own_thread_alone(portal: Portal, said):
    cleo, (_thread_id, message_id) = portal.actor("cleo"), said
    other = actions.start_thread(cleo, title="Other", body="x")

    with pytest.raises(NotFound):
        queries.message(cleo, other.id, message_id)
    with pytest.raises(NotFound):
        actions.edit_message(cleo, thread_id=other.id, message_id=message_id, body="y", version=1)


def test_of_very_much_that_is_new_nothing_is_passed_over(portal: Portal, said):
    ben, cleo, (thread_id, _message_id) = portal.actor("ben"), portal.actor("cleo"), said
    place = queries.thread_page(ben, thread_id).place
    for number in range(32):
        actions.send_message(cleo, thread_id=thread_id, body=str(number))

    first = queries.news(ben, thread_id, place)
    assert first is not None
    then = queries.news(ben, thread_id, first.place)

    assert then is not None
    told = [message.body for page in (first, then) for message in page.messages]
    assert told == [str(number) for number in range(32)]


def test_what_is_new_is_told_from_a_place_on(portal: Portal, said):
    ben, cleo, (thread_id, message_id) = portal.actor("ben"), portal.actor("cleo"), said
    place = queries.thread_page(ben, thread_id).place
    assert queries.news(ben, thread_id, place) is None

    actions.edit_message(cleo, thread_id=thread_id, message_id=message_id, body="Changed", version=1)
    actions.send_message(cleo, thread_id=thread_id, body="Third")

    news = queries.news(ben, thread_id, place)
    assert news is not None
    assert [message.body for message in news.messages] == ["Changed", "Third"]
    assert queries.news(ben, thread_id, news.place) is None
    assert queries.news(ben, thread_id, Place(10_000)) is None
