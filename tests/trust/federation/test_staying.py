"""After signing in: roles by group, being signed out by the service, and confirming through it."""

from typing import Any
from uuid import uuid4

import jwt
import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.federation.types import ProviderFacts
from tests.trust.federation.acting import Single, come_back, refusals, sign_in
from tests.trust.federation.openid import CLIENT_ID, OpenIdProvider
from tests.trust.identity.browsers import Visitor, person_with

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def roles(single: Single, email: str) -> list[str]:
    from muniment.trust.access import queries as access

    actor = Actor.system(single.portal.okoye)
    with acting_as(actor):
        return sorted(grant.role for grant in access.grants(actor) if grant.person_id == person_with(email))


def test_groups_give_roles_and_take_them_back_and_leave_alone_what_was_given_by_hand(
    single: Single, service: OpenIdProvider
):
    provider = single.add(
        single.portal.okoye, "okoye.example", admits=True, role="guest", group_roles={"Board": "manager", "All": "user"}
    )
    seen = []
    for groups in (["Board", "All"], ["All", "Others"], []):
        service.says(amr=["mfa"], groups=groups)
        sign_in(Visitor(), service, provider)
        seen.append(roles(single, "new@okoye.example"))

    assert seen == [["guest", "manager", "user"], ["guest", "user"], ["guest"]]


def test_a_role_that_somebody_has_by_hand_is_not_taken_by_a_group(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example", group_roles={"Board": "manager"})
    for groups in (["Board"], []):
        service.says(email="cleo@okoye.example", amr=["mfa"], groups=groups)
        sign_in(Visitor(), service, provider)

    assert roles(single, "cleo@okoye.example") == ["manager"]


def test_nobody_maps_a_group_to_a_role_beyond_their_own(single: Single):
    from muniment.trust.access.errors import UnknownRole

    with pytest.raises(UnknownRole):
        single.add(single.portal.okoye, "okoye.example", group_roles={"Board": "super-admin"})


def told(service: OpenIdProvider, provider: ProviderFacts, without: tuple[str, ...] = (), **more: Any) -> Any:
    """Let the service say that somebody signed out there."""
    now = int(clock.now().timestamp())
    said: dict[str, Any] = {
        "iss": service.issuer,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": uuid4().hex,
        "sub": "sub-1",
        "events": {EVENT: {}},
        **more,
    }
    claims = {name: value for name, value in said.items() if name not in without}
    token = jwt.encode(claims, service.key, algorithm="RS256", headers={"kid": "one", "typ": "logout+jwt"})
    path = f"/sign-in/with/{ids.public(provider.client_id)}/{ids.public(provider.id)}/ended/"
    return Visitor().post(path, {"logout_token": token})


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("by", ["sub", "sid"])
def test_who_signs_out_there_is_signed_out_here(single: Single, service: OpenIdProvider, by: str):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["mfa"], sid="session-1")
    browser = Visitor()
    sign_in(browser, service, provider)
    assert browser.is_signed_in()

    answer = told(service, provider, ("sub",), sid="session-1") if by == "sid" else told(service, provider)

    assert answer.status_code == 200
    assert not browser.is_signed_in()


def test_sessions_that_began_otherwise_go_on(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example")
    own = Visitor().sign_in("cleo")
    service.says(email="cleo@okoye.example", amr=["mfa"])
    through = Visitor()
    sign_in(through, service, provider)

    told(service, provider)

    assert own.is_signed_in()
    assert not through.is_signed_in()


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"events": {}}, "events"),
        ({"nonce": "x"}, "events"),
        ({"aud": "another"}, "aud"),
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"iat": 1}, "iat"),
        ({"without": ("sub",)}, "sub"),
        ({"without": ("jti",)}, "replay"),
    ],
)
def test_a_forged_sign_out_ends_nothing(single: Single, service: OpenIdProvider, said: dict[str, Any], word: str):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["mfa"])
    browser = Visitor()
    sign_in(browser, service, provider)

    assert told(service, provider, **said).status_code == 400
    assert refusals(single.portal.okoye)[0] == f"provider-answer-refused:{word}"
    assert browser.is_signed_in()


def test_a_sign_out_counts_once(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["mfa"])
    sign_in(Visitor(), service, provider)

    assert [told(service, provider, jti="same").status_code for _ in range(2)] == [200, 400]


