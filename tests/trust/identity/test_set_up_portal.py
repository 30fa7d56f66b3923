"""The first super admin comes by a one-time link made on the host; the way in is gone afterwards."""

from datetime import timedelta

import pytest

from tests.trust.identity.browsers import Visitor, person_with

FORM = {
    "firm": "Harcourt & Vane",
    "name": "Ada Harcourt",
    "email": "Ada@Harcourt.example",
    "password1": "seven otters juggle kelp",
}


@pytest.fixture
def link(database):
    from muniment.trust.identity import actions

    return actions.make_setup_link()


def test_the_link_makes_firm_and_admin_who_goes_on_to_enrol(link):
    from muniment.core.actor import Actor
    from muniment.trust.access import queries as access
    from muniment.trust.audit import queries as audit
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity import queries

    ada = Visitor()
    answer = ada.post(link, FORM)

    assert answer["Location"] == "/account/factor/"
    assert ada.get("/account/factor/").status_code == 200
    assert queries.company(clients.firm_id()).name == "Harcourt & Vane"
    assert "client:open" in access.firm_verbs(person_with("ada@harcourt.example"))
    log = [entry.event for entry in audit.entries(Actor.system(clients.firm_id()))]
    assert {"client.opened", "portal.set-up", "grant.given", "session.started"} == set(log) - {"page.opened"}


def test_once_the_firm_exists_there_is_no_way_in(link):
    from muniment.trust.identity import actions
    from muniment.trust.identity.errors import AlreadySetUp

    another = actions.make_setup_link()
    Visitor().post(link, FORM)

    assert Visitor().get(link).status_code == 404
    assert Visitor().get(another).status_code == 404
    assert Visitor().post(another, FORM | {"email": "mallory@brandt.example"}).status_code == 404
    with pytest.raises(AlreadySetUp):
        actions.make_setup_link()


def test_a_guessed_link_opens_nothing(database):
    assert Visitor().get("/set-up/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/").status_code == 404


def test_guessing_links_is_limited(database):
    answers = [Visitor().get(f"/set-up/{number}/").status_code for number in range(22)]

    assert answers[0] == 404
    assert answers[-1] == 429


def test_the_link_is_over_after_a_day(link):
    from muniment.core import clock
    from muniment.trust.identity.models import SetupLink

    SetupLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))

    assert Visitor().get(link).status_code == 404


def test_only_a_hash_of_the_link_is_kept(link):
    from muniment.trust.identity.models import SetupLink

    assert link.split("/")[2].encode() not in bytes(SetupLink.objects.get().secret_hash)


@pytest.mark.parametrize(
    "wrong", [{"password1": "short"}, {"email": "nothing"}, {"firm": ""}, {"password1": "HarcourtVane12"}]
)
def test_what_is_wrong_is_said_and_the_link_kept(link, wrong):
    assert Visitor().post(link, FORM | wrong).status_code == 422
    assert Visitor().post(link, FORM).status_code == 302


def test_two_at_the_same_moment_make_one_firm(link):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from muniment.trust.identity.models import Person

    def post(number):
        try:
            return (
                Visitor(ip=f"192.0.2.{number}")
                .post(link, FORM | {"email": f"ada{number}@harcourt.example"})
                .status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(post, range(4)))

    assert answers.count(302) == 1
    assert Person.objects.count() == 1


def test_an_admin_is_made_on_the_host_later_by_an_invitation(portal):
    from muniment.trust.access import queries as access
    from muniment.trust.identity import actions

    path = actions.make_admin_link(email="eve@harcourt.example", name="Eve Harcourt")
    answer = Visitor().post(path, {"name": "Eve Harcourt", "password1": "seven otters juggle kelp"})

    assert answer["Location"] == "/account/factor/"
    assert "mail:read" in access.firm_verbs(person_with("eve@harcourt.example"))
