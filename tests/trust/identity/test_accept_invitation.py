"""Join by a one-use link, as what one was invited, and nothing more."""

from datetime import timedelta

import pytest

from tests.trust.identity.browsers import Visitor, forget_used_codes, person_with

NEW = "nine lanterns drift under ice"


def invited(portal, who="cleo", client=None, **changed):
    from muniment.trust.identity import actions

    wanted = {"email": "eve@okoye.example", "name": "Eve Okoye", "role": "user", "purpose": "Keeps the books"} | changed
    return actions.invite_person(portal.actor(who, client), **wanted)[1]


def join(path, **changed):
    browser = Visitor(ip="198.51.100.20")
    return browser, browser.post(path, {"name": "Eve Okoye", "password1": NEW} | changed)


def test_a_new_person_joins_with_the_inviters_grant(portal, events):
    from muniment.core import clock
    from muniment.trust.identity import queries

    until = clock.now() + timedelta(days=30)
    browser, answer = join(invited(portal, until=until))

    assert answer["Location"] == "/account/factor/"
    assert browser.get("/")["Location"] == "/account/factor/", "the second factor comes first"
    member = next(one for one in queries.people_of(portal.actor("cleo")) if one.person.name == "Eve Okoye")
    assert (member.roles, member.purpose, member.ends_at) == (("user",), "Keeps the books", until)
    assert {"person.joined", "grant.given", "session.started"} <= set(events(portal.okoye)[:4])


@pytest.mark.control("least-privilege")
def test_a_guest_joins_without_any_right(portal):
    from dataclasses import replace

    from muniment.trust.access import queries as access
    from muniment.trust.access.types import PERMISSIONS

    join(invited(portal, role="guest"))

    eve = replace(portal.actor("dan"), person_id=person_with("eve@okoye.example"))
    assert [verb for verb in PERMISSIONS if access.may_somewhere(eve, verb)] == []


def test_the_link_works_once(portal):
    path = invited(portal)
    join(path)

    _, again = join(path)

    assert again.status_code == 404


def test_two_at_the_same_moment_make_one_person(portal):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from muniment.trust.identity.models import Person

    path, before = invited(portal), Person.objects.count()

    def post(_):
        try:
            return join(path)[1].status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, range(4)))

    assert answers.count(302) == 1
    assert Person.objects.count() == before + 1


def test_the_link_of_one_client_is_none_of_another(portal):
    from muniment.core import ids

    secret = invited(portal).split("/")[3]

    assert Visitor().get(f"/invitations/{ids.public(portal.brandt)}/{secret}/").status_code == 404


def test_the_link_is_over_after_its_days(portal):
    from muniment.core import clock
    from muniment.core.unit import acting_as
    from muniment.trust.identity.models import Invitation

    path = invited(portal)
    with acting_as(portal.actor("cleo")):
        Invitation.objects.update(expires_at=clock.now())

    assert Visitor().get(path).status_code == 404


def test_only_a_hash_of_the_secret_is_kept(portal):
    from muniment.core.unit import acting_as
    from muniment.trust.identity.models import Invitation

    secret = invited(portal).split("/")[3]
    with acting_as(portal.actor("cleo")):
        assert all(secret.encode() not in bytes(row.secret_hash) for row in Invitation.objects.all())


@pytest.mark.parametrize("wrong", [{"password1": "charlotte123"}, {"password1": "okoyeholdings1"}, {"name": ""}])
def test_what_is_wrong_is_said_and_the_link_kept(portal, wrong):
    path = invited(portal)

    assert join(path, **wrong)[1].status_code == 422
    assert join(path)[1].status_code == 302


def test_a_person_with_an_account_signs_in_and_joins_without_a_new_one(portal):
    from muniment.trust.identity import queries
    from muniment.trust.identity.models import Person

    path, before = invited(portal, email="mallory@brandt.example"), Person.objects.count()
    mallory = Visitor()

    first = mallory.get(path)
    mallory.sign_in("mallory")
    page = mallory.get(path)
    answer = mallory.post(path)

    assert first["Location"].startswith("/sign-in/?next=/invitations/")
    assert page.status_code == 200
    assert answer["Location"] == "/"
    assert Person.objects.count() == before
    assert {space.name for space in queries.spaces(portal.people["mallory"])} == {
        "Brandt Orchards GmbH",
        "Okoye Holdings Ltd",
    }


def test_somebody_else_who_is_signed_in_does_not_join(portal):
    from muniment.trust.identity import queries

    path = invited(portal, email="mallory@brandt.example")
    forget_used_codes(portal.people["dan"])

    answer = Visitor().sign_in("dan").post(path)

    assert answer.status_code == 409
    assert len(queries.spaces(portal.people["mallory"])) == 1


def test_a_visitor_does_not_join_as_somebody_with_an_account(portal):
    from muniment.core.actor import Actor
    from muniment.trust.identity import actions
    from muniment.trust.identity.errors import SignInFirst

    path = invited(portal, email="mallory@brandt.example")
    visitor = Actor(kind="anonymous", client_id=portal.okoye)

    with pytest.raises(SignInFirst):
        actions.accept_invitation(visitor, secret=path.split("/")[3], name="Mallory", password=NEW)


def test_staff_do_not_become_contacts(portal):
    path = invited(portal, "mallory", email="ben@harcourt.example")

    assert Visitor().sign_in("ben").post(path).status_code == 422


def test_an_invitation_is_worth_no_more_than_the_inviters_right(portal):
    from muniment.trust.identity import actions

    path = invited(portal)
    actions.end_membership(portal.actor("ada", portal.okoye), person_id=portal.people["cleo"])

    assert join(path)[1].status_code == 404


def test_the_page_shows_who_invites_and_why(portal):
    page = Visitor().get(invited(portal)).content.decode()

    assert "Cleo Okoye" in page
    assert "Okoye Holdings Ltd" in page
    assert "Keeps the books" in page
