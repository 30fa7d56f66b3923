"""Providers and domains of a client, for those who set them, and for signing in."""

import hashlib
from datetime import datetime
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.federation.errors import ProviderOff
from muniment.trust.federation.models import Domain, Known, Provider
from muniment.trust.federation.oidc import Issuer
from muniment.trust.federation.types import RUNNING, Asserted, DomainFacts, ProviderFacts
from muniment.trust.identity.queries import keeps_password

GOOGLE = "https://accounts.google.com"


@query
def providers(actor: Actor) -> list[ProviderFacts]:
    """Return the providers of the actor's client, oldest first.

    Raises:
        NotFound: `actor` may not set them.
    """
    access.require(actor, "provider:set")
    rows = Provider.objects.filter(client_id=actor.client, removed_at=None).order_by("id")
    return [provider_facts(row) for row in rows]


@query
def provider(actor: Actor, provider_id: UUID) -> ProviderFacts:
    """Return one provider.

    Raises:
        NotFound: there is none, or `actor` may not set it.
    """
    access.require(actor, "provider:set")
    return provider_facts(row_of(actor, provider_id))


@query
def domains(actor: Actor, provider_id: UUID) -> list[DomainFacts]:
    """Return the domains that a provider speaks for, or would, by name.

    Raises:
        NotFound: `actor` may not set them.
    """
    access.require(actor, "provider:set")
    found = [domain_facts(row) for row in Domain.objects.filter(client_id=actor.client, provider_id=provider_id)]
    return sorted(found, key=lambda domain: domain.name)


@query
def known_people(actor: Actor, provider_id: UUID) -> list[tuple[UUID, datetime]]:
    """Return whom a provider knows, and when each last came that way; the last first.

    Raises:
        NotFound: `actor` may not set them.
    """
    access.require(actor, "provider:set")
    rows = Known.objects.filter(client_id=actor.client, provider_id=provider_id).order_by("-used_at", "-id")
    return list(rows.values_list("person_id", "used_at"))


def running_provider(actor: Actor, provider_id: UUID) -> Provider:
    """Return the row of a provider by which people of the actor's client sign in now.

    Raises:
        ProviderOff: there is none, or it is not on.
    """
    if not clients.is_open(actor.client):
        raise ProviderOff
    with acting_as(actor):
        found = Provider.objects.filter(
            client_id=actor.client, id=provider_id, removed_at=None, state__in=RUNNING
        ).first()
        if found is None:
            raise ProviderOff
        _open(found)
        return found


def testable_provider(actor: Actor, provider_id: UUID) -> Provider:
    """Return the row of any provider of the actor's client, to try it.

    Raises:
        NotFound: there is none, or `actor` may not set it.
    """
    with acting_as(actor):
        access.require(actor, "provider:set")
        found = row_of(actor, provider_id)
        _open(found)
        return found


def running_or_tried(actor: Actor, provider_id: UUID) -> Provider:
    """Return the row of a provider that is there, on or not: it is tried before it is switched on.

    Raises:
        ProviderOff: there is none.
    """
    with acting_as(actor):
        found = Provider.objects.filter(client_id=actor.client, id=provider_id, removed_at=None).first()
        if found is None:
            raise ProviderOff
        _open(found)
        return found


def vouches_alone(client_id: UUID, person_id: UUID) -> bool:
    """Return whether the word of a client's provider is a second factor of somebody, for everything they have.

    It is for people of the firm, and for who belongs to this client alone: nobody's provider opens another client's
    things by itself, the first time or any other.
    """
    if client_id == clients.find_firm_id():
        return True
    return all(place.client_id == client_id for place in clients.memberships(person_id))


def whom(row: Provider, said: Asserted) -> UUID | None:
    """Return who somebody is here whom a provider named, if it knows them."""
    with acting_as(Actor.system(row.client_id)):
        known = Known.objects.filter(
            client_id=row.client_id, provider_id=row.id, subject=subject_of(said.issuer, said.subject)
        ).first()
    return None if known is None else known.person_id