def confirm(browser: Visitor, service: OpenIdProvider, provider: ProviderFacts) -> Any:
    """Go to the service to prove oneself anew, and come back."""
    away = browser.get("/account/confirm/organisation/?next=/account/")["Location"]
    assert "prompt=login" in away
    assert "max_age=0" in away
    return come_back(browser, provider, service.authorise(away))


def test_who_came_through_a_service_confirms_through_it(single: Single, service: OpenIdProvider):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    long_ago = int(clock.now().timestamp()) - 3600
    service.says(amr=["mfa"], auth_time=long_ago)
    browser = Visitor()
    sign_in(browser, service, provider)
    service.says(amr=["mfa"])

    offered = browser.get("/account/confirm/?next=/account/").content.decode()
    answer = confirm(browser, service, provider)

    assert "Confirm through Okoye ID" in offered
    assert (answer.status_code, answer["Location"]) == (302, "/account/")


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"amr": ["mfa"], "auth_time": 1_700_000_000}, "provider-answer-refused:auth_time"),
        ({"amr": ["pwd"]}, "provider-answer-refused:amr"),
        ({"amr": ["mfa"], "sub": "sub-2"}, "sign-in-not-begun"),
    ],
)
def test_an_old_weak_or_other_sign_in_confirms_nothing(
    single: Single, service: OpenIdProvider, said: dict[str, Any], rule: str
):
    provider = single.add(single.portal.okoye, "okoye.example", admits=True, role="user")
    service.says(amr=["mfa"])
    browser = Visitor()
    sign_in(browser, service, provider)
    service.says(**said)

    assert confirm(browser, service, provider).status_code == 403
    assert refusals(single.portal.okoye)[0] == rule


def test_who_has_a_password_is_offered_no_service(single: Single):
    single.add(single.portal.okoye, "okoye.example")

    assert "Okoye ID" not in Visitor().sign_in("cleo").get("/account/confirm/?next=/account/").content.decode()


def test_what_groups_gave_ends_with_the_mapping_the_link_and_the_service(single: Single, service: OpenIdProvider):
    from muniment.trust.federation import actions

    provider = single.add(
        single.portal.okoye, "okoye.example", admits=True, role="guest", group_roles={"Board": "manager", "All": "user"}
    )
    ada = single.portal.actor("ada", single.portal.okoye)
    service.says(amr=["mfa"], groups=["Board", "All"])
    sign_in(Visitor(), service, provider)
    first = roles(single, "new@okoye.example")
    actions.change_provider(ada, provider_id=provider.id, group_roles={"All": "user"})
    without_mapping = roles(single, "new@okoye.example")
    actions.unlink_person(ada, provider_id=provider.id, person_id=person_with("new@okoye.example"))
    without_link = roles(single, "new@okoye.example")
    sign_in(Visitor(), service, provider)
    again = roles(single, "new@okoye.example")
    actions.remove_provider(ada, provider_id=provider.id)

    assert first == ["guest", "manager", "user"]
    assert without_mapping == ["guest", "user"]
    assert without_link == ["guest"]
    assert again == ["guest", "user"]
    assert roles(single, "new@okoye.example") == ["guest"]


@pytest.mark.control("sso-providers")
def test_no_service_says_who_administers_the_firm(single: Single, service: OpenIdProvider):
    from muniment.trust.federation.errors import RoleAdministers
    from muniment.trust.federation.models import Provider

    firm = single.portal.firm_id
    for more in ({"group_roles": {"IT": "admin"}}, {"admits": True, "role": "super-admin"}):
        with pytest.raises(RoleAdministers):
            single.add(firm, f"{len(more)}.harcourt.example", **more)
    provider = single.add(firm, "harcourt.example")
    with acting_as(Actor.system(firm)):  # as if it had come to administer after it was mapped
        row = Provider.objects.get(id=provider.id)
        row.settings = {**row.settings, "group_roles": {"IT": "admin"}}
        row.save()
    service.says(email="ben@harcourt.example", amr=["mfa"], groups=["IT"])
    browser = Visitor()
    sign_in(browser, service, provider)

    from muniment.trust.access import queries as access

    assert browser.is_signed_in()
    assert person_with("ben@harcourt.example") not in access.administering()
