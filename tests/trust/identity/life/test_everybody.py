"""Everybody on one page, for those who administer the firm: by filter, by name, by address."""

from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.identity import actions
from muniment.trust.identity.life.queries import everybody as queries
from muniment.trust.identity.models import Lockout, Person
from tests.cast import PEOPLE, Portal
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.life.erasing import erase


def names(portal: Portal, **wanted) -> set[str]:
    return {row.name for row in queries.everybody(portal.actor("ada"), **wanted).rows}


def test_everybody_is_there_the_newest_first(portal):
    page = queries.everybody(portal.actor("ada"))

    assert {row.name for row in page.rows} == {name for name, _ in PEOPLE.values()}
    assert [row.created_at for row in page.rows] == sorted((row.created_at for row in page.rows), reverse=True)
    assert (page.newer, page.older) == (None, None)


@pytest.mark.control("deactivate-inactive")
def test_each_filter_finds_its_people_and_no_other(portal, wait):
    actions.disable_person(portal.actor("ada"), person_id=portal.people["dan"])
    actions.remove_factor(portal.actor("mallory"))
    now = clock.now()
    Lockout.objects.create(key_hash=b"x", person_id=portal.people["ben"], until=now + timedelta(hours=1))
    Lockout.objects.create(key_hash=b"y", person_id=portal.people["cleo"], until=now - timedelta(hours=1))

    assert names(portal, only="disabled") == {"Dan Okoye"}
    assert names(portal, only="no-factor") == {"Mallory Brandt"}
    assert names(portal, only="locked") == {"Ben Vane"}
    assert names(portal, only="external") == {"Cleo Okoye", "Mallory Brandt"}
    assert names(portal, only="inactive") == set()
    wait(80)
    assert "Cleo Okoye" in names(portal, only="inactive")
    assert "Dan Okoye" not in names(portal, only="inactive")


def test_the_numbers_beside_the_filters_are_those_of_the_lists(portal):
    actions.disable_person(portal.actor("ada"), person_id=portal.people["dan"])
    found = queries.counts(portal.actor("ada"))

    assert {only: len(names(portal, only=only)) for only in found} == found
    assert found["disabled"] == 1


def test_the_page_says_whom_a_filter_means(portal):
    ada = Visitor().sign_in("ada")

    assert "contacts of clients" in ada.get("/people/?only=external").content.decode()
    assert f"did not for {queries.SILENT_DAYS} days" in ada.get("/people/?only=inactive").content.decode()
    assert ada.get("/people/").context["meaning"] == ""


def test_an_address_is_found_whole_and_a_name_by_a_part(portal):
    assert names(portal, text=" CLEO@okoye.example ") == {"Cleo Okoye"}
    assert names(portal, text="okoye") == {"Cleo Okoye", "Dan Okoye"}
    assert names(portal, text="nobody at all") == set()
    assert names(portal, text="okoye", only="disabled") == set()


def test_long_lists_go_page_by_page_and_back(portal, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    ada = portal.actor("ada")

    first = queries.everybody(ada)
    second = queries.everybody(ada, before=first.older)
    third = queries.everybody(ada, before=second.older)
    back = queries.everybody(ada, after=third.newer)

    assert [len(page.rows) for page in (first, second, third)] == [2, 2, 1]
    assert len({row.id for page in (first, second, third) for row in page.rows}) == len(PEOPLE)
    assert (first.newer, third.older) == (None, None)
    assert [row.id for row in back.rows] == [row.id for row in second.rows]


def test_a_search_among_too_many_names_says_that_it_did_not_look_at_all(portal, monkeypatch):
    monkeypatch.setattr(queries, "NAMES_MOST", 2)

    assert queries.everybody(portal.actor("ada"), text="ada harcourt").unread
    assert not queries.everybody(portal.actor("ada"), text="ada@harcourt.example").unread


def test_who_was_erased_is_on_no_page(portal):
    erase(portal.people["dan"])

    assert "Dan Okoye" not in names(portal)
    assert len(names(portal)) == len(PEOPLE) - 1
    with pytest.raises(NotFound):
        queries.somebody(portal.actor("ada"), portal.people["dan"])


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_the_pages_are_for_those_who_administer_the_firm(portal, who):
    visitor, one = Visitor().sign_in(who), ids.public(portal.people["dan"])

    for path in ("/people/", f"/people/{one}/", *(f"/people/{one}/{act}/" for act in ("disable", "enable"))):
        assert visitor.get(path).status_code == 404
    for act in ("disable", "enable", "emergencies"):
        assert visitor.post(f"/people/{one}/{act}/").status_code == 404
    assert Person.objects.get(id=portal.people["dan"]).disabled_at is None


def test_an_administrator_shuts_somebody_out_and_lets_them_back_on_the_pages(portal):
    ada, one = Visitor().sign_in("ada"), f"/people/{ids.public(portal.people['dan'])}/"
    assert b"Dan Okoye" in ada.get("/people/?find=okoye").content
    assert b"Okoye Holdings Ltd" in ada.get(one).content

    assert b"Shut Dan Okoye out?" in ada.get(f"{one}disable/").content
    assert ada.post(f"{one}disable/").status_code == 302
    assert b"by an administrator" in ada.get(one).content
    assert b"Dan Okoye" in ada.get("/people/?only=disabled").content

    assert ada.post(f"{one}enable/").status_code == 302
    assert b"Dan Okoye" not in ada.get("/people/?only=disabled").content


def test_the_administrator_for_emergencies_is_made_and_unmade_on_the_page(portal):
    from muniment.trust.access import actions as access
    from muniment.trust.identity import queries as people

    firm = Actor.system(portal.firm_id, purpose="Tests")
    access.give_grant(firm, person_id=portal.people["ben"], role="super-admin", purpose="Tests", on_request=True)
    ada, one = Visitor().sign_in("ada"), f"/people/{ids.public(portal.people['ben'])}/"

    ada.post(f"{one}emergencies/")
    assert people.is_break_glass(portal.people["ben"])
    assert b"for emergencies" in ada.get("/people/").content
    ada.post(f"{one}emergencies/")
    assert not people.is_break_glass(portal.people["ben"])


def test_nonsense_in_the_address_is_an_ordinary_page(portal):
    ada = Visitor().sign_in("ada")

    for query in ("only=zzz", "before=zzz", "after=%27", f"find={'x' * 300}", "before="):
        assert ada.get(f"/people/?{query}").status_code == 200
