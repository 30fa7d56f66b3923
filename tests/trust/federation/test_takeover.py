"""What somebody could try who administers a service, or who may speak to it: each stays within what was proved."""

from typing import Any

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from tests.trust.federation.acting import Single, come_back, refusals, sign_in, start
from tests.trust.federation.openid import OpenIdProvider
from tests.trust.identity.browsers import Visitor, person_with
from tests.trust.identity.steps.profiles import again, set_profile

CLEO = "cleo@okoye.example"


def joins(single: Single, client_id: Any, email: str) -> None:
    """Let somebody belong to a further client."""
    from muniment.trust.clients import actions as clients

    with acting_as(Actor.system(client_id)):
        clients.join(client_id, person_with(email), "contact")


@pytest.mark.control("sso-providers")
def test_no_service_opens_another_clients_things_by_itself_the_second_time_either(
    single: Single, service: OpenIdProvider
):
    joins(single, single.portal.brandt, CLEO)
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email=CLEO, amr=["mfa"])
    browsers = [Visitor() for _ in range(3)]

    answers = [sign_in(browser, service, provider)["Location"] for browser in browsers]

    assert answers == ["/sign-in/code/"] * 3
    assert not any(browser.is_signed_in() for browser in browsers)


@pytest.mark.control("sso-providers", "step-up-new-device")
def test_a_device_that_a_service_alone_made_known_opens_no_other_client(single: Single, service: OpenIdProvider):
    for client_id in (single.portal.okoye, single.portal.brandt):
        set_profile(client_id, mfa_mode="new-device")
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email=CLEO, amr=["mfa"])
    browser = Visitor()
    sign_in(browser, service, provider)
    service.says(email=CLEO, amr=["pwd"])
    sign_in(again(browser), service, provider)
    is_spared_at_home = browser.is_signed_in()
    joins(single, single.portal.brandt, CLEO)
    service.says(email=CLEO, amr=["mfa"])

    answer = sign_in(again(browser), service, provider)

    assert is_spared_at_home
    assert answer["Location"] == "/sign-in/code/"
    assert not browser.is_signed_in()


@pytest.mark.control("sso-providers")
def test_a_service_confirms_nobody_who_belongs_to_another_client_too(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email=CLEO, amr=["mfa"])
    browser = Visitor()
    sign_in(browser, service, provider)
    away = browser.get("/account/confirm/organisation/?next=/account/")["Location"]
    joins(single, single.portal.brandt, CLEO)

    answer = come_back(browser, provider, service.authorise(away))

    assert answer.status_code == 403
    assert browser.get("/account/confirm/organisation/?next=/account/").status_code == 404
    assert "Okoye ID" not in browser.get("/account/confirm/?next=/account/").content.decode()


@pytest.mark.control("sso-providers")
def test_a_second_service_of_a_client_does_not_speak_for_the_domains_of_the_first(
    single: Single, service: OpenIdProvider
):
    single.add(single.portal.okoye, "okoye.example")
    other = single.add(single.portal.okoye, "okoye-events.example", admits=True, role="user")
    service.says(email=CLEO, amr=["mfa"])
    browser = Visitor()

    assert sign_in(browser, service, other).status_code == 403
    assert refusals(single.portal.okoye)[0] == "address-not-theirs"
    assert not browser.is_signed_in()


def test_who_was_taken_out_comes_back_by_an_invitation_alone(single: Single, service: OpenIdProvider):
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity import actions as identity

    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["mfa"])
    sign_in(Visitor(), service, provider)
    somebody = person_with("new@okoye.example")
    ada, cleo = single.portal.actor("ada", single.portal.okoye), single.portal.actor("cleo")
    identity.end_membership(ada, person_id=somebody)

    turned_away = sign_in(Visitor(), service, provider)
    before = clients.memberships(somebody)
    identity.invite_person(cleo, email="new@okoye.example", name="New", role="guest", purpose="Year end")
    browser = Visitor()
    sign_in(browser, service, provider)

    assert turned_away.status_code == 403
    assert refusals(single.portal.okoye)[0] == "not-admitted"
    assert before == []
    assert browser.is_signed_in()


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("word", [False, 0, "0", "false"])
def test_an_address_that_the_directory_itself_calls_unowned_is_nobodys(
    single: Single, service: OpenIdProvider, word: Any
):
    provider = single.add(single.portal.okoye, "okoye.example", settings={"vouches": True}, state="new")
    with acting_as(Actor.system(single.portal.okoye)):
        from muniment.trust.federation.models import Provider

        Provider.objects.filter(id=provider.id).update(tested_at=clock.now(), state="on")
    service.says(email=CLEO, amr=["mfa"], xms_edov=word)
    service.without = ("email_verified",)

    assert sign_in(Visitor(), service, provider).status_code == 403
    assert refusals(single.portal.okoye)[0] == "address-not-theirs"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 253402300799},
        {"nbf": -62135596800},
        {"auth_time": 253402300799},
        {"iat": 10**400},
        {"exp": 1e308},
        {"email": {"a": 1}, "name": ["x"], "groups": {"x": 1}, "amr": "mfa", "acr": ["x"], "sid": 5, "azp": None},
    ],
)
def test_odd_claims_are_refused_or_ignored_and_never_an_error(
    single: Single, service: OpenIdProvider, claims: dict[str, Any]
):
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(**{"email": CLEO, "amr": ["mfa"], **claims})

    assert sign_in(Visitor(), service, provider).status_code in {302, 403}


