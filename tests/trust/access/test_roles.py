"""Roles are the firm's to copy, change and retire; nobody gives by way of a role what he could not give to a person."""

from dataclasses import replace

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import (
    LastAdministrator,
    MoreThanYouHave,
    RoleFixed,
    RoleNameTaken,
    UnknownRole,
    VerbNotForRole,
)
from muniment.trust.access.roles import BUILT_IN
from muniment.trust.access.types import PERMISSIONS
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from tests.cast import Portal


def _may(portal: Portal, name: str, verb: str) -> bool:
    return queries.may(portal.actor(name, portal.okoye), verb)


@pytest.mark.control("example-roles")
@pytest.mark.control("group-roles")
def test_the_example_roles_ship_as_rows_with_what_they_may(portal: Portal):
    found = {role.name: role for role in queries.roles(portal.actor("ada"))}

    assert {"super-admin", "admin", "advisor", "analyst", "engineer", "user"} <= found.keys()
    for (name, side), verbs in BUILT_IN.items():
        assert (found[name].side, found[name].verbs, found[name].is_built_in) == (side, frozenset(verbs), True)
    for name in ("super-admin", "admin"):
        content = {v for v in found[name].verbs if not PERMISSIONS[v].administers} - {"log:read"}
        assert found[name].administers
        assert content == set()


@pytest.mark.control("group-roles")
def test_a_role_of_the_firms_own_works_where_the_built_in_ones_do(portal: Portal):
    ada = portal.actor("ada")
    actions.copy_role(ada, name="analyst", title="Tax analyst")
    actions.make_role(ada, title="Bookkeeper", side="client", verbs=["document:view", "person:list"])
    actions.make_role(ada, title="Reader of titles", side="share", verbs=["document:view"])
    in_okoye = ada.within(portal.okoye)

    assert "tax-analyst" in people.roles_to_assign(in_okoye)
    assert "bookkeeper" in people.roles_to_give(in_okoye)
    identity.assign_staff(in_okoye, person_id=portal.people["ben"], role="tax-analyst", purpose="Tax of 2026")
    _invitation, path = identity.invite_person(
        in_okoye, email="eve@okoye.example", name="Eve", role="bookkeeper", purpose="Keeps the books"
    )
    visitor = Actor(kind="anonymous", client_id=portal.okoye)
    eve = identity.accept_invitation(visitor, secret=path.split("/")[3], name="Eve", password="nine-otters-in-the-fog")
    assert queries.may(replace(portal.actor("cleo"), person_id=eve), "document:view")
    assert not queries.may(replace(portal.actor("cleo"), person_id=eve), "document:upload")
    assert people.role_label("tax-analyst") == "Tax analyst"


@pytest.mark.control("need-to-know")
def test_a_change_counts_at_the_next_question_for_everybody_who_has_the_role(portal: Portal):
    assert _may(portal, "ben", "document:upload")
    before = clock.now()

    actions.set_role_verbs(portal.actor("ada"), name="advisor", verbs=["document:view", "person:list"])

    assert not _may(portal, "ben", "document:upload")
    assert _may(portal, "ben", "document:view")
    ben = portal.actor("ben")
    with acting_as(ben):
        assert queries.reach(ben, "document:upload", before).whole  # what was allowed then is still told


@pytest.mark.control("need-to-know")
def test_a_retired_role_gives_nothing_and_cannot_be_given(portal: Portal):
    ada, in_okoye = portal.actor("ada"), portal.actor("ada", portal.okoye)

    actions.retire_role(ada, name="advisor")

    assert not _may(portal, "ben", "document:view")
    assert "advisor" not in people.roles_to_assign(in_okoye)
    with pytest.raises(UnknownRole):
        actions.give_grant(in_okoye, person_id=portal.people["ben"], role="advisor", purpose="Again")
    with pytest.raises(RoleNameTaken):
        actions.make_role(ada, title="Advisor", side="firm")


def test_the_first_role_stays_as_it_is(portal: Portal):
    ada = portal.actor("ada")

    with pytest.raises(RoleFixed):
        actions.set_role_verbs(ada, name="super-admin", verbs=["person:list"])
    with pytest.raises(RoleFixed):
        actions.retire_role(ada, name="super-admin")


