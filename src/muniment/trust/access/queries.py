"""Who may what: the one definition, used by single decisions, lists and explanations alike."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Exists, Model, Q, QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound, desk, query
from muniment.trust.access.models import Approval, Grant, Role, RoleAction
from muniment.trust.access.roles import ADMINISTERING
from muniment.trust.access.types import PERMISSIONS, SCOPES, ApprovalFacts, GrantFacts, Reach, Standing
from muniment.trust.clients import queries as clients

Row = TypeVar("Row", bound=Model)
NOWHERE = Reach(whole=False, folders=frozenset(), things=frozenset())


def find(actor: Actor, verb: str, model: type[Row], identifier: UUID) -> Row:
    """Return the row the actor may do `verb` with: loading and authorising are one.

    Raises:
        NotFound: there is no such row in the actor's client, or it is not for this actor.
    """
    row = visible(actor, verb, model).filter(pk=identifier).first()
    if row is None:
        raise NotFound
    return row


def visible(actor: Actor, verb: str, model: type[Row]) -> QuerySet[Row]:
    """Return the rows of the actor's client on which `verb` is allowed, as a queryset to filter further."""
    rows = model._default_manager.filter(client_id=actor.client)  # noqa: SLF001 - Django's documented manager
    allowed = reach(actor, verb)
    if allowed.whole:
        return rows
    scope = SCOPES.get(model._meta.label)
    if scope is None or allowed.nothing:
        return rows.none()
    if scope.kind == "folder":
        return rows.filter(pk__in=allowed.folders)
    return rows.filter(Q(**{f"{scope.container}_id__in": allowed.folders}) | Q(pk__in=allowed.things))


def reach(actor: Actor, verb: str) -> Reach:
    """Return where in the actor's client `verb` is allowed now; decided anew at every request."""
    if verb not in PERMISSIONS:
        raise LookupError(f"no app declared the permission {verb}")
    if actor.kind == "system":
        return Reach(whole=True, folders=frozenset(), things=frozenset())
    if PERMISSIONS[verb].administers and verb in actor.firm_verbs:
        return Reach(whole=True, folders=frozenset(), things=frozenset())
    if actor.person_id is None or actor.client_id is None:
        return NOWHERE
    granted = _scopes(actor, verb)
    if ("client", None) in granted:
        return Reach(whole=True, folders=frozenset(), things=frozenset())
    folders = frozenset(scope_id for kind, scope_id in granted if kind == "folder" and scope_id)
    things = frozenset(scope_id for kind, scope_id in granted if kind != "folder" and scope_id)
    return Reach(whole=False, folders=_with_all_below(folders), things=things)


def standing(actor: Actor) -> Standing:
    """Return everything the actor may do somewhere in the client, and why they are here: one look for a whole page."""
    if actor.person_id is None or actor.client_id is None:
        return Standing(frozenset(actor.firm_verbs), "")
    with bound(Binding(actor.client_id, actor.person_id)):
        found = list(_running(clock.now()).filter(_mine(actor), client_id=actor.client_id).order_by("scope_id", "-id"))
        roles = {grant.role_id for grant in found}
        verbs = RoleAction.objects.filter(role__in=roles).values_list("verb", flat=True) if roles else ()
        return Standing(frozenset(verbs) | actor.firm_verbs, next((g.purpose for g in found if g.person_id), ""))


def purposes(actor: Actor) -> dict[UUID, str]:
    """Return why the person is in each client they belong to, by its id: of their newest running grant there."""
    with desk(actor):
        rows = list(_running(clock.now()).filter(person_id=actor.person_id).order_by("id"))
        return {row.client_id: row.purpose for row in rows}


def may(actor: Actor, verb: str) -> bool:
    """Return whether `verb` is allowed on the whole of the actor's client."""
    with bound(Binding(actor.client_id, actor.person_id)):
        return reach(actor, verb).whole


def may_somewhere(actor: Actor, verb: str) -> bool:
    """Return whether `verb` is allowed anywhere in the actor's client."""
    with bound(Binding(actor.client_id, actor.person_id)):
        return not reach(actor, verb).nothing


def require(actor: Actor, verb: str) -> None:
    """Insist that `verb` is allowed on the whole of the actor's client.

    Raises:
        NotFound: it is not; whether there would be something is not told.
    """
    if not reach(actor, verb).whole:
        raise NotFound


def places_with(actor: Actor, verb: str) -> frozenset[UUID]:
    """Return the clients, and the firm, in the whole of which the actor's own grants allow `verb`: one look at all."""
    with desk(actor):
        roles = RoleAction.objects.filter(verb=verb).values("role_id")
        rows = _running(clock.now()).filter(person_id=actor.person_id, scope_kind="client", role__in=roles)
        return frozenset(rows.values_list("client_id", flat=True)) if actor.person_id else frozenset()


def firm_verbs(person_id: UUID) -> frozenset[str]:
    """Return the administering verbs that follow a person of the firm into every client.

    Only the roles that reach no content give any: else an advisor could invite people to a client of somebody else's.
    """
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return frozenset()
    with bound(Binding(firm_id, person_id)):
        running = _running(clock.now()).filter(person_id=person_id, scope_kind="client", role__name__in=ADMINISTERING)
        verbs = RoleAction.objects.filter(role__in=running.values("role_id")).values_list("verb", flat=True)
        return frozenset(verb for verb in verbs if verb in PERMISSIONS and PERMISSIONS[verb].administers)