@pytest.mark.parametrize(
    "row", [{"n": "AA", "e": "AQAB"}, {"n": "*", "e": "*"}, {"n": 1, "e": []}, {"e": "AQAB"}, {"n": "", "e": ""}]
)
def test_a_key_that_is_none_is_refused(single: Single, service: OpenIdProvider, row: dict[str, Any]):
    provider = single.add(single.portal.okoye, "okoye.example")
    service.only_keys = [{"kty": "RSA", "kid": "one", "use": "sig", **row}]

    assert sign_in(Visitor(), service, provider).status_code == 403
    assert refusals(single.portal.okoye)[0] == "provider-answer-refused:key"


def test_a_state_of_any_letters_is_refused(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example")
    browser = Visitor()
    start(browser, provider)

    assert come_back(browser, provider, {"state": "é\u2028", "code": "x"}).status_code == 403


def test_a_sign_out_of_a_thousand_brackets_is_refused(single: Single):
    import base64

    provider = single.add(single.portal.okoye, "okoye.example")
    path = f"/sign-in/with/{ids.public(provider.client_id)}/{ids.public(provider.id)}/ended/"
    head = base64.urlsafe_b64encode(b"[" * 40_000).decode().rstrip("=")

    assert Visitor().post(path, {"logout_token": f"{head}.e30.AAAA"}).status_code == 400


@pytest.mark.control("sso-providers")
def test_a_confirmation_from_the_future_counts_for_nothing(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email=CLEO, amr=["mfa"])
    browser = Visitor()
    sign_in(browser, service, provider)
    service.says(email=CLEO, amr=["mfa"], auth_time=int(clock.now().timestamp()) + 86_400)

    answer = come_back(browser, provider, service.authorise(browser.get("/account/confirm/organisation/")["Location"]))

    assert answer.status_code == 403
    assert refusals(single.portal.okoye)[0] == "provider-answer-refused:auth_time"


@pytest.mark.control("sso-delegation")
def test_whom_an_enforced_service_leaves_no_other_way_comes_in_to_where_they_belong(
    single: Single, service: OpenIdProvider
):
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity.models import Person

    mallory = person_with("mallory@brandt.example")
    Person.objects.filter(id=mallory).update(email="mallory@okoye.example")
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email="mallory@okoye.example", amr=["mfa"])
    beside = sign_in(Visitor(), service, provider)
    from muniment.trust.federation import actions

    ada = single.portal.actor("ada", single.portal.okoye)
    actions.switch_provider(ada, provider_id=provider.id, state="enforced")

    answer = sign_in(Visitor(), service, provider)

    assert beside.status_code == 403, "a password is open to them"
    assert answer["Location"] == "/sign-in/code/"
    assert [place.client_id for place in clients.memberships(mallory)] == [single.portal.brandt]


def test_what_no_key_of_the_service_signed_is_not_even_kept(single: Single):
    from django.db import connection

    from muniment.trust.federation import actions, saml
    from tests.trust.federation.saml_provider import SamlProvider, key_pair, posted

    real, other = SamlProvider(), SamlProvider(key_pair())
    settings = saml.read_metadata(real.metadata())
    ada = single.portal.actor("ada", single.portal.okoye)
    made = actions.add_provider(ada, kind="saml", name="SAML", settings=settings, expires_at=saml.ends_at(settings))
    path = f"/sign-in/with/{ids.public(made.client_id)}/{ids.public(made.id)}/acs/"
    asked = {"id": "_x", "acs": "https://portal.example/acs", "audience": "https://portal.example", "state": ""}

    def kept() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from cache_entry where length(value::text) > 1000")
            return int(cursor.fetchone()[0])

    before = kept()
    forged = Visitor().post(path, {"SAMLResponse": posted(other.response(asked)), "RelayState": "x"})
    long = Visitor().post(path, {"SAMLResponse": posted(real.response(asked)), "RelayState": "x" * 101})
    between = kept()
    signed = Visitor().post(path, {"SAMLResponse": posted(real.response(asked)), "RelayState": "x"})

    assert (forged.status_code, long.status_code, signed.status_code) == (403, 403, 303)
    assert (between - before, kept() - before) == (0, 1)
