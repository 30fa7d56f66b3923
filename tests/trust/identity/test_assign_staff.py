"""Assign staff to a client: with a role that works there, for a purpose, until an end."""

from datetime import timedelta

import pytest

from muniment.core.errors import NotFound


@pytest.fixture
def eve(portal):
    """Return a new analyst of the firm."""
    from muniment.core.actor import Actor
    from muniment.trust.identity import actions

    _, path = actions.invite_person(
        portal.actor("ada"), email="eve@harcourt.example", name="Eve Harcourt", role="analyst", purpose="Accounts"
    )
    visitor = Actor(kind="anonymous", client_id=portal.firm_id)
    return actions.accept_invitation(
        visitor, secret=path.split("/")[3], name="Eve Harcourt", password="nine lanterns drift under"
    )


def assign(actor, person_id, **changed):
    from muniment.trust.identity import actions

    actions.assign_staff(actor, person_id=person_id, **({"role": "analyst", "purpose": "Year end"} | changed))


@pytest.mark.control("least-privilege")
def test_staff_see_nothing_of_a_client_until_they_are_assigned(portal, eve, events):
    from muniment.core import clock
    from muniment.trust.access import queries as access
    from muniment.trust.identity import queries

    def may_read():
        from dataclasses import replace

        return access.may(replace(portal.actor("ben", portal.brandt), person_id=eve), "document:view")

    before, until = may_read(), clock.now() + timedelta(days=90)
    assign(portal.actor("ada", portal.brandt), eve, until=until)

    assert not before
    assert may_read()
    member = next(one for one in queries.people_of(portal.actor("ada", portal.brandt)) if one.person.id == eve)
    assert (member.kind, member.purpose, member.ends_at) == ("staff", "Year end", until)
    assert {"person.joined", "grant.given"} <= set(events(portal.brandt)[:2])


def test_a_contact_is_not_assigned_as_staff(portal):
    with pytest.raises(NotFound):
        assign(portal.actor("ada", portal.brandt), portal.people["cleo"])


@pytest.mark.parametrize("role", ["manager", "super-admin", "admin", "viewer"])
def test_only_roles_that_work_for_a_client_are_given(portal, eve, role):
    from muniment.trust.identity.errors import WrongSide

    with pytest.raises(WrongSide):
        assign(portal.actor("ada", portal.brandt), eve, role=role)


def test_nobody_assigns_themselves(portal):
    from muniment.trust.access.errors import MoreThanYouHave
    from muniment.trust.identity import queries

    with pytest.raises(MoreThanYouHave):
        assign(portal.actor("ada", portal.brandt), portal.people["ada"], role="advisor")

    assert [space.name for space in queries.spaces(portal.people["ada"])] == ["Harcourt & Vane"]


@pytest.mark.parametrize("who", ["cleo", "dan", "mallory"])
def test_contacts_do_not_assign_staff(portal, eve, who):
    with pytest.raises(NotFound):
        assign(portal.actor(who), eve)


def test_the_page_offers_the_people_of_the_firm_but_not_oneself(portal, eve):
    from muniment.trust.identity import queries

    offered = {person.id for person in queries.staff_to_assign(portal.actor("ada", portal.brandt))}

    assert eve in offered
    assert portal.people["ben"] in offered
    assert portal.people["ada"] not in offered
    assert portal.people["cleo"] not in offered


@pytest.mark.parametrize("who", ["cleo", "dan", "mallory"])
def test_contacts_are_not_offered_the_people_of_the_firm(portal, who):
    from muniment.trust.identity import queries

    with pytest.raises(NotFound):
        queries.staff_to_assign(portal.actor(who, portal.okoye))
    with pytest.raises(NotFound):
        queries.roles_to_assign(portal.actor(who, portal.okoye))


def test_nobody_is_assigned_to_the_firm_itself(portal):
    from muniment.trust.identity import queries

    with pytest.raises(NotFound):
        queries.staff_to_assign(portal.actor("ada", portal.firm_id))
