"""Who acts where: decided anew at every request."""

import pytest
from django.test import RequestFactory

from muniment.core.errors import NotFound


def request_of(who, **headers):
    """Return a request of somebody who signed in with both factors."""
    from muniment.core import clock
    from muniment.trust.identity import models
    from muniment.trust.identity.sessions import SessionStore
    from tests.cast import PEOPLE

    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.10", **headers)
    request.user = models.Person.objects.get(email=PEOPLE[who][1])
    request.session = SessionStore()
    moment = clock.now().timestamp()
    request.session["account_authentication_methods"] = [
        {"method": "password", "at": moment - 5},
        {"method": "mfa", "type": "totp", "at": moment},
    ]
    request.session.save()
    return request


def actor(who, client_id):
    from muniment.trust.identity import queries

    return queries.actor_for(request_of(who), client_id)


def test_a_contact_acts_in_their_own_client(portal):
    cleo = actor("cleo", portal.okoye)

    assert (cleo.kind, cleo.client_id, cleo.person_id) == ("contact", portal.okoye, portal.people["cleo"])
    assert cleo.factors == ("password", "totp")
    assert cleo.authenticated_at is not None
    assert cleo.session_id is not None
    assert (cleo.ip, cleo.purpose) == ("192.0.2.10", "Works on the year end")


def test_a_contact_does_not_act_in_another_client_nor_in_the_firm(portal):
    for who, client_id in (("mallory", portal.okoye), ("cleo", portal.brandt), ("cleo", portal.firm_id)):
        with pytest.raises(NotFound):
            actor(who, client_id)


def test_staff_act_where_they_are_assigned(portal):
    assert actor("ben", portal.okoye).kind == "staff"
    assert actor("ben", portal.okoye).purpose == "Year end 2026"
    with pytest.raises(NotFound):
        actor("ben", portal.brandt)


def test_who_administers_acts_in_every_client_without_its_content(portal):
    from muniment.trust.access import queries as access

    ada = actor("ada", portal.brandt)

    assert access.may(ada, "person:invite")
    assert not access.may_somewhere(ada, "document:view")


def test_a_role_that_reaches_content_administers_no_other_client(portal):
    from muniment.trust.access import queries as access

    assert access.firm_verbs(portal.people["ben"]) == frozenset()
    assert access.may(actor("ben", portal.okoye), "person:invite")


def test_a_client_that_does_not_exist_is_not_there_for_anybody(portal):
    from muniment.core import ids

    for who in ("ada", "cleo"):
        with pytest.raises(NotFound):
            actor(who, ids.new())


def test_without_a_client_staff_are_in_the_firm_and_contacts_nowhere(portal):
    assert actor("ada", None).client_id == portal.firm_id
    assert actor("cleo", None).client_id is None


def test_a_place_that_ended_is_gone_at_the_next_request(portal):
    from muniment.trust.identity import actions

    request = request_of("dan")
    actions.end_membership(portal.actor("cleo"), person_id=portal.people["dan"])

    from muniment.trust.identity import queries

    with pytest.raises(NotFound):
        queries.actor_for(request, portal.okoye)


def test_spaces_are_the_companies_a_person_may_enter(portal):
    from muniment.trust.identity import queries

    assert [(s.name, s.kind, s.membership) for s in queries.spaces(portal.people["ben"])] == [
        ("Harcourt & Vane", "firm", "staff"),
        ("Okoye Holdings Ltd", "client", "staff"),
    ]
    assert [s.name for s in queries.spaces(portal.people["mallory"])] == ["Brandt Orchards GmbH"]


def test_the_people_of_a_client_are_not_shown_to_another(portal):
    from muniment.trust.identity import queries

    names = [member.person.name for member in queries.people_of(portal.actor("mallory"))]

    assert names == ["Mallory Brandt"]
    with pytest.raises(NotFound):
        queries.people_of(portal.actor("dan"))
