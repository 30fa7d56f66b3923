"""The bell, the list, the choices: one's own, and nobody else's."""

import psycopg
import pytest

from muniment.core import ids
from muniment.core.errors import Invalid, NotFound
from muniment.portal.notices import actions, queries
from muniment.portal.notices.types import Habits
from tests.cast import Portal, signed_in
from tests.guarantees.opened import superuser
from tests.guarantees.things import CONTENT, add_document
from tests.portal.notices.telling import follow, notices

pytestmark = pytest.mark.control("comm-collab")


@pytest.fixture
def told(portal: Portal) -> Portal:
    """A portal in which Ben has one notice and nobody else any."""
    follow(portal)
    with psycopg.connect(superuser(), autocommit=True) as server:
        server.execute("delete from app.notice")
    add_document(portal.actor("cleo"), "Canary lease.pdf", CONTENT)
    follow(portal)
    return portal


def test_the_bell_counts_on_every_page_and_shows_the_newest(told: Portal):
    ben = signed_in(told.people["ben"])

    home = ben.get("/account/", secure=True).content.decode()
    panel = ben.get("/notices/panel/", secure=True, headers={"hx-request": "true"}).content.decode()

    assert "Notices, 1 unread" in home
    assert "Cleo Okoye added a document" in panel
    assert "Okoye Holdings Ltd" in panel
    assert "Canary" not in panel


def test_following_a_notice_marks_it_as_read_and_leads_to_the_thing(told: Portal):
    ben, (notice,) = signed_in(told.people["ben"]), notices(told, "ben")

    answer = ben.get(f"/{ids.public(told.okoye)}/notices/{ids.public(notice.id)}/", secure=True)

    assert (answer.status_code, answer["Location"]) == (302, notice.url)
    assert queries.unread(told.actor("ben")) == 0
    assert ben.get(notice.url, secure=True).status_code == 200


def test_one_or_all_are_marked_as_read(told: Portal):
    ben = signed_in(told.people["ben"])
    add_document(told.actor("cleo"), "Another.pdf", CONTENT)
    follow(told)
    first, _second = notices(told, "ben")

    ben.post(f"/{ids.public(told.okoye)}/notices/{ids.public(first.id)}/read/", secure=True)
    assert queries.unread(told.actor("ben")) == 1
    ben.post("/notices/read/", secure=True)

    assert queries.unread(told.actor("ben")) == 0
    assert "You have read everything" in ben.get("/notices/?unread=on", secure=True).content.decode()


@pytest.mark.parametrize("who", ["cleo", "dan", "mallory", "ada"])
def test_nobody_sees_or_reads_the_notices_of_somebody_else(told: Portal, who: str):
    (notice,) = notices(told, "ben")

    assert queries.own_notices(told.actor(who)) == []
    with pytest.raises(NotFound):
        actions.read_notice(told.actor(who, told.okoye), notice_id=notice.id)
    assert queries.unread(told.actor("ben")) == 1


def test_who_does_not_belong_to_a_client_any_more_sees_its_notices_no_more(told: Portal):
    from muniment.trust.identity import actions as identity

    identity.end_membership(told.actor("ada", told.okoye), person_id=told.people["ben"])

    assert queries.own_notices(told.actor("ben")) == []
    assert queries.unread(told.actor("ben")) == 0


def test_choices_are_made_on_a_page_and_kept(told: Portal):
    ben = signed_in(told.people["ben"])
    sent = {"kind_documents": "daily", "daily_hour": "7", "quiet_from": "20", "quiet_until": "6"}
    page = ben.get("/account/notices/", secure=True)
    sent = {field.html_name: field.value() or "at-once" for field in page.context["form"].kind_fields} | sent

    assert ben.post("/account/notices/", sent, secure=True).status_code == 302

    found = queries.choices_of({told.people["ben"]})[told.people["ben"]]
    assert found.how["documents"] == "daily"
    assert (found.habits.daily_hour, found.habits.quiet_from, found.habits.quiet_until) == (7, 20, 6)
    text = ben.get("/account/notices/", secure=True).content.decode()
    assert "cannot be switched off" in text


@pytest.mark.parametrize(
    "sent",
    [
        {"kind_documents": "sometimes", "daily_hour": "7"},
        {"kind_documents": "daily", "daily_hour": "24"},
        {"kind_documents": "daily", "daily_hour": "7", "quiet_from": "20"},
        {"daily_hour": "x"},
    ],
)
def test_choices_without_sense_are_refused_and_nothing_is_kept(told: Portal, sent: dict[str, str]):
    ben = signed_in(told.people["ben"])

    assert ben.post("/account/notices/", sent, secure=True).status_code == 422

    assert queries.choices_of({told.people["ben"]})[told.people["ben"]].how == {}


@pytest.mark.parametrize(
    ("how", "habits"),
    [
        ({"nothing": "daily"}, Habits()),
        ({"documents": "sometimes"}, Habits()),
        ({}, Habits(daily_hour=24)),
        ({}, Habits(quiet_from=3)),
    ],
)
def test_the_action_takes_nothing_without_sense(told: Portal, how, habits):
    with pytest.raises(Invalid):
        actions.choose_notices(told.actor("ben"), how=how, habits=habits)


def test_only_administrators_are_asked_about_the_portal_itself(told: Portal):
    pages = {
        who: signed_in(told.people[who]).get("/account/notices/", secure=True).content.decode()
        for who in ("ada", "ben", "cleo")
    }

    assert {who: "kind_portal" in page for who, page in pages.items()} == {"ada": True, "ben": False, "cleo": False}


def test_a_list_that_is_long_goes_on(told: Portal):
    for index in range(queries.PAGE):
        add_document(told.actor("cleo"), f"{index}.pdf", CONTENT)
    follow(told)
    ben = signed_in(told.people["ben"])

    first = ben.get("/notices/", secure=True)
    second = ben.get(f"/notices/{first.context['older']}", secure=True)

    assert (len(first.context["notices"]), len(second.context["notices"])) == (queries.PAGE, 1)
    assert ben.get("/notices/?older=nonsense", secure=True).status_code == 422


def test_every_act_that_concerns_somebody_has_words_of_its_own():
    from muniment.portal.notices.sources import EVENTS
    from muniment.portal.notices.words import SENTENCES, sentence

    assert set(EVENTS) == set(SENTENCES)
    assert {sentence(event, "Ann", count) for event in EVENTS for count in (1, 3)}.isdisjoint({""})