def grants(actor: Actor, *, person_id: UUID | None = None, scope_ids: set[UUID] | None = None) -> list[GrantFacts]:
    """Return the running and coming grants of the bound client, newest first; narrowed to a person or to scopes."""
    rows = Grant.objects.filter(client_id=actor.client).filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()))
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    if scope_ids is not None:
        rows = rows.filter(scope_id__in=scope_ids)
    return [grant_facts(row) for row in rows.select_related("role").order_by("-id")]


@query
def visible_grants(actor: Actor) -> list[GrantFacts]:
    """Return the running and coming grants of the client to those who may see its people, newest first.

    Raises:
        NotFound: `actor` may not.
    """
    require(actor, "person:list")
    return grants(actor)


@query
def approvals(actor: Actor, *, act: str = "", open_only: bool = True) -> list[ApprovalFacts]:
    """Return what waits for a second person or for its moment in the actor's client, newest first.

    Only acts that the actor may do are shown: who may not ask may not decide either. `act` narrows to one.
    """
    rows = Approval.objects.filter(client_id=actor.client).order_by("-id")
    rows = rows.filter(act=act) if act else rows
    rows = rows.filter(state__in=["asked", "approved"]) if open_only else rows
    mine = {name: reach(actor, name).whole for name in set(rows.values_list("act", flat=True))}
    return [approval_facts(row) for row in rows if mine[row.act]]


def approval_facts(row: Approval) -> ApprovalFacts:
    """Return an approval as a value."""
    return ApprovalFacts(
        id=row.id,
        act=row.act,
        object_kind=row.object_kind,
        object_id=row.object_id,
        state=row.state,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        not_before=row.not_before,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )


def grant_facts(row: Grant) -> GrantFacts:
    """Return a grant as a value."""
    return GrantFacts(
        id=row.id,
        person_id=row.person_id,
        role=row.role.name,
        scope_kind=row.scope_kind,
        scope_id=row.scope_id,
        purpose=row.purpose,
        given_by=row.given_by,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def grants_on(actor: Actor, verb: str, folder_ids: set[UUID], thing_id: UUID) -> list[GrantFacts]:
    """Return every running grant that allows `verb` on a thing in the nested folders `folder_ids`: all ways in."""
    roles = RoleAction.objects.filter(verb=verb).values("role_id")
    rows = _running(clock.now()).filter(client_id=actor.client, role__in=roles)
    rows = rows.filter(Q(scope_kind="client") | Q(scope_id__in={*folder_ids, thing_id}))
    return [grant_facts(row) for row in rows.select_related("role").order_by("-id")]


def role_side(role: str) -> str:
    """Return the side a role belongs to: "firm", "client" or "share"; empty if there is no such role."""
    return Role.objects.filter(name=role).values_list("side", flat=True).first() or ""


def may_give(actor: Actor, role: str, places: frozenset[UUID] = frozenset()) -> bool:
    """Return whether `actor` may give `role` on the whole bound client, or on one of the nested `places`.

    Nobody gives away what they may not do there themselves. Who administers people gives content to
    others without having it, but administers no more than themselves.
    """
    if actor.kind == "system":
        return True
    for verb in RoleAction.objects.filter(role__name=role).values_list("verb", flat=True):
        if "person:invite" in actor.firm_verbs and not PERMISSIONS[verb].administers:
            continue
        allowed = reach(actor, verb)
        if not (allowed.whole or places & (allowed.folders | allowed.things)):
            return False
    return True


def verbs_at(actor: Actor, place_ids: set[UUID]) -> frozenset[str]:
    """Return everything the actor may do with a thing, given the ids of itself and of all folders around it.

    One statement for a whole page of buttons; what a button does is authorised again when it is pressed.
    """
    if actor.kind == "system":
        return frozenset(PERMISSIONS)
    if actor.person_id is None or actor.client_id is None:
        return frozenset()
    rows = _running(clock.now()).filter(_mine(actor), client_id=actor.client_id)
    rows = rows.filter(Q(scope_kind="client") | Q(scope_id__in=place_ids))
    verbs = RoleAction.objects.filter(role__in=rows.values("role_id")).values_list("verb", flat=True)
    return frozenset(verbs) | actor.firm_verbs


def _running(now: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


def _mine(actor: Actor) -> Q:
    """Return which grants are the actor's: their own, and those of everyone for who is a contact of the client now."""
    everyone = Q(person_id=None) & Q(Exists(clients.contacts(actor.client, actor.person_id)))
    return Q(person_id=actor.person_id) | everyone


def _scopes(actor: Actor, verb: str) -> set[tuple[str, UUID | None]]:
    """Return the scopes of the actor's running grants whose role holds `verb`."""
    roles = RoleAction.objects.filter(verb=verb).values("role_id")
    rows = _running(clock.now()).filter(_mine(actor), client_id=actor.client, role__in=roles)
    return set(rows.values_list("scope_kind", "scope_id"))


def _with_all_below(folders: frozenset[UUID]) -> frozenset[UUID]:
    """Return folders and every folder inside them, however deep, within the bound client."""
    scope = next((scope for scope in SCOPES.values() if scope.kind == "folder"), None)
    if not folders or scope is None:
        return folders
    meta = apps.get_model(scope.model)._meta
    table, column = meta.db_table, meta.get_field(scope.container).column
    sql = (
        f"with recursive below as (select id from {table} where id = any(%s) "  # noqa: S608 - names from the model, not input
        f"union select f.id from {table} f join below on f.{column} = below.id) select id from below"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(folders)])
        return frozenset(identifier for (identifier,) in cursor.fetchall())
