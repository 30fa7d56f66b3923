"""A directory's groups are the client's groups: they fill by themselves, and what each may is for people to say."""

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.access import actions as access
from muniment.trust.access import queries
from tests.cast import Portal, signed_in
from tests.trust.federation.scim.directory import Directory, connect, given
from tests.trust.federation.scim.test_people import enrol
from tests.trust.identity.browsers import person_with

ROSA, TOM = "rosa@okoye.example", "tom@okoye.example"
pytestmark = pytest.mark.control("group-roles")


@pytest.fixture
def directory(portal: Portal) -> Directory:
    return connect(portal)


def group_named(portal: Portal, name: str, client_id=None):
    found = queries.groups(Actor.system(client_id or portal.okoye))
    return next((group for group in found if group.name == name), None)


def test_a_group_is_made_with_its_people_and_without_any_right(portal, directory):
    rosa = directory.user(ROSA)
    directory.group("Accounting", rosa)

    found = group_named(portal, "Accounting")
    assert found.members == (person_with(ROSA),)
    assert given(portal.okoye, group_id=found.id) == []


def test_what_the_group_may_its_people_may_from_the_next_request_on_and_no_longer(portal, directory):
    rosa = directory.user(ROSA)
    group = directory.group("Accounting")
    host = Actor.system(portal.okoye, purpose="Tests")
    access.give_to_group(host, group_id=group_named(portal, "Accounting").id, role="user", purpose="Tests")
    enrol(person_with(ROSA))
    browser = signed_in(person_with(ROSA))
    people = f"/{ids.public(portal.okoye)}/people/"
    assert browser.get(people, secure=True).status_code == 404

    add = {"op": "add", "path": "members", "value": [{"value": rosa["id"]}]}
    assert directory.patch(f"/Groups/{group['id']}", add).status_code in {200, 204}
    assert browser.get(people, secure=True).status_code == 200

    out = {"op": "remove", "path": f'members[value eq "{rosa["id"]}"]'}
    assert directory.patch(f"/Groups/{group['id']}", out).status_code in {200, 204}
    assert browser.get(people, secure=True).status_code == 404


def test_a_group_is_renamed_and_removed_with_what_it_was_given(portal, directory):
    rosa = directory.user(ROSA)
    group = directory.group("Accounting", rosa)
    group_id = group_named(portal, "Accounting").id
    host = Actor.system(portal.okoye, purpose="Tests")
    access.give_to_group(host, group_id=group_id, role="user", purpose="Tests")

    directory.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "Finance"})
    assert group_named(portal, "Finance").id == group_id
    directory.ask("DELETE", f"/Groups/{group['id']}")

    assert group_named(portal, "Finance") is None
    assert given(portal.okoye, group_id=group_id) == []


def test_people_whom_others_put_into_the_group_stay(portal, directory):
    rosa = directory.user(ROSA)
    group = directory.group("Accounting", rosa)
    found = group_named(portal, "Accounting")
    access.add_to_group(Actor.system(portal.okoye), group_id=found.id, person_id=portal.people["dan"])

    directory.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "members", "value": []})

    assert group_named(portal, "Accounting").members == (portal.people["dan"],)


def test_who_is_switched_off_is_in_no_group_and_comes_back_into_it(portal, directory):
    rosa = directory.user(ROSA)
    directory.group("Accounting", rosa)

    directory.switch(rosa, on=False)
    assert group_named(portal, "Accounting").members == ()
    directory.switch(rosa, on=True)

    assert group_named(portal, "Accounting").members == (person_with(ROSA),)


def test_a_deleted_user_is_named_by_no_group(portal, directory):
    rosa, tom = directory.user(ROSA), directory.user(TOM)
    group = directory.group("Accounting", rosa, tom)

    directory.ask("DELETE", f"/Users/{rosa['id']}")

    found = directory.ask("GET", f"/Groups/{group['id']}").json()
    assert [member["value"] for member in found["members"]] == [tom["id"]]


@pytest.mark.control("least-privilege")
def test_a_directory_puts_nobody_into_a_group_that_may_more_than_managers_give(portal, directory):
    access.set_manager_roles(portal.actor("ada", portal.okoye), roles=["guest"])
    rosa = directory.user(ROSA)
    group = directory.group("Bosses")
    host = Actor.system(portal.okoye, purpose="Tests")
    access.give_to_group(host, group_id=group_named(portal, "Bosses").id, role="user", purpose="Tests")

    add = {"op": "add", "path": "members", "value": [{"value": rosa["id"]}]}
    answer = directory.patch(f"/Groups/{group['id']}", add)

    assert (answer.status_code, "beyond-directory" in answer.json()["detail"]) == (403, True)
    assert group_named(portal, "Bosses").members == ()
    assert not directory.ask("GET", f"/Groups/{group['id']}").json().get("members")  # nothing is left of it


@pytest.mark.control("least-privilege")
def test_the_firms_directory_makes_nobody_an_administrator(portal):
    directory = connect(portal, portal.firm_id, role="analyst")
    eva = directory.user("eva@harcourt.example")
    group = directory.group("Admins")
    firm = Actor.system(portal.firm_id, purpose="Tests")
    access.give_to_group(firm, group_id=group_named(portal, "Admins", portal.firm_id).id, role="admin", purpose="Tests")

    add = {"op": "add", "path": "members", "value": [{"value": eva["id"]}]}

    assert directory.patch(f"/Groups/{group['id']}", add).status_code == 403
    assert queries.firm_verbs(person_with("eva@harcourt.example")) == frozenset()


def test_a_group_of_the_portal_is_no_group_of_the_directory(portal, directory):
    made = access.make_group(portal.actor("cleo"), name="Board")

    assert directory.ask("GET", "/Groups").json()["totalResults"] == 0
    assert directory.ask("DELETE", f"/Groups/{ids.public(made.id)}").status_code == 404
    assert group_named(portal, "Board") is not None
