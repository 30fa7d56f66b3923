"""Why somebody may, or may not: every way in, and the decision itself, asked for somebody else or another moment.

Nothing is decided here a second time: an answer is what `find` and `reach` say, and a way in is a grant that they
go by; that the two agree is tested on random worlds.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Model, Q

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access.conditions.errors import ConditionsRefuse
from muniment.trust.access.models import Grant, GroupMember
from muniment.trust.access.queries.deciding import find, reach, require
from muniment.trust.access.queries.grants import grant_facts, grants_on
from muniment.trust.access.queries.places import folder_scope
from muniment.trust.access.queries.rows import roles_with, running
from muniment.trust.access.types import SCOPES, Answer, GrantFacts, Tried, Way
from muniment.trust.clients import queries as clients

REMEMBERED = timedelta(days=90)
"""How long somebody is told of what they were given once."""

_UP = (
    "with recursive up as (select id, {column} as above from {table} where client_id = %(client)s and id = %(id)s "
    "union select f.id, f.{column} from {table} f join up on f.client_id = %(client)s and f.id = up.above) "
    "select id from up"
)


def ways(actor: Actor, verb: str, thing: Model | None = None, at: datetime | None = None) -> list[Way]:
    """Return every way in which somebody may do `verb` with a thing (None: the whole client), newest first.

    The caller has found `thing` as a row that the actor may explain; the transaction is open. Conditions are not
    asked, only whether the thing may be shown to contacts at all. A way that reaches nobody is left out.
    """
    moment = at or clock.now()
    found = _on_everything(actor, verb, moment) if thing is None else _on(actor, verb, thing, moment)
    people = _People(actor, moment)
    hidden = people.contacts if thing is not None and _label(thing) == "internal" else frozenset()
    told = [Way(grant, people.of(grant) - hidden) for grant in found]
    return [way for way in told if way.person_ids]


def people_by(found: Iterable[Way]) -> dict[UUID, list[GrantFacts]]:
    """Return who gets in by some ways, each with every grant that lets them, the newest first."""
    people: dict[UUID, list[GrantFacts]] = {}
    for way in found:
        for person_id in way.person_ids:
            people.setdefault(person_id, []).append(way.grant)
    return people


@query
def ways_into_client(actor: Actor, verb: str, at: datetime | None = None) -> list[Way]:
    """Return every way in which somebody may do `verb` with the whole of the actor's client, newest first.

    Raises:
        NotFound: the actor may not explain who may what here.
    """
    require(actor, "access:explain")
    return ways(actor, verb, at=at)


@query
def ways_of(actor: Actor, person_id: UUID, at: datetime | None = None) -> list[GrantFacts]:
    """Return every grant that is for a person of the actor's client at a moment, newest first.

    Raises:
        NotFound: it is somebody else than the actor, who may not explain who may what here.
    """
    if person_id != actor.person_id:
        require(actor, "access:explain")
    return _of_person(actor, person_id, at or clock.now())


@query
def own_ended(actor: Actor) -> list[GrantFacts]:
    """Return what the actor was given in the client and has no more since up to 90 days, newest first."""
    now = clock.now()
    rows = Grant.objects.filter(client_id=actor.client, person_id=actor.person_id, person_id__isnull=False)
    rows = rows.filter(ends_at__lte=now, ends_at__gt=now - REMEMBERED).select_related("role", "group")
    return [grant_facts(row) for row in rows.order_by("-ends_at")]


@query
def answer(actor: Actor, verb: str, kind: str = "client", thing_id: UUID | None = None) -> Answer:
    """Return what the actor is told who asks for a thing now: it is open, closed by conditions, or not there.

    `kind` is that of a scope, or "client": then `verb` anywhere in it is asked for.
    """
    return _answer(actor, verb, kind, thing_id, None)


@query
def try_as(
    actor: Actor, somebody: Actor, verb: str, kind: str = "client", thing_id: UUID | None = None, *, at: datetime
) -> Tried:
    """Return what `somebody` would be told at a moment, decided as it would be for them, and their ways in.

    Who administers the firm may try with anything; others with what they may open themselves.

    Raises:
        NotFound: the actor may not explain who may what here, or not this thing.
    """
    require(actor, "access:explain")
    thing = _thing(actor, kind, thing_id)
    person_id = somebody.person_id
    if person_id is None or somebody.client_id != actor.client_id:
        raise NotFound
    if thing is None:
        found = _of_person(actor, person_id, at, verb)
    else:
        found = [way.grant for way in ways(actor, verb, thing, at) if person_id in way.person_ids]
    return Tried(_answer(somebody, verb, kind, thing_id, at), found)


def _answer(actor: Actor, verb: str, kind: str, thing_id: UUID | None, at: datetime | None) -> Answer:
    """Ask the one decision, and return what it says."""
    if thing_id is None:
        allowed = reach(actor, verb, at)
        if not allowed.nothing:
            return Answer("open")
        return Answer("closed", allowed.reasons) if allowed.reasons else Answer("nothing")
    try:
        find(actor, verb, _model(kind), thing_id, at)
    except ConditionsRefuse as refusal:
        return Answer("closed", refusal.reasons)
    except NotFound:
        return Answer("nothing")
    return Answer("open")


def _thing(actor: Actor, kind: str, thing_id: UUID | None) -> Model | None:
    """Return what is tried with: by its id for who administers the firm, else as far as the actor may open it."""
    if thing_id is None:
        return None
    model = _model(kind)
    if "access:explain" not in actor.firm_verbs:
        return find(actor, "document:view", model, thing_id)
    found = model._default_manager.filter(client_id=actor.client, pk=thing_id).first()  # noqa: SLF001 - Django's documented manager
    if found is None:
        raise NotFound
    return found


def _of_person(actor: Actor, person_id: UUID, moment: datetime, verb: str = "") -> list[GrantFacts]:
    """Return the grants of the client that are for a person at a moment; with a verb, those whose role holds it."""
    people = _People(actor, moment)
    if person_id not in people.everybody:
        return []
    groups = [group_id for group_id, inside in people.groups.items() if person_id in inside]
    theirs = Q(person_id=person_id) | Q(group_id__in=groups)
    if person_id in people.contacts:
        theirs |= Q(person_id=None, group_id=None)
    rows = running(moment).filter(theirs, client_id=actor.client)
    rows = rows.filter(role__in=roles_with((verb,), moment)) if verb else rows
    return [grant_facts(row) for row in rows.select_related("role", "group").order_by("-id")]


def _on_everything(actor: Actor, verb: str, moment: datetime) -> list[GrantFacts]:
    rows = running(moment).filter(client_id=actor.client, scope_kind="client", role__in=roles_with((verb,), moment))
    return [grant_facts(row) for row in rows.select_related("role", "group").order_by("-id")]


def _on(actor: Actor, verb: str, thing: Model, moment: datetime) -> list[GrantFacts]:
    holder: UUID | None = getattr(thing, f"{SCOPES[thing._meta.label].container}_id")
    return grants_on(actor, verb, _around(actor.client, holder), thing.pk, moment)


def _around(client_id: UUID, folder_id: UUID | None) -> set[UUID]:
    """Return a folder and every folder around it."""
    scope = folder_scope()
    if scope is None or folder_id is None:
        return set()
    meta: Any = _model(scope.kind)._meta
    sql = _UP.format(table=meta.db_table, column=meta.get_field(scope.container).column)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"client": client_id, "id": folder_id})
        return {identifier for (identifier,) in cursor.fetchall()}


def _model(kind: str) -> type[Model]:
    scope = next((scope for scope in SCOPES.values() if scope.kind == kind), None)
    if scope is None:
        raise NotFound
    found: Any = apps.get_model(scope.model)
    return found  # type: ignore[no-any-return] # Django's registry knows the class only while running


def _label(thing: Model) -> str:
    return str(getattr(thing, SCOPES[thing._meta.label].label or "pk"))


class _People:
    """Who the people of the actor's client, and of its groups, are at a moment; read once."""

    def __init__(self, actor: Actor, moment: datetime) -> None:
        members = clients.members(actor, moment)
        self.everybody = frozenset(member.person_id for member in members)
        self.contacts = frozenset(member.person_id for member in members if member.kind == "contact")
        rows = GroupMember.objects.filter(client_id=actor.client, since__lte=moment)
        rows = rows.filter(Q(until=None) | Q(until__gt=moment), group__removed_at=None)
        self.groups: dict[UUID, set[UUID]] = {}
        for group_id, person_id in rows.values_list("group_id", "person_id"):
            self.groups.setdefault(group_id, set()).add(person_id)

    def of(self, grant: GrantFacts) -> frozenset[UUID]:
        """Return whom of the client's people a grant is for."""
        if grant.group_id is not None:
            return self.everybody & self.groups.get(grant.group_id, set())
        return self.contacts if grant.person_id is None else self.everybody & {grant.person_id}
