"""Set the portal up: by a one-time link that only somebody on the host can make."""

import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import acting_as, action
from muniment.trust.access import actions as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.clients import queries as known_clients
from muniment.trust.identity import models, queries
from muniment.trust.identity.actions.companies import found_company
from muniment.trust.identity.actions.invitations import invite_person
from muniment.trust.identity.actions.people import make_person
from muniment.trust.identity.errors import AlreadySetUp, LinkOver

SETUP_HOURS = 24


def make_setup_link() -> str:
    """Make a one-time link for the first super admin and return its path; it works for 24 hours.

    There is no log before there is a firm: what the link does is the log's first entry.

    Raises:
        AlreadySetUp: the firm exists.
    """
    if known_clients.find_firm_id() is not None:
        raise AlreadySetUp
    secret = secrets.token_urlsafe(32)
    expires_at = clock.now() + timedelta(hours=SETUP_HOURS)
    models.SetupLink.objects.create(secret_hash=queries.secret_hash(secret), expires_at=expires_at)
    return f"/set-up/{secret}/"


def make_admin_link(*, email: str, name: str) -> str:
    """Invite a super admin from the host, when the firm exists; return the path of the one-use link.

    Raises:
        NotFound: the portal was never set up.
    """
    actor = Actor.system(known_clients.firm_id(), purpose="Made on the host")
    _, path = invite_person(actor, email=email, name=name, role="super-admin", purpose="Administers the portal")
    return path


@action
def set_up_portal(actor: Actor, *, secret: str, firm_name: str, name: str, email: str, password: str) -> UUID:
    """Make the firm and its first super admin with a set-up link; return the person's id.

    Raises:
        AlreadySetUp: the firm exists.
        LinkOver: the link was used, is too old or never was one.
        Invalid: a name or the address is missing or malformed.
        WeakPassword: the password is too short, known or easy to guess.
    """
    link = queries.find_setup_link(secret)
    if not models.SetupLink.objects.filter(id=link.id, used_at=None).update(used_at=clock.now()):
        raise LinkOver
    person = make_person(kind="staff", email=email, name=name, password=password, companies=(firm_name,))
    host = Actor.system(purpose="Set up the portal")
    firm_id = found_company(host, kind="firm", name=firm_name, line="")
    first = replace(actor, kind="staff", person_id=person.id, client_id=firm_id)
    with acting_as(host.within(firm_id)):
        clients.join(firm_id, person.id, "staff")
    with acting_as(first):
        audit.record(first, Event.PORTAL_SET_UP, person)
        access.give_grant(host.within(firm_id), person_id=person.id, role="super-admin", purpose="Set up the portal")
    return person.id
