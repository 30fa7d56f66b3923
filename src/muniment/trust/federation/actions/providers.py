"""Add, change, switch and remove providers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.access.errors import MoreThanYouHave, UnknownRole
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.federation.actions.grouping import administers_firm, take_back
from muniment.trust.federation.errors import NobodyLeft, NotTested, RoleAdministers
from muniment.trust.federation.models import Domain, Known, Provider
from muniment.trust.federation.queries.providers import is_somebody_left, provider_facts, row_to_change
from muniment.trust.federation.types import KINDS, RUNNING, STATES, Kind, ProviderFacts, Settings, State

LONGEST_NAME = 80
LONGEST_GROUP = 300
MOST_GROUPS = 100


@action
def add_provider(
    actor: Actor, *, kind: Kind, name: str, settings: Settings, secret: str = "", expires_at: datetime | None = None
) -> ProviderFacts:
    """Add a provider to the actor's client; nobody signs in through it before it was tried and switched on.

    `settings` were fetched or read by the caller: `issuer` and what the protocol needs, nothing secret.

    Raises:
        NotFound: `actor` may not set providers.
        Invalid: the name is missing or too long, or the kind is none.
    """
    access.require(actor, "provider:set")
    if kind not in KINDS or not settings.get("issuer"):
        raise Invalid
    row = Provider.objects.create(
        client_id=actor.client,
        kind=kind,
        name=_name(name),
        settings=settings,
        shared_secret=secret,
        made_by=actor.person_id,
        expires_at=expires_at,
    )
    audit.record(actor, Event.PROVIDER_ADDED, row, protocol=kind)
    return provider_facts(row)


@action
def change_provider(
    actor: Actor,
    *,
    provider_id: UUID,
    name: str | None = None,
    admits: bool | None = None,
    role: str = "",
    settings: Settings | None = None,
    secret: str | None = None,
    expires_at: datetime | None = None,
    group_roles: dict[str, str] | None = None,
) -> ProviderFacts:
    """Change what is given of a provider. Other settings or another secret make it untried: it is off until then.

    Roles that no group gives any more end at once.

    Raises:
        NotFound: there is no such provider, or `actor` may not set it.
        Invalid: the name is missing or too long.
        UnknownRole: people would be admitted with a role that is not for people here.
        MoreThanYouHave: the role holds a verb that the actor may not give.
        RoleAdministers: it administers the firm, which nobody does because a service says so.
    """
    access.require(actor, "provider:set")
    row = row_to_change(actor, provider_id)
    if name is not None:
        row.name = _name(name)
    if admits is not None:
        row.admits, row.role = admits, _role(actor, role) if admits else ""
    if group_roles is not None:
        row.settings = {**row.settings, "group_roles": _groups(actor, group_roles)}
        take_back(actor, row, _known(row), but=group_roles.values())
    if settings is not None:
        row.settings = {**row.settings, **settings}
        row.expires_at = expires_at
    if secret:
        row.shared_secret = secret
    if secret or (settings is not None and not _goes_on(row, settings)):
        row.tested_at, row.state = None, "new"
    row.save()
    facts = {
        "admits": row.admits,
        "role": row.role,
        "to": row.state,
        "groups": len(row.settings.get("group_roles") or {}),
    }
    audit.record(actor, Event.PROVIDER_CHANGED, row, **facts)
    return provider_facts(row)


@action
def switch_provider(actor: Actor, *, provider_id: UUID, state: State) -> ProviderFacts:
    """Switch a provider on, off, or so that people of its domains have no other way in.

    Enforced, passwords, resets and invitations with a password are closed to its domains at once; sessions that run
    go on.

    Raises:
        NotFound: there is no such provider, or `actor` may not set it.
        Invalid: it is no such state.
        NotTested: nobody tried it, or no domain of it is proved.
        NobodyLeft: it is the firm's, and no administrator for emergencies would come in without it.
    """
    access.require(actor, "provider:set")
    row = row_to_change(actor, provider_id)
    if state not in STATES or state == "new":
        raise Invalid
    if state in RUNNING:
        proved = Domain.objects.filter(client_id=actor.client, provider_id=row.id).exclude(proved_at=None)
        if row.tested_at is None or not proved.exists():
            raise NotTested
    if state == "enforced" and actor.client == clients.find_firm_id() and not is_somebody_left():
        raise NobodyLeft
    row.state = state
    row.save(update_fields=["state"])
    audit.record(actor, Event.PROVIDER_SWITCHED, row, to=state)
    return provider_facts(row)


@action
def remove_provider(actor: Actor, *, provider_id: UUID) -> None:
    """Remove a provider with its domains, its secret and whom it knows; they are the people they were.

    What its groups gave them ends.

    Raises:
        NotFound: there is no such provider, or `actor` may not set it.
    """
    access.require(actor, "provider:set")
    row = row_to_change(actor, provider_id)
    take_back(actor, row, _known(row))
    Domain.objects.filter(client_id=actor.client, provider_id=row.id).delete()
    Known.objects.filter(client_id=actor.client, provider_id=row.id).delete()
    row.state, row.removed_at, row.shared_secret, row.admits = "off", clock.now(), "", False
    row.settings = {"issuer": row.settings["issuer"]}
    row.save()
    audit.record(actor, Event.PROVIDER_REMOVED, row)


def _known(row: Provider) -> list[Known]:
    """Return whom a provider knows who has a role by a group, one after the other with their sign-ins."""
    rows = Known.objects.select_for_update().filter(client_id=row.client_id, provider_id=row.id)
    return [known for known in rows.order_by("id") if known.granted]


def _goes_on(row: Provider, changed: dict[str, Any]) -> bool:
    """Return whether what was tried is still what it was: its certificates may be renewed."""
    return set(changed) <= {"certificates"} and bool(row.settings)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid
    return name


def _groups(actor: Actor, given: dict[str, str]) -> dict[str, str]:
    """Return which role goes with which group; each must be one that the actor may give."""
    if len(given) > MOST_GROUPS or any(not name.strip() or len(name) > LONGEST_GROUP for name in given):
        raise Invalid
    return {name.strip(): _role(actor, role) for name, role in given.items()}


def _role(actor: Actor, role: str) -> str:
    side = "firm" if actor.client == clients.find_firm_id() else "client"
    if access.role_side(role) != side:
        raise UnknownRole
    if not access.may_give(actor, role):
        raise MoreThanYouHave
    if administers_firm(role):
        raise RoleAdministers
    return role
