"""What is in force, from its rows: looked up once, opened once."""

from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import QuerySet

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.db import binding
from muniment.core.db.binding import Binding
from muniment.core.db.prepared import Prepared, run
from muniment.core.unit import bound, once
from muniment.trust.access.conditions.engine import UNEVALUATED
from muniment.trust.access.conditions.errors import ConditionsRefuse, ProfileInvalid, RuleInvalid
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.models import AccessRule
from muniment.trust.access.conditions.reading import read_kept
from muniment.trust.access.conditions.rows import AccessProfile, NamedNetwork
from muniment.trust.access.conditions.rules import Rule
from muniment.trust.access.conditions.types import Network, Profile
from muniment.trust.access.words import Part

MOST_REMEMBERED = 4096
Key = tuple[str, UUID, UUID | None, tuple[UUID, ...], tuple[UUID, ...], tuple[Part, ...]]

log = structlog.get_logger("muniment.conditions")
_remembered: OrderedDict[Any, Current] = OrderedDict()  # rows never change, so what they said stays true
_remembering = Lock()
_SQL = (
    "select (select p.id from access_profile p where p.client_id = %(client)s and not p.is_for_new_clients "
    "and p.set_at <= %(at)s order by p.version desc limit 1), "
    "(select array_agg(n.id order by n.id) from named_network n "
    "where n.starts_at <= %(at)s and (n.ends_at is null or n.ends_at > %(at)s)), "
    "(select array_agg(r.id order by r.id) from access_rule r where r.client_id = %(client)s "
    "and r.starts_at <= %(at)s and (r.ends_at is null or r.ends_at > %(at)s)), "
    "(select array_agg(s.part order by s.part) from part_switch s where s.client_id = %(client)s "
    "and s.off_at <= %(at)s and (s.on_at is null or s.on_at > %(at)s))"
)
_NETWORKS = (
    "select array_agg(n.id order by n.id) from named_network n "
    "where n.starts_at <= %(at)s and (n.ends_at is null or n.ends_at > %(at)s)"
)
_BY_CLIENT = _SQL.replace("%(client)s", "c.id").replace(_NETWORKS, "select %(networks)s::uuid[]")
_ACROSS = f"select c.id, f.* from unnest(%(clients)s::uuid[]) c (id), lateral ({_BY_CLIENT}) f"  # noqa: S608 # nosec B608 - our own words


def current_for(actor: Actor, at: datetime | None = None) -> Current:
    """Return what is in force for an actor's client, as it was when their request began; or at a moment."""
    if at is None and actor.rules and (known := _recall((actor.client_id, actor.rules))):
        return known
    return loaded(actor.client, at)


def loaded(client_id: UUID, at: datetime | None = None) -> Current:
    """Return what is in force in a client now, or was at a moment; one statement when nothing is new."""
    if at is None:
        return once(("conditions", client_id), lambda: _bound(client_id, clock.now()))
    return _bound(client_id, at)


def _bound(client_id: UUID, at: datetime) -> Current:
    if binding.is_bound_to(client_id):
        return _loaded(client_id, at)
    with bound(Binding(client_id)):
        return _loaded(client_id, at)


def across(client_ids: Collection[UUID], sight: Callable[[], AbstractContextManager[None]]) -> dict[UUID, Current]:
    """Return what is in force now in several clients that `sight` shows, for lists over all of them.

    Two statements, and one more for each client in which something is new. One whose conditions cannot be read is
    left out: nothing is open there.
    """
    now = clock.now()
    ((named,),) = run(_NETWORKS, {"at": now})
    with sight():
        rows = run(_ACROSS, {"clients": list(client_ids), "networks": named, "at": now})
    found = {}
    for client_id, profile_id, *lists in rows:
        key = (str(connection.settings_dict["NAME"]), client_id, profile_id, *(tuple(one or ()) for one in lists))
        try:
            found[client_id] = _recall(key) or loaded(client_id, now)
        except ConditionsRefuse:
            continue
    return found


def networks(at: datetime | None = None) -> tuple[Network, ...]:
    """Return the named networks of a moment (now), by their names."""
    rows = _NAMED(moment=at or clock.now())
    return tuple(Network(row.id, row.name, tuple(row.cidrs), row.is_blocked) for row in rows)


def _named(moment: datetime) -> QuerySet[NamedNetwork]:
    return NamedNetwork.objects.filter(starts_at__lte=moment).exclude(ends_at__lte=moment).order_by("name")


_NAMED = Prepared(_named)


def newest(client_id: UUID, *, for_new_clients: bool = False) -> int:
    """Return the number of the newest version in the bound client; 0 when none was ever set."""
    rows = AccessProfile.objects.filter(client_id=client_id, is_for_new_clients=for_new_clients)
    return rows.order_by("-version").values_list("version", flat=True).first() or 0


def _loaded(client_id: UUID, moment: datetime) -> Current:
    ((profile_id, *named),) = run(_SQL, {"client": client_id, "at": moment})
    network_ids, rule_ids, off = (tuple(found or ()) for found in named)
    key: Key = (str(connection.settings_dict["NAME"]), client_id, profile_id, network_ids, rule_ids, off)
    found = _recall(key)
    if found is None:
        found = _opened(profile_id, networks(moment) if network_ids else (), rule_ids, frozenset(off))
        _remember(key, found)
    _remember((client_id, found.hash), found)
    return found


def _opened(
    profile_id: UUID | None, named: tuple[Network, ...], rule_ids: tuple[UUID, ...], off: frozenset[Part]
) -> Current:
    try:
        rows = AccessRule.objects.filter(id__in=rule_ids).order_by("id") if rule_ids else ()
        rules = tuple((ids.public(row.id), Rule.from_json(row.body)) for row in rows)
        if profile_id is None:
            return Current(Profile(), named, rules, parts_off=off)
        row = AccessProfile.objects.get(id=profile_id)
        return Current(read_kept(row.body), named, rules, row.version, row.set_by, row.set_at, off)
    except (ProfileInvalid, RuleInvalid) as error:
        log.exception("conditions.unreadable", what=error.code, field=getattr(error, "field", ""))
        raise ConditionsRefuse((UNEVALUATED,)) from error


def _recall(key: Any) -> Current | None:
    with _remembering:
        found = _remembered.get(key)
        if found is not None:
            _remembered.move_to_end(key)
        return found


def _remember(key: Any, current: Current) -> None:
    with _remembering:
        _remembered[key] = current
        while len(_remembered) > MOST_REMEMBERED:
            _remembered.popitem(last=False)
