"""Name, prove and remove the domains that a provider speaks for."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import acting_as, action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.federation import proofs
from muniment.trust.federation.errors import DomainTaken, DomainUnproved
from muniment.trust.federation.models import Domain
from muniment.trust.federation.queries.providers import domain_facts, row_of
from muniment.trust.federation.queries.ways import domain_of, is_domain, is_proved
from muniment.trust.federation.types import DomainFacts
from muniment.trust.identity import queries as people

SPARED: Final = timedelta(days=7)
"""For how long a proof may be missing, as when somebody tidies up a DNS, before its domain counts for nobody new."""


@action
def add_domain(actor: Actor, *, provider_id: UUID, name: str) -> DomainFacts:
    """Name a domain that a provider is to speak for; it counts once it is proved.

    Raises:
        NotFound: there is no such provider, or `actor` may not set it.
        Invalid: it is no name of a domain.
        DomainTaken: this client named it already.
    """
    access.require(actor, "provider:set")
    row = row_of(actor, provider_id)
    cleaned = name.strip().lower().rstrip(".").removeprefix("@")
    if not is_domain(cleaned):
        raise Invalid
    if Domain.objects.filter(client_id=actor.client, name=cleaned).exists():
        raise DomainTaken
    made = Domain.objects.create(
        client_id=actor.client, provider_id=row.id, name=cleaned, proof=secrets.token_urlsafe(24)
    )
    audit.record(actor, Event.DOMAIN_ADDED, made)
    return domain_facts(made)


@action
def prove_domain(actor: Actor, *, domain_id: UUID) -> DomainFacts:
    """Look for the proof of a domain in DNS and on its website; the client's provider speaks for it from then on.

    Raises:
        NotFound: there is no such domain, or `actor` may not set it.
        DomainUnproved: no proof is there.
        DomainTaken: another client proved it, or it is one of the firm's people.
    """
    access.require(actor, "provider:set")
    row = _domain(actor, domain_id)
    where = proofs.found(domain_facts(row))
    if not where:
        raise DomainUnproved
    if (row.proved_at is None or row.lapsed_at is not None) and is_proved(row.name):
        raise DomainTaken
    if actor.client != clients.find_firm_id() and _is_of_staff(row.name):
        raise DomainTaken
    row.proved_at, row.proved_by, row.missed_at, row.lapsed_at = clock.now(), where, None, None
    row.save(update_fields=["proved_at", "proved_by", "missed_at", "lapsed_at"])
    audit.record(actor, Event.DOMAIN_PROVED, row, by=where)
    return domain_facts(row)


@action
def miss_domain(actor: Actor, *, domain_id: UUID) -> None:
    """Take down that the proof of a domain is not there any more; missing for a week, it counts for nobody new.

    Who is linked already comes in as before, and has no other way where there was none: a domain that changed hands
    must not open passwords to whoever reads its mail now.

    Raises:
        NotFound: there is no such domain, it is not proved, or `actor` may not set it.
    """
    access.require(actor, "provider:set")
    row = _domain(actor, domain_id)
    if row.proved_at is None:
        raise NotFound
    now = clock.now()
    row.missed_at = row.missed_at or now
    is_over = now - row.missed_at >= SPARED
    row.lapsed_at = row.lapsed_at or (now if is_over else None)
    row.save(update_fields=["missed_at", "lapsed_at"])
    audit.record(actor, Event.DOMAIN_LAPSED if is_over else Event.DOMAIN_MISSED, row)


@action
def remove_domain(actor: Actor, *, domain_id: UUID) -> None:
    """Take a domain away from its provider; whom the provider knows already, it knows on.

    Raises:
        NotFound: there is no such domain, or `actor` may not set it.
    """
    access.require(actor, "provider:set")
    row = _domain(actor, domain_id)
    audit.record(actor, Event.DOMAIN_REMOVED, row)
    Domain.objects.filter(client_id=actor.client, id=row.id).delete()


def _is_of_staff(name: str) -> bool:
    """Return whether somebody of the firm has an address in a domain: no client's service has a say about them."""
    home = Actor.system(clients.firm_id())
    with acting_as(home):
        members = [member.person_id for member in clients.members(home)]
    return any(domain_of(person.email) == name for person in people.people(members).values())


def _domain(actor: Actor, domain_id: UUID) -> Domain:
    row = Domain.objects.select_for_update().filter(client_id=actor.client, id=domain_id).first()
    if row is None:
        raise NotFound
    return row
