"""How long a password must be, of which characters, and whose words it may not be: as all of one's places want it."""

from dataclasses import replace

import pytest

from muniment.trust.access.types import Profile, Side
from muniment.trust.identity.strength.rules import Rules
from tests.cast import PASSWORD
from tests.trust.identity.browsers import Visitor

PHRASE = "kelplanterngravelottr"  # letters alone, and nothing anybody knows
NEW = "nine lanterns drift under ice"


@pytest.fixture
def profiled(portal):
    """Set the profile of a client, as the portal itself."""
    from muniment.core.actor import Actor
    from muniment.trust.access import actions as access

    def put(client_id, **fields):
        access.set_profile(Actor.system(client_id, purpose="Tests"), profile=replace(Profile(), **fields))

    return put


@pytest.mark.control("pw-composition")
def test_by_default_a_phrase_of_letters_is_enough():
    from muniment.trust.identity.passwords import problems

    assert problems("plumsandgravelroads"[:20]) == ()
    assert Rules().composition == "none"


@pytest.mark.control("pw-composition")
@pytest.mark.parametrize(
    ("composition", "password", "missing"),
    [
        ("pci", "plumsandgravelroads", "a digit"),
        ("pci", "948230187730119", "a letter"),
        ("classes", "plumsandgravelroads", "a capital letter and a digit and a special character"),
        ("classes", "PLUMSANDGRAVELROADS7!", "a small letter"),
    ],
)
def test_with_the_switch_on_what_is_missing_is_named(composition, password, missing):
    (said,) = Rules(composition=composition).problems(password)

    assert missing in said


@pytest.mark.control("pw-composition")
@pytest.mark.parametrize("composition", ["none", "pci", "classes"])
def test_the_least_length_is_the_same_with_and_without(composition):
    rules = Rules(composition=composition)

    assert any("12" in said for said in rules.problems("kelp7Otter#"))
    assert rules.problems("kelp7Otter#q") == ()


@pytest.mark.control("pw-composition")
def test_a_clients_profile_counts_for_its_contacts_and_for_nobody_else(portal, profiled):
    profiled(portal.okoye, contacts=Side(composition="pci"))
    cleo, mallory = Visitor().sign_in("cleo"), Visitor().sign_in("mallory")
    typed = {"oldpassword": PASSWORD, "password1": "plumsandgravelroads"}

    refused = cleo.post("/account/password/", typed)

    assert refused.status_code == 422
    assert "a digit" in str(refused.context["form"].errors["password1"])
    assert "Letters and digits" in refused.content.decode(), "the form says so before anything is typed"
    assert mallory.post("/account/password/", typed).status_code == 302
    assert cleo.post("/account/password/", {**typed, "password1": "plumsandgravelroads7"}).status_code == 302


@pytest.mark.control("pw-composition")
def test_the_page_warns_whoever_switches_it_on(portal):
    from muniment.core import ids
    from tests.cast import signed_in

    page = signed_in(portal.people["ada"]).get(f"/{ids.public(portal.okoye)}/conditions/", secure=True)

    assert "NIST SP 800-63B-4 forbids such rules" in page.content.decode()


@pytest.mark.control("pw-min-length")
def test_fifteen_where_a_password_alone_may_sign_in(portal, profiled):
    from muniment.trust.identity.models import Person
    from muniment.trust.identity.strength.owners import owner_of

    assert owner_of(Person.objects.get(id=portal.people["cleo"])).rules.shortest == 12

    profiled(portal.okoye, mfa_mode="optional")

    assert owner_of(Person.objects.get(id=portal.people["cleo"])).rules.shortest == 15
    assert owner_of(Person.objects.get(id=portal.people["ben"])).rules.shortest == 12, "staff have a second factor"
    (said,) = owner_of(Person.objects.get(id=portal.people["cleo"])).rules.problems("kelp7Otter#q")
    assert "15" in said


@pytest.mark.control("pw-dictionary")
@pytest.mark.parametrize("words", ["OkoyeHoldings26", "HarcourtVane2026", "MunimentPortal1", "cleo.okoye.cleo"])
def test_ones_companies_firm_and_product_are_refused_where_it_is_changed(portal, words):
    answer = Visitor().sign_in("cleo").post("/account/password/", {"oldpassword": PASSWORD, "password1": words})

    assert answer.status_code == 422, "the form says so; it is no page of an error"
    assert answer.context["form"].errors["password1"]


@pytest.mark.control("pw-dictionary")
@pytest.mark.parametrize("words", ["OkoyeHoldings26", "HarcourtVane2026"])
def test_they_are_refused_where_it_is_reset(portal, words):
    from muniment.trust.identity.actions.passwords import reset_path
    from muniment.trust.identity.models import Person

    answer = Visitor().post(reset_path(Person.objects.get(id=portal.people["cleo"])), {"password1": words})

    assert answer.status_code == 422
    assert answer.context["form"].errors["password1"]


@pytest.mark.control("pw-dictionary")
@pytest.mark.parametrize("words", ["OkoyeHoldings26", "HarcourtVane2026", "NewcomerNewcomer"])
def test_they_are_refused_where_somebody_joins(portal, words):
    from muniment.trust.identity import actions

    _, path = actions.invite_person(
        portal.actor("cleo"), email="eve@okoye.example", name="Eve Newcomer", role="user", purpose="Helps out"
    )

    answer = Visitor().post(path, {"name": "Eve Newcomer", "password1": words})

    assert answer.status_code == 422
    assert answer.context["form"].errors["password1"]


@pytest.mark.control("pw-dictionary")
def test_the_firms_name_is_refused_where_the_portal_is_set_up(database):
    from muniment.trust.identity import actions

    typed = {"firm": "Harcourt & Vane", "name": "Ada Harcourt", "email": "ada@harcourt.example"}
    answer = Visitor().post(actions.make_setup_link(), {**typed, "password1": "HarcourtVane2026"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["password1"]