def test_nobody_adds_what_he_could_not_give(portal: Portal):
    ada = portal.actor("ada")
    without = replace(ada, firm_verbs=ada.firm_verbs - {"mail:read"})

    with pytest.raises(MoreThanYouHave):
        actions.set_role_verbs(without, name="auditor", verbs=["mail:read"])
    assert "mail:read" not in queries.role(ada, "auditor").verbs


def test_nobody_adds_content_to_a_role_of_his_own(portal: Portal):
    ada = portal.actor("ada")
    host = Actor.system(portal.firm_id, purpose="Tests")
    actions.give_grant(host, person_id=portal.people["ada"], role="auditor", purpose="Audits too")

    with pytest.raises(MoreThanYouHave):
        actions.set_role_verbs(ada, name="auditor", verbs=["person:list", "document:view"])


@pytest.mark.parametrize(
    ("values", "verbs"),
    [
        ({"side": "client"}, ["client:open"]),
        ({"side": "share"}, ["person:invite"]),
        ({"side": "firm", "administers": True}, ["document:view"]),
        ({"side": "firm"}, ["document:fly"]),
    ],
)
def test_a_role_holds_only_what_fits_it(portal: Portal, values, verbs):
    with pytest.raises(VerbNotForRole):
        actions.make_role(portal.actor("ada"), title="Odd", verbs=verbs, **values)


def test_only_who_administers_the_firm_sets_roles_and_only_there(portal: Portal):
    for actor in (
        portal.actor("ben"),
        portal.actor("cleo"),
        portal.actor("mallory"),
        portal.actor("ada", portal.okoye),
    ):
        with pytest.raises(NotFound):
            actions.make_role(actor, title="Mine", side="client")


def test_the_last_administrator_cannot_be_shut_out(portal: Portal):
    host = Actor.system(portal.firm_id, purpose="Tests")
    (grant,) = queries_of(host, portal)

    with pytest.raises(LastAdministrator):
        actions.end_grant(host, grant_id=grant.id)
    with pytest.raises(LastAdministrator):
        actions.end_grants_of(host, person_id=portal.people["ada"])
    with pytest.raises(LastAdministrator):
        actions.give_grant(
            host,
            person_id=portal.people["ada"],
            role="super-admin",
            purpose="For a day",
            until=clock.now() + clock_day(),
        )
    assert queries.administrators() == {portal.people["ada"]}


def queries_of(host: Actor, portal: Portal):
    """Return what Ada was given in the firm."""
    with acting_as(host):
        return queries.grants(host, person_id=portal.people["ada"])


def clock_day():
    """Return a day."""
    from datetime import timedelta

    return timedelta(days=1)


@pytest.mark.control("group-roles")
def test_managers_give_what_the_firm_lets_them_give(portal: Portal):
    cleo, ada = portal.actor("cleo"), portal.actor("ada", portal.okoye)
    assert people.roles_to_give(cleo) == ("manager", "user", "guest")

    actions.set_manager_roles(ada, roles=["guest"])

    assert people.roles_to_give(cleo) == ("guest",)
    with pytest.raises(MoreThanYouHave):
        identity.invite_person(cleo, email="eve@okoye.example", name="Eve", role="user", purpose="Helps")
    with pytest.raises(MoreThanYouHave):
        actions.give_grant(cleo, person_id=portal.people["dan"], role="user", purpose="Helps")
    assert people.roles_to_give(ada) == ("manager", "user", "guest")  # the firm itself is not held
    with pytest.raises(NotFound):
        actions.set_manager_roles(cleo, roles=["manager"])


def test_the_database_lets_only_the_firm_write_roles(portal: Portal):
    from django.db import DatabaseError, transaction

    from muniment.trust.access.models import RoleAction

    with acting_as(portal.actor("cleo")):
        row = RoleAction.objects.filter(verb="document:upload", role__name="manager").get()
        assert RoleAction.objects.filter(id=row.id).update(verb="client:open") == 0  # not in sight for writing
        with pytest.raises(DatabaseError), transaction.atomic():
            RoleAction.objects.create(role_id=row.role_id, verb="client:open")


def test_what_people_read_of_a_role_holds_no_card_number(portal: Portal):
    from muniment.trust.vault.errors import CardNumberRefused

    with pytest.raises(CardNumberRefused):
        actions.make_role(portal.actor("ada"), title="4111 1111 1111 1111", side="client")
    with pytest.raises(CardNumberRefused):
        actions.describe_role(portal.actor("ada"), name="analyst", title="", description="4111111111111111")
