"""What administrators do about providers, and what browsers do at them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.federation.types import ProviderFacts
from tests.cast import Portal
from tests.trust.federation.openid import CLIENT_ID, SECRET, OpenIdProvider
from tests.trust.identity.browsers import Visitor

Records = dict[str, list[str]]


class Single:
    """A provider of one client, set up as its administrator would."""

    def __init__(self, portal: Portal, service: OpenIdProvider, records: Records) -> None:
        self.portal, self.service, self.records = portal, service, records

    def add(self, client_id: UUID, *domains: str, state: str = "on", **more: Any) -> ProviderFacts:
        from muniment.trust.federation import actions

        ada = self.portal.actor("ada", client_id)
        settings = {"issuer": self.service.issuer, "client_id": CLIENT_ID, "vouches": False}
        made = actions.add_provider(ada, kind="oidc", name="Okoye ID", settings=settings, secret=SECRET)
        return self.ready(made, client_id, *domains, state=state, **more)

    def ready(
        self, made: ProviderFacts, client_id: UUID, *domains: str, state: str = "on", **more: Any
    ) -> ProviderFacts:
        from muniment.trust.federation import actions
        from muniment.trust.federation.models import Provider

        ada = self.portal.actor("ada", client_id)
        for name in domains:
            domain = actions.add_domain(ada, provider_id=made.id, name=name)
            self.records[domain.record] = ["something else", domain.record_text]
            actions.prove_domain(ada, domain_id=domain.id)
        if more:
            actions.change_provider(ada, provider_id=made.id, **more)
        with acting_as(Actor.system(client_id)):
            Provider.objects.filter(client_id=client_id, id=made.id).update(tested_at=clock.now())
        return actions.switch_provider(ada, provider_id=made.id, state=state) if state != "new" else made  # type: ignore[arg-type]


def start(browser: Visitor, provider: ProviderFacts, query: str = "") -> Any:
    """Begin to sign in; return the answer, which leads away."""
    return browser.get(f"/sign-in/with/{ids.public(provider.client_id)}/{ids.public(provider.id)}/{query}")


def come_back(browser: Visitor, provider: ProviderFacts, given: dict[str, str]) -> Any:
    """Come back from an OpenID provider."""
    path = f"/sign-in/with/{ids.public(provider.client_id)}/{ids.public(provider.id)}/answer/"
    return browser.get(f"{path}?{urlencode(given)}")


def sign_in(browser: Visitor, service: OpenIdProvider, provider: ProviderFacts, query: str = "") -> Any:
    """Go to the provider and come back."""
    return come_back(browser, provider, service.authorise(start(browser, provider, query)["Location"]))


def refusals(client_id: UUID) -> list[str]:
    """Return by which rules acts were refused in a client's log, the newest first."""
    from muniment.trust.audit import queries as audit
    from muniment.trust.audit.queries import LogFilter

    found = audit.entries(Actor.system(client_id), LogFilter(without_pages=True))
    return [str(entry.facts["rule"]) for entry in found if entry.event == "act.refused"]
