"""What somebody may give to others, and who administers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound, desk, query
from muniment.trust.access.models import Grant, GroupMember, ManagerRoles, Role
from muniment.trust.access.queries.deciding import granted, reaches, require
from muniment.trust.access.queries.roles import list_roles
from muniment.trust.access.queries.rows import anywhere, held_at, roles_with, running
from muniment.trust.access.roles import MANAGERS_GIVE
from muniment.trust.access.types import PERMISSIONS, Reach
from muniment.trust.clients import queries as clients

_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
Able = Callable[[frozenset[UUID]], frozenset[UUID]]
_able: list[Able] = []


def only_those_able_with(able: Able) -> None:
    """Set who says which of some people can sign in at all; called once by identity when it is ready."""
    _able[:] = [able]


def may_give(actor: Actor, role: str, places: frozenset[UUID] = frozenset(), *, as_own: bool = False) -> bool:
    """Return whether `actor` may give `role` on the whole bound client, or on one of the nested `places`.

    Nobody gives away what they may not do there themselves. Who administers people gives content to others without
    having it (not where they have it themselves by that, `as_own`), but administers no more than themselves.
    Contacts give only what the firm lets managers give.
    """
    if actor.kind == "system":
        return True
    found = Role.objects.filter(name=role).first()
    if found is None or found.retired_at is not None:
        return False
    if actor.kind == "contact" and found.side != "share" and role not in managers_may_give(actor):
        return False
    verbs = set(held_at(clock.now()).filter(role=found).values_list("verb", flat=True))
    if "person:invite" in actor.firm_verbs and not as_own:
        verbs = {verb for verb in verbs if PERMISSIONS[verb].administers}
    allowed = list(reaches(actor, verbs).values())
    if as_own:  # and not for longer than they have it: only what has no end
        own = replace(actor, firm_verbs=frozenset())
        allowed += [granted(own, verb, _FOR_EVER) for verb in verbs]
    return all(_covers(one, places) for one in allowed)


def _covers(allowed: Reach, places: frozenset[UUID]) -> bool:
    return bool(places & (allowed.folders | allowed.things)) or (allowed.whole and not places & allowed.without)


def managers_may_give(actor: Actor) -> tuple[str, ...]:
    """Return the roles that managers of the bound client may give."""
    newest = ManagerRoles.objects.filter(client_id=actor.client).order_by("-id").first()
    return MANAGERS_GIVE if newest is None else tuple(newest.roles)


@query
def roles_to_give_groups(actor: Actor, sides: frozenset[str]) -> tuple[str, ...]:
    """Return the roles of these sides that the actor may give to groups in the actor's client.

    In a client those of the firm that administer are left out: they follow from the firm's own space.

    Raises:
        NotFound: `actor` may neither see the client's people nor make groups.
    """
    require(actor, "person:list")
    in_the_firm = actor.client == clients.find_firm_id()
    found = [role for role in list_roles() if role.side in sides and (in_the_firm or not role.administers)]
    return tuple(role.name for role in found if may_give(actor, role.name))


@query
def manager_roles(actor: Actor) -> tuple[str, ...]:
    """Return the roles that managers of the actor's client may give, to those who see its people.

    Raises:
        NotFound: `actor` may not.
    """
    require(actor, "person:list")
    return managers_may_give(actor)


def places_with(actor: Actor, verb: str) -> frozenset[UUID]:
    """Return the clients, and the firm, in the whole of which the actor's grants allow `verb`: one look at all."""
    if actor.person_id is None:
        return frozenset()
    now = clock.now()
    with desk(actor):
        rows = running(now).filter(
            anywhere(actor.person_id, now), scope_kind="client", role__in=roles_with((verb,), now)
        )
        return frozenset(rows.values_list("client_id", flat=True))


def purposes(actor: Actor) -> dict[UUID, str]:
    """Return why the person is in each client they belong to, by its id: of their newest running grant there."""
    if actor.person_id is None:
        return {}
    now = clock.now()
    with desk(actor):
        return {
            row.client_id: row.purpose for row in running(now).filter(anywhere(actor.person_id, now)).order_by("id")
        }


def holds_role(actor: Actor, role: Role) -> bool:
    """Return whether the actor has a running grant of `role` in any client or the firm."""
    if actor.person_id is None:
        return False
    now = clock.now()
    with desk(actor):
        return running(now).filter(anywhere(actor.person_id, now), role_id=role.id).exists()


def firm_verbs(person_id: UUID) -> frozenset[str]:
    """Return the administering verbs that follow a person of the firm into every client.

    Only roles that administer, and so reach no content, give any: else an advisor could invite people to a client
    of somebody else's.
    """
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return frozenset()
    now = clock.now()
    with bound(Binding(firm_id, person_id)):
        rows = running(now).filter(anywhere(person_id, now), scope_kind="client", role__administers=True)
        verbs = held_at(now).filter(role__in=rows.values("role_id")).values_list("verb", flat=True)
        return frozenset(verb for verb in verbs if verb in PERMISSIONS and PERMISSIONS[verb].administers)


def administering() -> frozenset[UUID]:
    """Return who has, or will have, a role in the firm that administers: by their own grant or a group's."""
    return _administering(lambda now: Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), role__retired_at=None))


def administrators() -> frozenset[UUID]:
    """Return who administers the firm now and without an end, and can sign in: who may say what roles may do."""
    found = _administering(
        lambda now: running(now).filter(scope_kind="client", ends_at=None, role__in=roles_with(("role:set",), now))
    )
    for able in _able:
        found = able(found)
    return found


def _administering(such: Callable[[datetime], QuerySet[Grant]]) -> frozenset[UUID]:
    """Return who has such grants of roles in the firm that administer: as their own, or in a group."""
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return frozenset()
    with bound(Binding(firm_id)):
        rows = such(clock.now()).filter(client_id=firm_id, role__administers=True)
        people = {person_id for person_id in rows.values_list("person_id", flat=True) if person_id}
        groups = rows.filter(group__isnull=False).values("group_id")
        inside = GroupMember.objects.filter(client_id=firm_id, group_id__in=groups, until=None)
        return frozenset(people | set(inside.values_list("person_id", flat=True)))
