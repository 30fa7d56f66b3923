"""The pages on which administrators add a service, prove a domain, try it and switch it on."""

from typing import Any

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.federation.errors import DomainTaken, DomainUnproved
from tests.cast import Portal, signed_in
from tests.trust.federation.acting import Records, Single
from tests.trust.federation.openid import CLIENT_ID, SECRET, OpenIdProvider
from tests.trust.federation.saml_provider import SamlProvider
from tests.trust.identity.browsers import Visitor


def administrator(portal: Portal) -> Visitor:
    """Return a browser of Ada, who said why she opens her clients' spaces."""
    found = Visitor()
    found.browser = signed_in(portal.people["ada"])
    return found


def providers(portal: Portal) -> list[Any]:
    from muniment.trust.federation import queries

    return queries.providers(portal.actor("ada", portal.okoye))


def domains(portal: Portal) -> list[Any]:
    from muniment.trust.federation import queries

    ada = portal.actor("ada", portal.okoye)
    return queries.domains(ada, queries.providers(ada)[0].id)


@pytest.mark.control("sso-providers")
def test_from_the_issuer_to_the_only_way_in(portal: Portal, service: OpenIdProvider, records: Records):
    ada = administrator(portal)
    place = f"/{ids.public(portal.okoye)}/providers/"
    form = {"name": "Okoye ID", "issuer": service.issuer, "client_id": CLIENT_ID, "secret": SECRET}

    assert ada.post(f"{place}new/other/", form).status_code == 302
    (made,) = providers(portal)
    page = f"{place}{ids.public(made.id)}/"
    shown = ada.get(page).content.decode()
    assert ada.post(f"{page}domains/", {"name": "okoye.example"}).status_code == 302
    (domain,) = domains(portal)
    prove = f"/{ids.public(portal.okoye)}/domains/{ids.public(domain.id)}/prove/"
    back = {"provider": ids.public(made.id)}
    ada.post(prove, back)
    unproved = domains(portal)[0].proved_at
    records[domain.record] = [domain.record_text]
    assert ada.post(prove, back)["Location"] == page
    ada.post(f"{page}switch/", {"state": "on"})
    untried = providers(portal)[0].state
    given = service.authorise(ada.get(f"{page}try/")["Location"])
    from urllib.parse import urlencode

    answer = f"/sign-in/with/{ids.public(portal.okoye)}/{ids.public(made.id)}/answer/"
    tried = ada.get(f"{answer}?{urlencode(given)}").content.decode()
    ada.post(f"{page}switch/", {"state": "enforced"})

    assert "/answer/" in shown
    assert unproved is None
    assert domains(portal)[0].proved_by == "dns"
    assert untried == "new"
    assert "It works" in tried
    assert "new@okoye.example" in tried
    assert providers(portal)[0].state == "enforced"
    assert SECRET not in ada.get(page).content.decode()


def test_a_try_that_names_no_address_is_no_proof_that_people_come_in(
    portal: Portal, service: OpenIdProvider, single: Single
):
    from urllib.parse import urlencode

    from muniment.trust.federation.models import Provider

    provider = single.add(portal.okoye, state="new")
    with acting_as(Actor.system(portal.okoye)):
        Provider.objects.filter(id=provider.id).update(tested_at=None)
    ada = administrator(portal)
    place = ids.public(portal.okoye), ids.public(provider.id)
    service.says(email_verified=False)
    given = service.authorise(ada.get("/{}/providers/{}/try/".format(*place))["Location"])

    page = ada.get("/sign-in/with/{}/{}/answer/?{}".format(*place, urlencode(given))).content.decode()

    assert "It names no address" in page
    assert "It works" not in page
    assert providers(portal)[0].tested_at is None


def test_a_try_that_fails_says_why_and_changes_nothing(portal: Portal, service: OpenIdProvider, single: Single):
    provider = single.add(portal.okoye, state="new")
    ada = administrator(portal)
    page = f"/{ids.public(portal.okoye)}/providers/{ids.public(provider.id)}/"
    service.says(aud="another")
    given = service.authorise(ada.get(f"{page}try/")["Location"])
    from urllib.parse import urlencode

    answer = f"/sign-in/with/{ids.public(portal.okoye)}/{ids.public(provider.id)}/answer/"
    assert ada.get(f"{answer}?{urlencode(given)}")["Location"] == page

    assert "provider-answer-refused:aud" in ada.get(page).content.decode()


