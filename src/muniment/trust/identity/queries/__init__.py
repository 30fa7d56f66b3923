"""Who acts, who people are, where they belong and where they are signed in."""

from muniment.trust.identity.queries.actors import actor_for, factors, visitor
from muniment.trust.identity.queries.companies import companies, company, company_names, spaces
from muniment.trust.identity.queries.letters import letters, mail_state
from muniment.trust.identity.queries.links import find_invitation, find_setup_link, secret_hash
from muniment.trust.identity.queries.people import (
    find_person,
    has_factor,
    logs_of,
    open_invitations,
    people,
    people_of,
    person,
    roles_to_give,
)
from muniment.trust.identity.queries.sessions import sessions_of

__all__ = [
    "actor_for",
    "companies",
    "company",
    "company_names",
    "factors",
    "find_invitation",
    "find_person",
    "find_setup_link",
    "has_factor",
    "letters",
    "logs_of",
    "mail_state",
    "open_invitations",
    "people",
    "people_of",
    "person",
    "roles_to_give",
    "secret_hash",
    "sessions_of",
    "spaces",
    "visitor",
]
