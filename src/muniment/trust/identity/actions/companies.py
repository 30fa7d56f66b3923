"""Open the space of a company."""

import re
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import acting_as, action
from muniment.trust.access import actions as rights
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as clients
from muniment.trust.identity import models, types
from muniment.trust.vault import actions as vault

LONGEST_NAME = 200
REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")


@action
def open_client(actor: Actor, *, name: str, line: str = "") -> types.Company:
    """Open the space of a new client company, with a key and a log of its own. Nobody belongs to it yet.

    The act stands in the firm's log and is the first entry of the client's.

    Raises:
        NotFound: `actor` may not open clients.
        Invalid: there is no name, or it is too long.
    """
    access.require(actor, "client:open")
    client_id = found_company(actor, kind="client", name=name, line=line)
    if (profile := access.new_client_profile()) is not None:
        with acting_as(actor.within(client_id)):
            rights.begin_profile(actor.within(client_id), profile)
    audit.record(actor, Event.CLIENT_OPENED, opened=client_id)
    return types.Company(client_id, "client", name.strip(), line.strip())


@action
def set_region(actor: Actor, *, region: str) -> None:
    """Say in which region alone the documents of the actor's client may lie; empty: anywhere.

    From then on whatever would write elsewhere is refused, and the store itself is asked where it lies.

    Raises:
        NotFound: `actor` may not open clients.
        Invalid: this is no name of a region.
        RegionRefused: some documents lie elsewhere; move them first.
        StoreDown: a store does not answer, so nobody knows.
    """
    access.require(actor, "client:open")
    if region and not REGION.fullmatch(region):
        raise Invalid
    vault.set_region(actor.client, region)
    audit.record(actor, Event.REGION_SET, region=region)


def found_company(actor: Actor, *, kind: str, name: str, line: str) -> UUID:
    """Make client, key and company, write the first entry of its log, and return its id.

    Raises:
        Invalid: there is no name, or it is too long.
    """
    if not name.strip() or max(len(name), len(line)) > LONGEST_NAME:
        raise Invalid
    client_id = clients.open_client(kind)
    founder = actor.within(client_id)
    with acting_as(founder):
        vault.make_client_key(client_id)
        company = models.Company.objects.create(client_id=client_id, name=name.strip(), line=line.strip())
        audit.record(founder, Event.CLIENT_OPENED, company)
    return client_id
