"""Who acts, who people are, where they belong and where they are signed in."""

from muniment.trust.identity.queries.actors import actor_for, factors, guest, in_logs, visitor
from muniment.trust.identity.queries.companies import companies, company, company_names, firm_name, places, spaces
from muniment.trust.identity.queries.letters import letters, mail_state
from muniment.trust.identity.queries.links import (
    find_invitation,
    find_resetting,
    find_setup_link,
    invitation_behind,
    secret_hash,
)
from muniment.trust.identity.queries.people import (
    ASSIGNED_ROLES,
    clients_of,
    find_person,
    has_factor,
    logs_of,
    open_invitations,
    people,
    people_named,
    people_of,
    person,
    roles_to_assign,
    roles_to_give,
    staff_to_assign,
)
from muniment.trust.identity.queries.sessions import sessions_of, sign_in_facts

__all__ = [
    "ASSIGNED_ROLES",
    "actor_for",
    "clients_of",
    "companies",
    "company",
    "company_names",
    "factors",
    "find_invitation",
    "find_person",
    "find_resetting",
    "find_setup_link",
    "firm_name",
    "guest",
    "has_factor",
    "in_logs",
    "invitation_behind",
    "letters",
    "logs_of",
    "mail_state",
    "open_invitations",
    "people",
    "people_named",
    "people_of",
    "person",
    "places",
    "roles_to_assign",
    "roles_to_give",
    "secret_hash",
    "sessions_of",
    "sign_in_facts",
    "spaces",
    "staff_to_assign",
    "visitor",
]