@pytest.mark.parametrize(
    "issuer",
    ["https://169.254.169.254", "http://localhost:1", "https://127.0.0.1:9", "https://localhost", "nonsense"],
)
@pytest.mark.control("sso-providers")
def test_an_issuer_inside_the_network_is_refused_beside_its_field(portal: Portal, issuer: str):
    ada = administrator(portal)

    answer = ada.post(
        f"/{ids.public(portal.okoye)}/providers/new/other/", {"name": "X", "issuer": issuer, "client_id": "x"}
    )

    assert answer.status_code == 422
    assert "does not go to this address" in answer.content.decode()
    assert providers(portal) == []


def test_metadata_comes_as_a_file(portal: Portal):
    from django.core.files.uploadedfile import SimpleUploadedFile

    ada = administrator(portal)
    file = SimpleUploadedFile("metadata.xml", SamlProvider().metadata(), "application/xml")

    answer = ada.post(f"/{ids.public(portal.okoye)}/providers/new/saml/", {"name": "SAML", "metadata_file": file})

    assert answer.status_code == 302
    (made,) = providers(portal)
    assert (made.kind, made.issuer) == ("saml", "https://idp.okoye.example/saml")
    assert made.expires_at is not None


def test_metadata_by_an_address_inside_is_refused(portal: Portal):
    ada = administrator(portal)

    answer = ada.post(
        f"/{ids.public(portal.okoye)}/providers/new/saml/", {"name": "SAML", "metadata_url": "https://10.0.0.1/md"}
    )

    assert answer.status_code == 422
    assert providers(portal) == []


def test_who_may_not_set_services_finds_no_page(portal: Portal):
    place = f"/{ids.public(portal.okoye)}/providers/"

    assert [Visitor().sign_in(who).get(place).status_code for who in ("cleo", "ben", "mallory")] == [404] * 3


def test_a_domain_is_proved_by_one_client_alone(single: Single):
    from muniment.trust.federation import actions

    single.add(single.portal.okoye, "okoye.example")
    other = single.add(single.portal.brandt, state="new")
    ada = single.portal.actor("ada", single.portal.brandt)
    domain = actions.add_domain(ada, provider_id=other.id, name="okoye.example")

    with pytest.raises(DomainUnproved):
        actions.prove_domain(ada, domain_id=domain.id)
    single.records[domain.record] = [domain.record_text]
    with pytest.raises(DomainTaken):
        actions.prove_domain(ada, domain_id=domain.id)


@pytest.mark.parametrize(
    "name", ["", "localhost", "a b.example", "-x.example", "x" * 300 + ".example", "okoye", "192.0.2.44"]
)
def test_what_is_no_domain_is_refused(single: Single, name: str):
    from muniment.core.errors import Invalid
    from muniment.trust.federation import actions

    provider = single.add(single.portal.okoye, state="new")
    with pytest.raises(Invalid):
        actions.add_domain(single.portal.actor("ada", single.portal.okoye), provider_id=provider.id, name=name)


@pytest.mark.parametrize("keeps_address", [True, False])
def test_new_certificates_are_loaded_and_another_address_makes_it_untried(portal: Portal, *, keeps_address: bool):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from muniment.core import clock
    from muniment.core.actor import Actor
    from muniment.core.unit import acting_as
    from muniment.trust.federation.models import Provider

    ada = administrator(portal)
    place = f"/{ids.public(portal.okoye)}/providers/"
    ada.post(
        f"{place}new/saml/",
        {"name": "SAML", "metadata_file": SimpleUploadedFile("old.xml", SamlProvider().metadata())},
    )
    (made,) = providers(portal)
    with acting_as(Actor.system(portal.okoye)):
        Provider.objects.filter(id=made.id).update(tested_at=clock.now(), state="on")
    document = SamlProvider().metadata()
    document = document if keeps_address else document.replace(b"/sso", b"/other")
    other = SamlProvider().metadata().replace(b'entityID="https://idp', b'entityID="https://other')

    refused = ada.post(f"{place}{ids.public(made.id)}/renew/", {"metadata_file": SimpleUploadedFile("x.xml", other)})
    taken = ada.post(f"{place}{ids.public(made.id)}/renew/", {"metadata_file": SimpleUploadedFile("n.xml", document)})

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert providers(portal)[0].state == ("on" if keeps_address else "new")
