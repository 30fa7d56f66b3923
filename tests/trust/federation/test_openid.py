"""Signing in through an OpenID provider: who comes in, and how; and that no forged answer is believed."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from muniment.core import clock
from tests.trust.federation.acting import Single, come_back, refusals, sign_in, start
from tests.trust.federation.openid import Claims, OpenIdProvider, signed
from tests.trust.identity.browsers import Visitor, person_with


def role(single: Single, email: str) -> list[str]:
    from muniment.core.actor import Actor
    from muniment.core.unit import acting_as
    from muniment.trust.access import queries as access

    actor = Actor.system(single.portal.okoye)
    with acting_as(actor):
        return [grant.role for grant in access.grants(actor) if grant.person_id == person_with(email)]


@pytest.mark.control("sso-providers")
def test_somebody_new_comes_in_with_the_role_for_such_people_and_their_second_factor_counts(
    single: Single, service: OpenIdProvider
):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["pwd", "mfa"])
    browser = Visitor()

    answer = sign_in(browser, service, provider, "?next=/account/")

    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert browser.is_signed_in()
    assert role(single, "new@okoye.example") == ["user"]


def test_without_a_proof_of_a_second_factor_ours_is_asked(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["pwd"])
    browser = Visitor()

    answer = sign_in(browser, service, provider)
    page = browser.get("/account/")

    assert answer.status_code == 302
    assert page["Location"].startswith("/account/factor/"), "enrolment and nothing else is open"


def test_who_has_an_account_is_linked_and_proves_their_own_factor_where_the_service_proves_none(
    single: Single, service: OpenIdProvider
):
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email="cleo@okoye.example", amr=["pwd"])
    browser = Visitor()

    answer = sign_in(browser, service, provider)

    assert answer["Location"] == "/sign-in/code/"
    assert not browser.is_signed_in()


def test_who_is_known_by_issuer_and_subject_comes_in_whatever_their_address(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email="cleo@okoye.example", amr=["mfa"])
    sign_in(Visitor(), service, provider)
    service.says(email="cleo.okoye@married.example", amr=["mfa"])
    browser = Visitor()

    sign_in(browser, service, provider)

    assert browser.is_signed_in()


def test_an_open_invitation_lets_in_where_nobody_else_is_admitted(single: Single, service: OpenIdProvider):
    from muniment.trust.identity import actions as identity

    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(amr=["mfa"])
    uninvited = sign_in(Visitor(), service, provider)
    identity.invite_person(
        single.portal.actor("cleo"), email="new@okoye.example", name="New", role="guest", purpose="Year end"
    )
    browser = Visitor()

    sign_in(browser, service, provider)

    assert uninvited.status_code == 403
    assert refusals(single.portal.okoye)[0] == "not-admitted"
    assert browser.is_signed_in()
    assert role(single, "new@okoye.example") == ["guest"]


def test_the_firm_signs_its_staff_in_and_a_clients_provider_never_does(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.firm_id, "harcourt.example")
    service.says(email="ben@harcourt.example", amr=["mfa"])
    browser = Visitor()

    sign_in(browser, service, provider)

    assert browser.is_signed_in()


# What a dishonest provider, or somebody in between, may put into a token, and the word that the log has for it.
FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "nonce": ({"nonce": "another"}, "nonce"),
    "audience": ({"aud": "another"}, "aud"),
    "audiences": ({"aud": ["portal", "another"]}, "azp"),
    "party": ({"azp": "another"}, "azp"),
    "issuer": ({"iss": "https://elsewhere.example"}, "iss"),
    "over": ({"exp": 1}, "exp"),
    "from the future": ({"iat": 4_000_000_000, "exp": 4_000_000_300}, "iat"),
    "old": ({"iat": 1}, "iat"),
    "not yet": ({"nbf": 4_000_000_000}, "nbf"),
    "no subject": ({"sub": ""}, "sub"),
    "a list for a subject": ({"sub": ["sub-1"]}, "sub"),
}


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("name", FORGED)
def test_a_forged_claim_is_refused(single: Single, service: OpenIdProvider, name: str):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    claims, word = FORGED[name]
    service.says(amr=["mfa"], **claims)

    refused(single, service, provider, word)


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("name", ["nonce", "aud", "iss", "exp", "iat", "sub"])
def test_a_missing_claim_is_refused(single: Single, service: OpenIdProvider, name: str):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.without = (name,)

    refused(single, service, provider, name)


def part(value: dict[str, Any] | bytes) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsigned(_provider: OpenIdProvider, claims: Claims) -> str:
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def confused(provider: OpenIdProvider, claims: Claims) -> str:
    """Sign with the public key as if it were a secret we share."""
    public = provider.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    return f"{text}.{part(hmac.digest(public, text.encode(), 'sha256'))}"


def with_our_secret(_provider: OpenIdProvider, claims: Claims) -> str:
    return jwt.encode(claims, "a secret, with: signs & spaces, long enough", algorithm="HS256")


def with_another_key(_provider: OpenIdProvider, claims: Claims) -> str:
    key = rsa.generate_private_key(65537, 2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})


def with_its_own_key_inside(_provider: OpenIdProvider, claims: Claims) -> str:
    key = rsa.generate_private_key(65537, 2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "two", "jwk": public})


def changed(provider: OpenIdProvider, claims: Claims) -> str:
    head, _, signature = signed(provider, claims).split(".")
    return f"{head}.{part({**claims, 'sub': 'somebody else'})}.{signature}"


SIGNED: dict[str, tuple[Callable[[OpenIdProvider, Claims], str], str]] = {
    "alg none": (unsigned, "alg"),
    "key confusion": (confused, "alg"),
    "a shared secret": (with_our_secret, "alg"),
    "another key": (with_another_key, "signature"),
    "a key of its own": (with_its_own_key_inside, "key"),
    "changed afterwards": (changed, "signature"),
    "no token": (lambda _provider, _claims: "nothing", "token"),
}


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("name", SIGNED)
def test_a_forged_signature_is_refused(single: Single, service: OpenIdProvider, name: str):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.sign, word = SIGNED[name]

    refused(single, service, provider, word)


def refused(single: Single, service: OpenIdProvider, provider: Any, word: str) -> None:
    """Insist that nobody comes in, and that the log says why."""
    from muniment.trust.identity import queries

    browser = Visitor()
    answer = sign_in(browser, service, provider)

    assert answer.status_code == 403
    assert "could not be believed" in answer.content.decode()
    assert not browser.is_signed_in()
    assert queries.find_person("new@okoye.example") is None
    assert refusals(single.portal.okoye)[0] == f"provider-answer-refused:{word}"


@pytest.mark.control("sso-providers")
def test_a_wrong_state_another_browser_and_a_second_time_are_refused(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["mfa"])
    browser, thief = Visitor(), Visitor()
    given = service.authorise(start(browser, provider)["Location"])

    answers = [
        come_back(browser, provider, {**given, "state": "another"}),
        come_back(browser, provider, {name: given[name] for name in ("code", "iss")}),
        come_back(thief, provider, given),
    ]
    first = come_back(browser, provider, given)
    again = come_back(browser, provider, given)

    assert [answer.status_code for answer in answers] == [403] * 3
    assert refusals(single.portal.okoye)[:4] == ["sign-in-not-begun"] * 4
    assert first.status_code == 302
    assert again.status_code == 403
    assert not thief.is_signed_in()


def test_an_answer_that_names_another_issuer_is_refused(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    browser = Visitor()
    given = service.authorise(start(browser, provider)["Location"])

    answer = come_back(browser, provider, {**given, "iss": "https://elsewhere.example"})

    assert answer.status_code == 403
    assert refusals(single.portal.okoye)[0] == "provider-answer-refused:iss"


def test_an_answer_too_late_is_refused(single: Single, service: OpenIdProvider, monkeypatch: pytest.MonkeyPatch):
    from datetime import timedelta

    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    browser = Visitor()
    given = service.authorise(start(browser, provider)["Location"])
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert come_back(browser, provider, given).status_code == 403


@pytest.mark.control("sso-providers")
def test_another_subject_with_a_known_address_is_refused(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email="cleo@okoye.example", amr=["mfa"])
    sign_in(Visitor(), service, provider)
    service.says(email="cleo@okoye.example", amr=["mfa"], sub="sub-2")
    browser = Visitor()

    answer = sign_in(browser, service, provider)

    assert answer.status_code == 403
    assert refusals(single.portal.okoye)[0] == "subject-changed"
    assert not browser.is_signed_in()


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize(
    "said",
    [
        {"email": "cleo@okoye.example"},  # of another client
        {"email": "ada@harcourt.example"},  # of the firm
        {"email": "new@brandt.example.okoye.example"},
        {"email": "new@brandt.example", "email_verified": False},
        {"email": "", "email_verified": True},
        {"email": "cleo@okoye.example@brandt.example"},
    ],
)
def test_a_provider_speaks_for_its_own_proved_domains_alone(
    single: Single, service: OpenIdProvider, said: dict[str, Any]
):
    single.add(single.portal.okoye, "okoye.example")
    provider = single.add(single.portal.brandt, "brandt.example", admits=True, role="user")
    service.says(**{"amr": ["mfa"], **said})
    browser = Visitor()

    answer = sign_in(browser, service, provider)

    assert answer.status_code == 403
    assert refusals(single.portal.brandt)[0] == "address-not-theirs"
    assert not browser.is_signed_in()


def test_a_domain_that_is_not_proved_counts_for_nothing(single: Single, service: OpenIdProvider):
    from muniment.trust.federation import actions

    provider = single.add(single.portal.brandt, "brandt.example", admits=True, role="user")
    actions.add_domain(single.portal.actor("ada", single.portal.brandt), provider_id=provider.id, name="okoye.example")
    service.says(email="cleo@okoye.example", amr=["mfa"])

    assert sign_in(Visitor(), service, provider).status_code == 403


def test_who_belongs_elsewhere_too_proves_our_own_factor_at_the_first_time(single: Single, service: OpenIdProvider):
    from muniment.core.actor import Actor
    from muniment.core.unit import acting_as
    from muniment.trust.clients import actions as clients

    with acting_as(Actor.system(single.portal.brandt)):
        clients.join(single.portal.brandt, person_with("cleo@okoye.example"), "contact")
    provider = single.add(single.portal.okoye, "okoye.example")
    service.says(email="cleo@okoye.example", amr=["mfa"])
    browser = Visitor()

    assert sign_in(browser, service, provider)["Location"] == "/sign-in/code/"
    assert not browser.is_signed_in()


def test_who_was_shut_out_stays_out(single: Single, service: OpenIdProvider):
    from muniment.trust.identity.models import Person

    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(email="cleo@okoye.example", amr=["mfa"])
    sign_in(Visitor(), service, provider)
    Person.objects.filter(id=person_with("cleo@okoye.example")).update(disabled_at=clock.now())
    browser = Visitor()

    assert sign_in(browser, service, provider).status_code == 403
    assert not browser.is_signed_in()


@pytest.mark.parametrize(
    "where", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere_afterwards(single: Single, service: OpenIdProvider, where: str):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["mfa"])

    assert sign_in(Visitor(), service, provider, f"?next={where}")["Location"] == "/"


def test_the_question_says_what_protects_it(single: Single):
    provider = single.add(single.portal.okoye, "okoye.example")

    address = start(Visitor(), provider)["Location"]

    for needed in (
        "code_challenge_method=S256",
        "code_challenge=",
        "state=",
        "nonce=",
        "max_age=",
        "response_type=code",
    ):
        assert needed in address


@pytest.mark.parametrize("state", ["new", "off"])
def test_a_provider_that_is_not_on_leads_nowhere(single: Single, state: str):
    provider = single.add(single.portal.okoye, "okoye.example", state=state)

    assert start(Visitor(), provider).status_code == 404


def test_by_an_address_its_organisation_is_found_whether_or_not_it_has_an_account(single: Single):
    single.add(single.portal.okoye, "okoye.example")

    known, unknown, nobody = (
        Visitor().post("/sign-in/organisation/", {"email": email}).content.decode()
        for email in ("cleo@okoye.example", "nobody@okoye.example", "somebody@elsewhere.example")
    )

    assert "Continue with Okoye ID" in known
    assert without_token(known) == without_token(unknown)
    assert "No organisation signs people in" in nobody


def without_token(page: str) -> str:
    import re

    return re.sub(r'"[A-Za-z0-9]{64}"', "", page)
