"""Invite people: the right side, no more than one has, for a reason, until an end."""

from datetime import timedelta

import pytest

from muniment.core.errors import Invalid, NotFound

WANTED = {"email": "eve@okoye.example", "name": "Eve Okoye", "role": "user", "purpose": "Keeps the books"}


def invite(actor, **changed):
    from muniment.trust.identity import actions

    return actions.invite_person(actor, **(WANTED | changed))


@pytest.mark.parametrize("who", ["cleo", "ben"])
def test_a_manager_and_an_advisor_invite_a_contact(portal, events, who):
    made, path = invite(portal.actor(who))

    assert path.startswith("/invitations/")
    assert (made.name, made.role, made.kind) == ("Eve Okoye", "user", "contact")
    assert events(portal.okoye)[0] == "person.invited"


def test_an_admin_invites_staff_into_the_firm(portal):
    made, _ = invite(portal.actor("ada"), role="analyst", email="eve@harcourt.example")

    assert made.kind == "staff"


def test_the_mail_says_who_and_a_link_and_nothing_else(portal):
    from muniment.trust.identity.models import Letter

    _, path = invite(portal.actor("cleo"))

    message = Letter.objects.latest("id").message
    assert message["to"] == ["eve@okoye.example"]
    assert "Cleo Okoye" in message["subject"]
    assert path in message["body"]
    assert WANTED["purpose"] not in message["body"]


@pytest.mark.parametrize("who", ["dan", "mallory"])
def test_a_guest_and_a_stranger_invite_nobody(portal, who):
    with pytest.raises(NotFound):
        invite(portal.actor(who, portal.okoye))


@pytest.mark.parametrize(
    ("who", "role", "refusal"),
    [
        ("cleo", "advisor", "wrong-side"),
        ("cleo", "super-admin", "wrong-side"),
        ("cleo", "viewer", "unknown-role"),
        ("cleo", "emperor", "unknown-role"),
        ("ada", "manager", "wrong-side"),
        ("ben", "manager", "more-than-you-have"),
    ],
)
def test_a_role_of_the_wrong_side_or_beyond_ones_own_is_refused(portal, who, role, refusal):
    from muniment.core.errors import PortalError

    with pytest.raises(PortalError) as refused:
        invite(portal.actor(who), role=role)

    assert refused.value.code == refusal


def test_an_admin_makes_no_super_admin(portal):
    from dataclasses import replace

    from muniment.trust.access.errors import MoreThanYouHave

    ada = portal.actor("ada")
    admin = replace(ada, firm_verbs=ada.firm_verbs - {"mail:read"})

    assert invite(admin, role="admin", email="eve@harcourt.example")
    with pytest.raises(MoreThanYouHave):
        invite(replace(admin, person_id=portal.people["ben"]), role="super-admin", email="eve@harcourt.example")


def test_a_reason_and_a_future_end_are_needed(portal):
    from muniment.core import clock
    from muniment.trust.access.errors import EndsInThePast, PurposeMissing

    with pytest.raises(PurposeMissing):
        invite(portal.actor("cleo"), purpose="  ")
    with pytest.raises(EndsInThePast):
        invite(portal.actor("cleo"), until=clock.now() - timedelta(seconds=1))


@pytest.mark.parametrize(
    "wrong", [{"email": "nothing"}, {"name": ""}, {"name": "Eve\u202eOkoye"}, {"email": "e@" + "x" * 260}]
)
def test_name_and_address_must_be_some(portal, wrong):
    with pytest.raises(Invalid):
        invite(portal.actor("cleo"), **wrong)


def test_a_new_invitation_replaces_the_open_one(portal):
    from muniment.trust.identity import queries
    from tests.trust.identity.browsers import Visitor

    _, first = invite(portal.actor("cleo"))
    _, second = invite(portal.actor("cleo"))

    assert Visitor().get(first).status_code == 404
    assert Visitor().get(second).status_code == 200
    assert len(queries.open_invitations(portal.actor("cleo"))) == 1


def test_who_belongs_here_already_is_not_invited_again(portal):
    from muniment.trust.identity.errors import AlreadyInvited

    with pytest.raises(AlreadyInvited):
        invite(portal.actor("cleo"), email="DAN@okoye.example")


def test_inviting_somebody_of_another_client_tells_nothing(portal):
    made, _ = invite(portal.actor("cleo"), email="mallory@brandt.example", name="Somebody")

    assert made.name == "Somebody"


def test_a_withdrawn_invitation_is_useless(portal, events):
    from muniment.trust.identity import actions
    from tests.trust.identity.browsers import Visitor

    made, path = invite(portal.actor("cleo"))

    actions.withdraw_invitation(portal.actor("cleo"), invitation_id=made.id)

    assert Visitor().get(path).status_code == 404
    assert events(portal.okoye)[0] == "invitation.withdrawn"
    with pytest.raises(NotFound):
        actions.withdraw_invitation(portal.actor("cleo"), invitation_id=made.id)


def test_an_invitation_of_another_client_cannot_be_withdrawn(portal):
    from muniment.trust.identity import actions

    made, _ = invite(portal.actor("cleo"))

    with pytest.raises(NotFound):
        actions.withdraw_invitation(portal.actor("mallory"), invitation_id=made.id)


def test_the_roles_offered_are_those_one_may_give(portal):
    from muniment.trust.identity import queries

    assert queries.roles_to_give(portal.actor("cleo")) == ("manager", "user", "guest")
    assert queries.roles_to_give(portal.actor("ben")) == ("user", "guest")
    assert queries.roles_to_give(portal.actor("ada"))[0] == "super-admin"
