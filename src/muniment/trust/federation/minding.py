"""Look again, night by night, at what was proved and fetched once: proofs of domains, and metadata before it is old.

A proof that could not be looked for counts as missing, and a week is long enough for every repair; metadata that could
not be fetched stays as it is. Health and the service's page say what is missing.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.federation import actions, fetching, proofs, queries, saml
from muniment.trust.federation.errors import MetadataUnusable
from muniment.trust.federation.types import DomainFacts

RENEWED: Final = timedelta(days=30)
"""How long before a certificate ends its metadata is fetched anew."""


def mind_domain(client_id: UUID, domain: DomainFacts) -> None:
    """Look whether the proof of a domain is still there, and take down what changed.

    Raises:
        PortalError: as `actions.prove_domain` and `actions.miss_domain`.
    """
    actor = Actor.system(client_id, purpose="Looks at proofs of domains again")
    if proofs.found(domain):
        if domain.missed_at is not None:
            actions.prove_domain(actor, domain_id=domain.id)
        return
    is_due = domain.missed_at is not None and clock.now() - domain.missed_at >= actions.SPARED
    if domain.missed_at is None or (is_due and domain.lapsed_at is None):
        actions.miss_domain(actor, domain_id=domain.id)


def renew_metadata(client_id: UUID, provider_id: UUID) -> bool:
    """Fetch the metadata of a service anew, and take its certificates if they last longer; return whether they did.

    Only the certificates: a service that is at another address now, or calls itself otherwise, is somebody's to look
    at and to try again.

    Raises:
        AddressForbidden, ProviderUnreachable: as `fetching.fetch`.
        MetadataUnusable: it is that of another service, or none.
        NotFound: the service was removed meanwhile.
    """
    actor = Actor.system(client_id, purpose="Fetches metadata before certificates end")
    known = queries.testable_provider(actor, provider_id)
    found = saml.read_metadata(fetching.fetch_document(known.settings["metadata_url"]))
    if any(found[name] != known.settings.get(name) for name in ("issuer", "sso_url")):
        raise MetadataUnusable
    ends = saml.ends_at(found)
    if known.expires_at is not None and ends <= known.expires_at:
        return False
    certificates = {"certificates": found["certificates"]}
    actions.change_provider(actor, provider_id=provider_id, settings=certificates, expires_at=ends)
    return True
