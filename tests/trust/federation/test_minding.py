"""What is looked at again every night: proofs of domains, and metadata before its certificates end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from tests.cast import Portal
from tests.trust.federation.acting import Records, Single, refusals, sign_in
from tests.trust.federation.openid import OpenIdProvider
from tests.trust.federation.saml_provider import SamlProvider, key_pair
from tests.trust.identity.browsers import Visitor


def night() -> None:
    from muniment.trust.federation import jobs

    jobs.look_again.func(timestamp=0)


def days_on(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    later = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: later)


def domain(portal: Portal) -> Any:
    from muniment.trust.federation import queries

    (found,) = [known for client_id, known in queries.proved_domains() if client_id == portal.okoye]
    return found


def events(client_id: Any) -> list[str]:
    from muniment.trust.audit import queries as audit
    from muniment.trust.audit.queries import LogFilter

    found = audit.entries(Actor.system(client_id), LogFilter(without_pages=True))
    return [entry.event for entry in found if entry.event in {"domain.missed", "domain.lapsed", "domain.proved"}]


@pytest.mark.control("sso-delegation")
def test_a_proof_that_is_gone_is_warned_of_and_after_a_week_lets_nobody_new_in(
    single: Single, service: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
):
    from muniment.trust.federation import health, queries

    portal = single.portal
    provider = single.add(portal.okoye, "okoye.example", admits=True, role="user", state="enforced")
    service.says(amr=["mfa"])
    sign_in(Visitor(), service, provider)
    night()
    (there,) = health.domains()
    single.records.clear()
    night()
    night()
    (warned,) = health.domains()
    missed = domain(portal)
    days_on(monkeypatch, 8)
    service.says(email="early@okoye.example", sub="sub-2", amr=["mfa"])
    early = sign_in(Visitor(), service, provider)
    night()
    night()
    (bad,) = health.domains()
    known, late = Visitor(), Visitor()
    service.says(email="late@okoye.example", sub="sub-3", amr=["mfa"])
    refused = sign_in(late, service, provider)
    service.says(amr=["mfa"])
    sign_in(known, service, provider)

    assert (there.state, warned.state, bad.state) == ("good", "notice", "bad")
    assert (missed.lapsed_at, domain(portal).lapsed_at is None) == (None, False)
    assert early.status_code == 302
    assert refused.status_code == 403
    assert refusals(portal.okoye)[0] == "address-not-theirs"
    assert known.is_signed_in()
    assert events(portal.okoye) == ["domain.lapsed", "domain.missed", "domain.proved"]
    way = queries.way_of("cleo@okoye.example")
    assert way is not None, "it opens no password to whoever reads the mail of the domain now"
    assert way.is_enforced


def test_a_proof_that_is_back_counts_again(single: Single, monkeypatch: pytest.MonkeyPatch):
    single.add(single.portal.okoye, "okoye.example")
    kept = dict(single.records)
    single.records.clear()
    night()
    days_on(monkeypatch, 8)
    night()
    single.records.update(kept)
    night()

    found = domain(single.portal)
    assert (found.missed_at, found.lapsed_at) == (None, None)


@pytest.mark.control("sso-delegation")
def test_a_domain_that_changed_hands_is_its_new_owners(single: Single, monkeypatch: pytest.MonkeyPatch):
    from muniment.trust.federation import actions, queries
    from muniment.trust.federation.errors import DomainTaken

    first = single.add(single.portal.okoye, "okoye.example")
    before = dict(single.records)
    single.records.clear()
    night()
    days_on(monkeypatch, 8)
    night()
    second = single.add(single.portal.brandt, "okoye.example")
    single.records.update(before)
    night()

    way = queries.way_of("cleo@okoye.example")
    assert way is not None
    assert way.provider_id == second.id
    with pytest.raises(DomainTaken):
        actions.prove_domain(
            single.portal.actor("ada", single.portal.okoye), domain_id=_of(single.portal.okoye, first.id)
        )


def _of(client_id: Any, provider_id: Any) -> Any:
    from muniment.trust.federation import queries

    (found,) = queries.domains(Actor.system(client_id), provider_id)
    return found.id


@pytest.mark.control("sso-delegation")
def test_no_client_proves_a_domain_of_the_firms_people(single: Single):
    from muniment.trust.federation.errors import DomainTaken

    with pytest.raises(DomainTaken):
        single.add(single.portal.brandt, "harcourt.example")


class Served:
    """A SAML service whose metadata has an address, and whose certificate ends in ten days."""

    def __init__(self, portal: Portal, service: OpenIdProvider, records: Records) -> None:
        from muniment.trust.federation import actions, saml

        self.portal, self.files = portal, service.files
        self.old = SamlProvider(key_pair(days=10))
        settings = saml.read_metadata(self.old.metadata())
        self.address = f"{service.issuer}/metadata"
        made = actions.add_provider(
            portal.actor("ada", portal.okoye),
            kind="saml",
            name="Okoye SAML",
            settings={**settings, "metadata_url": self.address},
            expires_at=saml.ends_at(settings),
        )
        self.provider = Single(portal, service, records).ready(made, portal.okoye, "okoye.example", state="enforced")

    def row(self) -> Any:
        from muniment.trust.federation.models import Provider

        with acting_as(Actor.system(self.portal.okoye)):
            row = Provider.objects.get(id=self.provider.id)
            return row, dict(row.settings)


@pytest.fixture
def served(portal: Portal, service: OpenIdProvider, records: Records) -> Served:
    return Served(portal, service, records)


@pytest.mark.control("sso-providers")
def test_metadata_is_fetched_anew_before_its_certificate_ends(served: Served):
    from muniment.trust.federation import health

    (before,) = health.certificates()
    new = SamlProvider()
    served.files["/metadata"] = new.metadata()
    night()
    row, settings = served.row()
    (after,) = health.certificates()

    assert (before.state, after.state) == ("notice", "good")
    assert settings["certificates"] == [new.certificate]
    assert settings["metadata_url"] == served.address
    assert (row.state, row.tested_at is not None) == ("enforced", True)


CHANGED: dict[str, Callable[[bytes], bytes]] = {
    "of another service": lambda text: text.replace(b'entityID="https://idp', b'entityID="https://other'),
    "with another address": lambda text: text.replace(b"/sso", b"/elsewhere"),
    "nonsense": lambda _text: b"<html>",
    "with a program": lambda text: b"<!DOCTYPE x>" + text,
}


@pytest.mark.parametrize("name", [*CHANGED, "ends sooner", "gone"])
def test_metadata_that_is_no_better_changes_nothing_and_health_goes_on_saying_so(served: Served, name: str):
    from muniment.trust.federation import health

    if name in CHANGED:
        served.files["/metadata"] = CHANGED[name](SamlProvider().metadata())
    elif name == "ends sooner":
        served.files["/metadata"] = SamlProvider(key_pair(days=5)).metadata()
    night()
    row, settings = served.row()
    (after,) = health.certificates()

    assert after.state == "notice"
    assert settings["certificates"] == [served.old.certificate]
    assert row.state == "enforced"


def test_the_services_page_says_that_a_proof_is_gone_and_how_to_put_it_back(single: Single):
    from tests.trust.federation.test_pages import administrator

    provider = single.add(single.portal.okoye, "okoye.example")
    found = domain(single.portal)
    path = f"/{ids.public(single.portal.okoye)}/providers/{ids.public(provider.id)}/"
    before = administrator(single.portal).get(path).content.decode()
    single.records.clear()
    night()

    page = administrator(single.portal).get(path).content.decode()

    assert found.record_text not in before
    assert "proof not found" in page
    assert "is not found since" in page
    assert found.record_text in page
