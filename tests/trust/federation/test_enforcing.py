"""A service that is the only way in: passwords, resets and invitations with a password are closed to its domains."""

import pytest

from muniment.trust.federation.errors import NobodyLeft, NotTested
from tests.cast import PASSWORD
from tests.trust.federation.acting import Single, refusals
from tests.trust.identity.authenticators import Authenticator, enrol, sign_in
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes, person_with


@pytest.mark.control("sso-delegation")
def test_a_password_is_refused_right_or_wrong_in_the_same_words(single: Single):
    single.add(single.portal.okoye, "okoye.example", state="enforced")

    right, wrong, nobody = (
        Visitor().password(email, password).content.decode()
        for email, password in (
            ("cleo@okoye.example", PASSWORD),
            ("cleo@okoye.example", "wrong wrong wrong"),
            ("nobody@okoye.example", PASSWORD),
        )
    )

    for page in (right, wrong, nobody):
        assert "sign in through the organisation itself" in page


def test_other_domains_keep_their_passwords(single: Single):
    single.add(single.portal.okoye, "okoye.example", state="enforced")

    assert Visitor().password("mallory@brandt.example").status_code == 302


@pytest.mark.control("sso-delegation")
def test_nobody_of_its_domain_is_mailed_a_way_to_a_password(single: Single):
    from muniment.trust.identity.models import Letter

    single.add(single.portal.okoye, "okoye.example", state="enforced")
    before = Letter.objects.count()

    known, nobody = (
        Visitor().post("/account/password/reset/", {"email": email}).status_code
        for email in ("cleo@okoye.example", "nobody@okoye.example")
    )

    assert (known, nobody) == (403, 403)
    assert Letter.objects.count() == before


@pytest.mark.control("sso-delegation")
def test_a_link_mailed_before_changes_no_password_any_more(single: Single):
    from muniment.trust.identity.actions.passwords import reset_path
    from muniment.trust.identity.models import Person

    path = reset_path(Person.objects.get(id=person_with("cleo@okoye.example")))
    single.add(single.portal.okoye, "okoye.example", state="enforced")

    answer = Visitor().post(path, {"password1": "nine lanterns drift under ice"})

    assert answer.status_code == 403
    assert not Person.objects.get(id=person_with("cleo@okoye.example")).check_password("nine lanterns drift under ice")


@pytest.mark.control("sso-delegation")
def test_who_is_invited_goes_to_the_service_and_makes_no_password(single: Single):
    from muniment.core.actor import Actor
    from muniment.trust.identity import actions as identity
    from muniment.trust.identity.errors import SignsInElsewhere

    provider = single.add(single.portal.okoye, "okoye.example", state="enforced")
    _, path = identity.invite_person(
        single.portal.actor("cleo"), email="new@okoye.example", name="New", role="guest", purpose="Year end"
    )

    page = Visitor().get(path)
    with pytest.raises(SignsInElsewhere):
        identity.accept_invitation(
            Actor(kind="anonymous", client_id=single.portal.okoye),
            secret=path.split("/")[3],
            name="New",
            password="nine lanterns drift under ice",
        )

    assert page.status_code == 302
    assert page["Location"].startswith("/sign-in/with/")
    assert provider.state == "enforced"