def issuer_of(row: Provider) -> Issuer:
    """Return an OpenID provider in the words of the protocol."""
    settings = row.settings
    return Issuer(
        issuer=settings["issuer"],
        client_id=settings["client_id"],
        secret=row.shared_secret,
        vouches=bool(settings.get("vouches")),
        groups_claim=settings.get("groups_claim") or "groups",
        hosted_domain=settings["issuer"] == GOOGLE,
    )


def subject_of(issuer: str, subject: str) -> str:
    """Return what is kept of a subject: a hash, in letters alone, because digits could be taken for a card's."""
    digest = hashlib.sha256(issuer.encode() + b"\0" + subject.encode()).hexdigest()
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digest)


def row_of(actor: Actor, provider_id: UUID) -> Provider:
    """Return the row of a provider of the bound client.

    Raises:
        NotFound: there is none.
    """
    found = Provider.objects.filter(client_id=actor.client, id=provider_id, removed_at=None).first()
    if found is None:
        raise NotFound
    return found


def row_to_change(actor: Actor, provider_id: UUID) -> Provider:
    """Return the row of a provider of the bound client, which nobody else changes meanwhile.

    Raises:
        NotFound: there is none.
    """
    found = Provider.objects.select_for_update().filter(client_id=actor.client, id=provider_id, removed_at=None).first()
    if found is None:
        raise NotFound
    return found


def expiring(before: datetime) -> list[tuple[UUID, datetime]]:
    """Return the running providers whose certificate ends before a moment, with their clients."""
    found = []
    for client_id in clients.all_ids():
        with acting_as(Actor.system(client_id)):
            rows = Provider.objects.filter(
                client_id=client_id, removed_at=None, state__in=RUNNING, expires_at__lt=before
            )
            found += [(client_id, row.expires_at) for row in rows if row.expires_at is not None]
    return found


def renewable(before: datetime) -> list[tuple[UUID, UUID]]:
    """Return the running providers whose certificate ends before a moment and whose metadata has an address."""
    found = []
    for client_id in clients.all_ids():
        with acting_as(Actor.system(client_id)):
            rows = Provider.objects.filter(client_id=client_id, removed_at=None, state__in=RUNNING, kind="saml")
            ending = rows.filter(expires_at__lt=before)
            found += [(client_id, row.id) for row in ending if row.settings.get("metadata_url")]
    return found


def proved_domains() -> list[tuple[UUID, DomainFacts]]:
    """Return every domain that was proved, with its client."""
    found: list[tuple[UUID, DomainFacts]] = []
    for client_id in clients.all_ids():
        with acting_as(Actor.system(client_id)):
            rows = Domain.objects.filter(client_id=client_id, proved_at__isnull=False).order_by("id")
            found += [(client_id, domain_facts(row)) for row in rows]
    return found


def is_somebody_left() -> bool:
    """Return whether an administrator for emergencies would come in to the firm without its provider."""
    return any(keeps_password(person_id) for person_id in access.administrators())


def is_firm_enforced() -> bool:
    """Return whether people of the firm have no other way in than its provider."""
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return False
    with acting_as(Actor.system(firm_id)):
        return Provider.objects.filter(client_id=firm_id, removed_at=None, state="enforced").exists()


def provider_facts(row: Provider) -> ProviderFacts:
    """Return a provider as pages show it."""
    settings = row.settings
    return ProviderFacts(
        id=row.id,
        client_id=row.client_id,
        kind="saml" if row.kind == "saml" else "oidc",
        name=row.name,
        state=row.state,  # type: ignore[arg-type] # one of STATES, as the database insists
        issuer=settings["issuer"],
        audience=settings.get("client_id", ""),
        admits=row.admits,
        role=row.role,
        vouches=bool(settings.get("vouches")),
        made_at=row.made_at,
        tested_at=row.tested_at,
        expires_at=row.expires_at,
        group_roles=dict(settings.get("group_roles") or {}),
    )


def domain_facts(row: Domain) -> DomainFacts:
    """Return a domain as pages show it."""
    return DomainFacts(row.id, row.name, row.proof, row.proved_at, row.proved_by, row.missed_at, row.lapsed_at)


def _open(row: Provider) -> None:
    """Read what is sealed while the client is bound."""
    _ = (row.name, row.settings, row.shared_secret)
