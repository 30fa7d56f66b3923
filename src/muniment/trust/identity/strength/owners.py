"""Whose password it is to be: their own words, those of their companies and of the firm, and the rules for them."""

from uuid import UUID

from muniment.trust.identity import models, queries
from muniment.trust.identity.passwords import Owner
from muniment.trust.identity.strength.rules import rules_for


def owner_of(person: models.Person) -> Owner:
    """Return somebody who has an account: every company they belong to counts."""
    places = queries.logs_of(person.id)
    return Owner(person.name, person.email, queries.company_names(places), rules_for(person.kind, places))


def owner_joining(kind: str, client_id: UUID, email: str, name: str = "") -> Owner:
    """Return somebody who is about to join one client, or the firm."""
    return Owner(name, email, queries.company_names([client_id]), rules_for(kind, [client_id]))