@pytest.mark.control("sso-delegation")
def test_the_administrator_for_emergencies_alone_keeps_a_password(single: Single):
    from muniment.trust.federation import health
    from muniment.trust.identity import actions as identity
    from muniment.trust.identity.life.errors import LastForEmergencies
    from muniment.trust.identity.models import Person

    firm = single.portal.firm_id
    with pytest.raises(NobodyLeft):
        single.add(firm, "harcourt.example", state="enforced")
    identity.set_break_glass(single.portal.actor("ada"), person_id=single.portal.people["ada"], on=True)
    person = Person.objects.get(id=single.portal.people["ada"])
    kept = person.password
    Person.objects.filter(id=person.id).update(password="!none")
    from muniment.trust.federation import actions, queries

    ada = single.portal.actor("ada")
    (provider,) = queries.providers(ada)
    with pytest.raises(NobodyLeft):
        actions.switch_provider(ada, provider_id=provider.id, state="enforced")
    Person.objects.filter(id=person.id).update(password=kept)
    actions.switch_provider(ada, provider_id=provider.id, state="enforced")

    assert Visitor().password("ben@harcourt.example").status_code == 200
    assert Visitor().sign_in("ada").is_signed_in()
    assert list(health.emergencies()) == []
    with pytest.raises(LastForEmergencies):
        identity.set_break_glass(ada, person_id=person.id, on=False)
    Person.objects.filter(id=person.id).update(password="!none")
    assert [line.state for line in health.emergencies()] == ["bad"]


def test_nothing_is_switched_on_before_somebody_tried_it(single: Single):
    from muniment.trust.federation import actions

    provider = single.add(single.portal.okoye, state="new")
    ada = single.portal.actor("ada", single.portal.okoye)

    for state in ("on", "enforced"):
        with pytest.raises(NotTested):
            actions.switch_provider(ada, provider_id=provider.id, state=state)


def test_another_secret_makes_it_untried(single: Single):
    from muniment.trust.federation import actions

    provider = single.add(single.portal.okoye, "okoye.example", state="enforced")

    changed = actions.change_provider(
        single.portal.actor("ada", single.portal.okoye), provider_id=provider.id, secret="another"
    )

    assert (changed.state, changed.tested_at) == ("new", None)
    assert Visitor().password("cleo@okoye.example").status_code == 302


def test_removed_it_leaves_people_who_they_were(single: Single):
    from muniment.trust.federation import actions, queries

    provider = single.add(single.portal.okoye, "okoye.example", state="enforced")
    ada = single.portal.actor("ada", single.portal.okoye)

    actions.remove_provider(ada, provider_id=provider.id)

    assert queries.providers(ada) == []
    assert queries.way_of("cleo@okoye.example") is None
    assert Visitor().sign_in("cleo").is_signed_in()


def test_a_manager_sets_it_only_where_the_firm_allows(single: Single):
    from muniment.core.errors import NotFound
    from muniment.trust.access import actions as access
    from muniment.trust.access import queries as roles
    from muniment.trust.federation import queries

    cleo = single.portal.actor("cleo")
    with pytest.raises(NotFound):
        queries.providers(cleo)
    of_clients = roles.roles(single.portal.actor("ada"), side="client")
    verbs = next(role.verbs for role in of_clients if role.name == "manager")
    access.set_role_verbs(single.portal.actor("ada"), name="manager", verbs=[*verbs, "provider:set"])

    assert queries.providers(cleo) == []
    assert refusals(single.portal.okoye)


def test_a_client_that_was_closed_keeps_nobody_from_a_password(single: Single):
    from muniment.core.actor import Actor
    from muniment.core.unit import acting_as
    from muniment.trust.clients import actions as clients
    from muniment.trust.federation import queries

    single.add(single.portal.okoye, "okoye.example", state="enforced")
    with acting_as(Actor.system(single.portal.okoye)):
        clients.close(single.portal.okoye)

    assert queries.way_of("cleo@okoye.example") is None


@pytest.mark.control("sso-delegation")
def test_a_passkey_alone_is_no_way_around_it(single: Single):
    device = Authenticator()
    browser = Visitor().sign_in("cleo")
    forget_used_codes(person_with("cleo@okoye.example"))
    browser.post("/account/confirm/code/", {"code": app_code("cleo")})
    assert enrol(browser, device).status_code == 302
    single.add(single.portal.okoye, "okoye.example", state="enforced")
    other = Visitor()

    assert sign_in(other, device).status_code == 403
    assert not other.is_signed_in()
