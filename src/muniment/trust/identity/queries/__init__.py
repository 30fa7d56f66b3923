"""Who acts, who people are, where they belong and where they are signed in."""

from muniment.trust.identity.addresses import clean_email, clean_name
from muniment.trust.identity.delegation import keeps_password
from muniment.trust.identity.life.queries.idling import is_break_glass, why_disabled
from muniment.trust.identity.limits import delayed
from muniment.trust.identity.passkeys.queries import has_passkey
from muniment.trust.identity.queries.actors import actor_for, factors, guest, in_logs, proved_at, visitor
from muniment.trust.identity.queries.companies import companies, company, company_names, firm_name, places, spaces
from muniment.trust.identity.queries.guests import (
    as_guest,
    guest_address,
    guest_for,
    guest_links,
    is_guest,
    link_behind,
    links_to,
    running_link,
)
from muniment.trust.identity.queries.imagining import imagined
from muniment.trust.identity.queries.letters import letters, mail_state
from muniment.trust.identity.queries.links import (
    find_invitation,
    find_resetting,
    find_setup_link,
    invitation_behind,
    secret_hash,
)
from muniment.trust.identity.queries.looking import contacts_to_look_as, is_looking, look_of
from muniment.trust.identity.queries.people import (
    clients_of,
    find_person,
    has_app,
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
from muniment.trust.identity.queries.sessions import sessions_of, sessions_with, sign_in_facts
from muniment.trust.identity.roles import label as role_label
from muniment.trust.identity.stepping_up.ways import declare_way
from muniment.trust.identity.strength.hashing import SIGN_INS_IN_HAND, cost_of_passwords

__all__ = [
    "SIGN_INS_IN_HAND",
    "actor_for",
    "as_guest",
    "clean_email",
    "clean_name",
    "clients_of",
    "companies",
    "company",
    "company_names",
    "contacts_to_look_as",
    "cost_of_passwords",
    "declare_way",
    "delayed",
    "factors",
    "find_invitation",
    "find_person",
    "find_resetting",
    "find_setup_link",
    "firm_name",
    "guest",
    "guest_address",
    "guest_for",
    "guest_links",
    "has_app",
    "has_factor",
    "has_passkey",
    "imagined",
    "in_logs",
    "invitation_behind",
    "is_break_glass",
    "is_guest",
    "is_looking",
    "keeps_password",
    "letters",
    "link_behind",
    "links_to",
    "logs_of",
    "look_of",
    "mail_state",
    "open_invitations",
    "people",
    "people_named",
    "people_of",
    "person",
    "places",
    "proved_at",
    "role_label",
    "roles_to_assign",
    "roles_to_give",
    "running_link",
    "secret_hash",
    "sessions_of",
    "sessions_with",
    "sign_in_facts",
    "spaces",
    "staff_to_assign",
    "visitor",
    "why_disabled",
]
