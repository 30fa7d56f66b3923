"""People who get grants together: in a client, and as a group of the firm across clients."""

from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.portal.documents import queries as document_queries
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import (
    FirmsGroup,
    HereByGroup,
    LastAdministrator,
    MoreThanYouHave,
    NotForGroup,
    UnknownRole,
)
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from tests.cast import Portal


def _reaches(actor: Actor, verb: str = "document:view") -> bool:
    with acting_as(actor):
        return not queries.reach(actor, verb).nothing


def _belongs(portal: Portal, client_id, name: str) -> bool:
    members = clients.members(Actor.system(client_id))
    return portal.people[name] in {member.person_id for member in members}


@pytest.fixture
def auditors(portal: Portal):
    """Return a group of the firm with Ben in it, that may look at Brandt."""
    ada = portal.actor("ada")
    group = actions.make_group(ada, name="Audit team")
    actions.add_to_group(ada, group_id=group.id, person_id=portal.people["ben"])
    actions.give_to_group(ada.within(portal.brandt), group_id=group.id, role="analyst", purpose="Audit of 2026")
    return group


@pytest.mark.control("group-roles")
@pytest.mark.control("need-to-know")
def test_people_of_one_client_see_different_things(portal: Portal):
    cleo, dan = portal.actor("cleo"), portal.actor("dan")
    money, papers = (documents.create_folder(cleo, name=name).id for name in ("Money", "Papers"))
    group = actions.make_group(cleo, name="Board")
    documents.share_folder(cleo, folder_id=money, person_id=None, group_id=group.id, role="viewer", purpose="Board")
    documents.share_folder(cleo, folder_id=papers, person_id=portal.people["dan"], role="viewer", purpose="Year end")

    assert [row.id for row in document_queries.folders_in(dan)] == [papers]
    actions.add_to_group(cleo, group_id=group.id, person_id=portal.people["dan"])
    assert {row.id for row in document_queries.folders_in(dan)} == {money, papers}
    assert {reader.person_id for reader in document_queries.readers(cleo, "folder", money)} >= {portal.people["dan"]}
    actions.remove_from_group(cleo, group_id=group.id, person_id=portal.people["dan"])
    assert [row.id for row in document_queries.folders_in(dan)] == [papers]


@pytest.mark.control("group-roles")
def test_a_group_of_the_firm_brings_its_people_into_the_client(portal: Portal, auditors):
    ben = portal.actor("ben", portal.brandt)

    assert _belongs(portal, portal.brandt, "ben")
    assert _reaches(ben)
    assert not _reaches(ben, "document:upload")
    (member,) = [m for m in _people(portal) if m.person.id == portal.people["ben"]]
    assert (member.roles, member.groups) == (("analyst",), ("Audit team",))


def _people(portal: Portal):
    from muniment.trust.identity import queries as identity_queries

    return identity_queries.people_of(portal.actor("mallory"))


def test_who_is_taken_out_belongs_to_the_client_no_more(portal: Portal, auditors):
    actions.remove_from_group(portal.actor("ada"), group_id=auditors.id, person_id=portal.people["ben"])

    assert not _belongs(portal, portal.brandt, "ben")
    assert not _reaches(portal.actor("ben", portal.brandt))
    assert _belongs(portal, portal.okoye, "ben")  # where he was assigned himself


@pytest.mark.parametrize("how", ["ended", "removed"])
def test_what_the_group_loses_its_people_lose(portal: Portal, auditors, how: str):
    ada = portal.actor("ada")
    (grant,) = [g for g in queries.visible_grants(ada.within(portal.brandt)) if g.group_id == auditors.id]

    if how == "ended":
        actions.end_given(ada.within(portal.brandt), group_id=auditors.id, grant_id=grant.id)
    else:
        actions.remove_group(ada, group_id=auditors.id)

    assert not _belongs(portal, portal.brandt, "ben")
    assert not _reaches(portal.actor("ben", portal.brandt))


def test_who_was_assigned_too_stays_when_the_group_goes(portal: Portal, auditors):
    ada = portal.actor("ada")
    identity.assign_staff(
        ada.within(portal.brandt), person_id=portal.people["ben"], role="engineer", purpose="Moves the data"
    )

    actions.remove_group(ada, group_id=auditors.id)

    assert _belongs(portal, portal.brandt, "ben")
    assert _reaches(portal.actor("ben", portal.brandt), "document:upload")


def test_the_group_has_the_same_name_everywhere(portal: Portal, auditors):
    actions.rename_group(portal.actor("ada"), group_id=auditors.id, name="Auditors")

    for actor in (portal.actor("ada"), portal.actor("mallory")):
        assert [group.name for group in queries.groups(actor)] == ["Auditors"]


def test_a_client_changes_nothing_of_the_firms_group(portal: Portal, auditors):
    mallory = portal.actor("mallory")

    with pytest.raises(FirmsGroup):
        actions.add_to_group(mallory, group_id=auditors.id, person_id=portal.people["mallory"])
    with pytest.raises(NotFound):
        actions.give_to_group(mallory, group_id=auditors.id, role="user", purpose="More")


