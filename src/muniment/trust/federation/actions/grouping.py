"""Roles that people have by their groups at the provider: given and ended at each sign-in, as it says then."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.core.unit import acting_as
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.federation.models import Known, Provider
from muniment.trust.federation.types import Asserted


def keep_in_step(actor: Actor, row: Provider, known: Known, said: Asserted) -> None:
    """Give somebody the roles of their groups, and end those that groups gave before and do not give now.

    What somebody gave them by hand stays. A role that cannot be given or ended (the last administrator's) stays as it
    is: nobody is kept out because of a group.
    """
    mapped: Mapping[str, str] = row.settings.get("group_roles") or {}
    if not mapped and not known.granted:
        return
    host = Actor.system(actor.client, purpose=f"Groups of {row.name}")
    named = {role for group, role in mapped.items() if group in said.groups}
    wanted = {role for role in named if not administers_firm(role)}  # it may do so only since it was mapped
    with acting_as(host):
        held = [one for one in access.grants(host) if one.person_id == known.person_id and one.scope_kind == "client"]
        ours = {one.id: one.role for one in held if ids.public(one.id) in known.granted}
        by_hand = {one.role for one in held if one.id not in ours}
        kept = {grant_id for grant_id, role in ours.items() if role in wanted or not _end(host, grant_id)}
        for role in sorted(wanted - by_hand - set(ours.values())):
            kept |= _give(host, known.person_id, role)
    known.granted = sorted(ids.public(grant_id) for grant_id in kept)
    known.save(update_fields=["granted"])


def administers_firm(role: str) -> bool:
    """Return whether a role administers the firm: who has it is decided here, by nobody's service."""
    return any(known.name == role and known.administers for known in access.list_roles("firm"))


def take_back(actor: Actor, row: Provider, people: Iterable[Known], *, but: Iterable[str] = ()) -> None:
    """End what groups of a provider gave some people, but some roles: it says nothing of it any more."""
    host = Actor.system(actor.client, purpose=f"Groups of {row.name}")
    kept = set(but)
    with acting_as(host):
        held = {ids.public(one.id): one for one in access.grants(host)}
        for known in people:
            running = [name for name in known.granted if name in held]
            left = [name for name in running if held[name].role in kept or not _end(host, held[name].id)]
            if left != known.granted:
                known.granted = left
                known.save(update_fields=["granted"])


def _give(host: Actor, person_id: UUID, role: str) -> set[UUID]:
    try:
        return {grants.give_grant(host, person_id=person_id, role=role, purpose=host.purpose).id}
    except PortalError:
        return set()


def _end(host: Actor, grant_id: UUID) -> bool:
    try:
        grants.end_grant(host, grant_id=grant_id)
    except PortalError:
        return False
    return True
