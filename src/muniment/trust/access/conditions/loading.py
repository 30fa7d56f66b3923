"""What is in force, from its rows: looked up once, opened once."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

import structlog
from django.db import connection

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.db import binding
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.access.conditions.engine import UNEVALUATED
from muniment.trust.access.conditions.errors import ConditionsRefuse, ProfileInvalid, RuleInvalid
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.models import AccessRule
from muniment.trust.access.conditions.reading import read_kept
from muniment.trust.access.conditions.rows import AccessProfile, NamedNetwork
from muniment.trust.access.conditions.rules import Rule
from muniment.trust.access.conditions.types import Network, Profile

MOST_REMEMBERED = 4096
Key = tuple[str, UUID, UUID | None, tuple[UUID, ...], tuple[UUID, ...]]

log = structlog.get_logger("muniment.conditions")
_remembered: OrderedDict[Any, Current] = OrderedDict()  # rows never change, so what they said stays true
_remembering = Lock()
_SQL = (
    "select (select p.id from access_profile p where p.client_id = %(client)s and not p.is_for_new_clients "
    "and p.set_at <= %(at)s order by p.version desc limit 1), "
    "(select array_agg(n.id order by n.id) from named_network n "
    "where n.starts_at <= %(at)s and (n.ends_at is null or n.ends_at > %(at)s)), "
    "(select array_agg(r.id order by r.id) from access_rule r where r.client_id = %(client)s "
    "and r.starts_at <= %(at)s and (r.ends_at is null or r.ends_at > %(at)s))"
)


def current_for(actor: Actor, at: datetime | None = None) -> Current:
    """Return what is in force for an actor's client, as it was when their request began; or at a moment."""
    if at is None and actor.rules and (known := _recall((actor.client_id, actor.rules))):
        return known
    return loaded(actor.client, at)


def loaded(client_id: UUID, at: datetime | None = None) -> Current:
    """Return what is in force in a client now, or was at a moment; one statement when nothing is new."""
    if binding.current.get().client_id == client_id and connection.in_atomic_block:
        return _loaded(client_id, at or clock.now())
    with bound(Binding(client_id)):
        return _loaded(client_id, at or clock.now())


def networks(at: datetime | None = None) -> tuple[Network, ...]:
    """Return the named networks of a moment (now), by their names."""
    moment = at or clock.now()
    rows = NamedNetwork.objects.filter(starts_at__lte=moment).exclude(ends_at__lte=moment).order_by("name")
    return tuple(Network(row.id, row.name, tuple(row.cidrs), row.is_blocked) for row in rows)


def newest(client_id: UUID, *, for_new_clients: bool = False) -> int:
    """Return the number of the newest version in the bound client; 0 when none was ever set."""
    rows = AccessProfile.objects.filter(client_id=client_id, is_for_new_clients=for_new_clients)
    return rows.order_by("-version").values_list("version", flat=True).first() or 0


def _loaded(client_id: UUID, moment: datetime) -> Current:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"client": client_id, "at": moment})
        profile_id, *named = cursor.fetchone()
    network_ids, rule_ids = (tuple(found or ()) for found in named)
    key: Key = (str(connection.settings_dict["NAME"]), client_id, profile_id, network_ids, rule_ids)
    found = _recall(key)
    if found is None:
        found = _opened(profile_id, networks(moment) if network_ids else (), rule_ids)
        _remember(key, found)
    _remember((client_id, found.hash), found)
    return found


def _opened(profile_id: UUID | None, named: tuple[Network, ...], rule_ids: tuple[UUID, ...]) -> Current:
    try:
        rows = AccessRule.objects.filter(id__in=rule_ids).order_by("id") if rule_ids else ()
        rules = tuple((ids.public(row.id), Rule.from_json(row.body)) for row in rows)
        if profile_id is None:
            return Current(Profile(), named, rules)
        row = AccessProfile.objects.get(id=profile_id)
        return Current(read_kept(row.body), named, rules, row.version, row.set_by, row.set_at)
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