def test_somebody_who_is_here_by_a_group_is_taken_out_of_the_group(portal: Portal, auditors):
    with pytest.raises(HereByGroup):
        identity.end_membership(portal.actor("ada", portal.brandt), person_id=portal.people["ben"])


def test_who_leaves_the_firm_leaves_its_groups_everywhere(portal: Portal, auditors):
    identity.end_membership(portal.actor("ada"), person_id=portal.people["ben"])

    assert not _reaches(portal.actor("ben", portal.brandt))
    assert queries.group(portal.actor("ada"), auditors.id).members == ()
    assert queries.group(portal.actor("mallory"), auditors.id).members == ()


def test_who_is_put_into_a_group_of_another_client_is_not_taken(portal: Portal):
    cleo = portal.actor("cleo")
    group = actions.make_group(cleo, name="Board")

    with pytest.raises(NotForGroup):
        actions.add_to_group(cleo, group_id=group.id, person_id=portal.people["mallory"])
    with pytest.raises(NotFound):
        actions.add_to_group(portal.actor("mallory"), group_id=group.id, person_id=portal.people["mallory"])


def test_nobody_gives_by_a_group_what_he_could_not_give(portal: Portal):
    ada, ben = portal.actor("ada", portal.okoye), portal.actor("ben")
    group = actions.make_group(ada, name="Owners")
    actions.give_to_group(ada, group_id=group.id, role="manager", purpose="Runs the company")

    with pytest.raises(MoreThanYouHave):  # a manager may end access, an advisor may not
        actions.add_to_group(ben, group_id=group.id, person_id=portal.people["dan"])
    with pytest.raises(MoreThanYouHave):  # she gives content without having it, but not to herself
        identity.assign_staff(ada, person_id=portal.people["ada"], role="advisor", purpose="Me")


def test_who_administers_does_not_let_herself_in_by_a_group(portal: Portal, auditors):
    ada = portal.actor("ada")

    with pytest.raises(MoreThanYouHave):
        actions.add_to_group(ada, group_id=auditors.id, person_id=portal.people["ada"])
    own = actions.make_group(ada, name="Me")
    actions.add_to_group(ada, group_id=own.id, person_id=portal.people["ada"])
    with pytest.raises(MoreThanYouHave):
        actions.give_to_group(ada.within(portal.brandt), group_id=own.id, role="analyst", purpose="Me")


def test_roles_of_the_firm_are_for_groups_of_the_firm(portal: Portal, auditors):
    ada = portal.actor("ada")
    own = actions.make_group(ada.within(portal.okoye), name="Board")

    with pytest.raises(UnknownRole):
        actions.give_to_group(ada.within(portal.okoye), group_id=own.id, role="analyst", purpose="No")
    with pytest.raises(UnknownRole):
        actions.give_to_group(ada.within(portal.brandt), group_id=auditors.id, role="user", purpose="No")


@pytest.mark.control("retention-access-time")
def test_what_a_group_was_given_starts_and_ends_by_itself(portal: Portal, monkeypatch):
    cleo, dan, now = portal.actor("cleo"), portal.actor("dan"), clock.now()
    group = actions.make_group(cleo, name="Board")
    actions.add_to_group(cleo, group_id=group.id, person_id=portal.people["dan"])
    actions.give_to_group(
        cleo,
        group_id=group.id,
        role="user",
        purpose="Next week only",
        starts_at=now + timedelta(days=7),
        until=now + timedelta(days=14),
    )

    def asked(day: int) -> bool:
        with acting_as(dan):
            return not queries.reach(dan, "document:view", now + timedelta(days=day)).nothing

    assert [asked(day) for day in (0, 6, 7, 13, 14, 20)] == [False, False, True, True, False, False]
    assert not _reaches(dan)


def test_a_group_that_administers_counts_for_the_last_administrator(portal: Portal):
    host = Actor.system(portal.firm_id, purpose="Tests")
    _invitation, path = identity.invite_person(
        host, email="gus@harcourt.example", name="Gus", role="auditor", purpose="Audits"
    )
    visitor = Actor(kind="anonymous", client_id=portal.firm_id)
    gus = identity.accept_invitation(visitor, secret=path.split("/")[3], name="Gus", password="nine-otters-in-the-fog")
    group = actions.make_group(host, name="Owners")
    actions.add_to_group(host, group_id=group.id, person_id=gus)
    actions.give_to_group(host, group_id=group.id, role="super-admin", purpose="Owns the firm")
    assert queries.administrators() == {portal.people["ada"], gus}
    assert "role:set" in queries.firm_verbs(gus)

    actions.end_grants_of(host, person_id=portal.people["ada"])

    for act in (
        lambda: actions.remove_group(host, group_id=group.id),
        lambda: actions.remove_from_group(host, group_id=group.id, person_id=gus),
    ):
        with pytest.raises(LastAdministrator):
            act()
    assert queries.administrators() == {gus}
