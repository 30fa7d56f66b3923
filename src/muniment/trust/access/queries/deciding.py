"""Who may what: the one definition, used by single decisions, lists and explanations alike."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.trust.access.errors import ConditionsRefuse
from muniment.trust.access.queries.conditions import narrowed, rules_hash, without_shut
from muniment.trust.access.queries.links import guest_scopes
from muniment.trust.access.queries.places import open_places, spread
from muniment.trust.access.queries.rows import held_at, mine, roles_with, running
from muniment.trust.access.queries.stepping_up import insist_fresh_act
from muniment.trust.access.types import LABELS, PERMISSIONS, SCOPES, SHARING, Label, Reach, Standing

Row = TypeVar("Row", bound=Model)
Scopes = Collection[tuple[str, UUID | None]]

NOWHERE = Reach(whole=False, folders=frozenset(), things=frozenset())
EVERYWHERE = Reach(whole=True, folders=frozenset(), things=frozenset())


def find(actor: Actor, verb: str, model: type[Row], identifier: UUID, at: datetime | None = None) -> Row:
    """Return the row the actor may do `verb` with: loading and authorising are one.

    Raises:
        NotFound: there is no such row in the actor's client, or it is not for this actor.
        ConditionsRefuse: it is, but conditions close it now.
        ConfirmFirst: it is, but to act they confirm first that it is them.
    """
    allowed = reach(actor, verb, at)
    rows = model._default_manager.filter(client_id=actor.client, pk=identifier)  # noqa: SLF001 - Django's documented manager
    row = limited(rows, allowed).first()
    if row is not None:
        insist_fresh_act(actor, verb)
        return row
    row = limited(rows, granted(actor, verb, at)).first() if allowed.reasons else None
    if row is None:
        raise NotFound
    scope = SCOPES.get(model._meta.label)
    label = getattr(row, scope.label) if scope and scope.label else None
    raise ConditionsRefuse(tuple(reason for reason in allowed.reasons if reason.label in {None, label}))


def visible(actor: Actor, verb: str, model: type[Row]) -> QuerySet[Row]:
    """Return the rows of the actor's client on which `verb` is allowed, as a queryset to filter further."""
    rows = model._default_manager.filter(client_id=actor.client)  # noqa: SLF001 - Django's documented manager
    return limited(rows, reach(actor, verb))


def limited(rows: QuerySet[Row], allowed: Reach) -> QuerySet[Row]:
    """Return those of the bound client's rows that lie within a reach; of a model that has no place, all or none."""
    scope = SCOPES.get(rows.model._meta.label)
    if allowed.nothing or (scope is None and not allowed.whole):
        return rows.none()
    if scope is None:
        return rows
    if scope.label and len(allowed.labels) < len(LABELS):
        rows = rows.filter(**{f"{scope.label}__in": sorted(allowed.labels)})
    if allowed.whole and not allowed.without:
        return rows
    if scope.kind == "folder":
        return rows.exclude(pk__in=allowed.without) if allowed.whole else rows.filter(pk__in=allowed.folders)
    holder = f"{scope.container}_id__in"
    if allowed.whole:
        return rows.filter(~Q(**{holder: allowed.without}) | Q(pk__in=allowed.things))
    return rows.filter(Q(**{holder: allowed.folders}) | Q(pk__in=allowed.things))


def reach(actor: Actor, verb: str, at: datetime | None = None) -> Reach:
    """Return where in the actor's client `verb` is allowed now, or was at the moment `at`; decided anew every time.

    Grants give, conditions take away. Closed folders count as they are now, whatever the moment.
    """
    return _narrowed(actor, verb, granted(actor, verb, at), at)


def granted(actor: Actor, verb: str, at: datetime | None = None) -> Reach:
    """Return where grants alone allow `verb`, whatever the conditions: for explanations, never for a decision."""
    if verb not in PERMISSIONS:
        raise LookupError(f"no app declared the permission {verb}")
    if actor.kind == "system":
        return EVERYWHERE
    if actor.guest_link_id is not None:
        scopes = guest_scopes(actor, verb, at or clock.now(), may_share)
        return reach_of(actor, scopes) if scopes else NOWHERE
    own = _reach(actor, verb, at)
    if actor.looking_as is None or own.nothing:
        return own
    return _both(actor, own, _reach(seen_as(actor), verb, at))


def reach_of(actor: Actor, scopes: Scopes) -> Reach:
    """Return where grants on these scopes (kind, id) reach within the actor's client, closed folders kept."""
    whole = ("client", None) in scopes
    folders = frozenset(scope_id for kind, scope_id in scopes if kind == "folder" and scope_id)
    things = frozenset(scope_id for kind, scope_id in scopes if kind not in {"client", "folder"} and scope_id)
    opened, without = spread(actor.client, folders, whole=whole)
    return Reach(whole, opened, things, without, labels=_labels(actor))


def may_share(actor: Actor, kind: str, scope_id: UUID) -> bool:
    """Return whether the actor's grants let them share a thing now, whatever the conditions of this hour are."""
    model = next(scope.model for scope in SCOPES.values() if scope.kind == kind)
    rows = apps.get_model(model)._default_manager.filter(client_id=actor.client, pk=scope_id)  # noqa: SLF001 - documented
    return limited(rows, _reach(actor, SHARING, None)).exists()


def standing(actor: Actor) -> Standing:
    """Return everything the actor may do somewhere in the client, and why they are here: one look for a whole page."""
    if actor.person_id is None or actor.client_id is None:
        return Standing(frozenset(actor.firm_verbs), "")
    now = clock.now()
    with acting_as(actor):
        found = running(now).filter(mine(actor, now), client_id=actor.client_id)
        why = found.exclude(person_id=None, group__isnull=True).order_by("-is_emergency", "scope_id", "-id").first()
        verbs = held_at(now).filter(role__in=found.values("role_id")).values_list("verb", flat=True).distinct()
        allowed = frozenset(verbs) | actor.firm_verbs
        if actor.looking_as is not None:
            allowed &= standing(seen_as(actor)).verbs
        is_emergency, rules = bool(why and why.is_emergency), rules_hash(actor)
        return Standing(allowed, why.purpose if why else "", is_emergency, rules)


def may(actor: Actor, verb: str) -> bool:
    """Return whether `verb` is allowed on the whole of the actor's client."""
    with acting_as(actor):
        return reach(actor, verb).whole


def may_somewhere(actor: Actor, verb: str) -> bool:
    """Return whether `verb` is allowed anywhere in the actor's client."""
    with acting_as(actor):
        return not reach(actor, verb).nothing


def require(actor: Actor, verb: str, at: datetime | None = None) -> None:
    """Insist that `verb` is allowed on the whole of the actor's client.

    Raises:
        NotFound: it is not; whether there would be something is not told.
        ConditionsRefuse: it is, but conditions close it now.
        ConfirmFirst: it is, but to act they confirm first that it is them.
    """
    allowed = reach(actor, verb, at)
    if allowed.whole:
        insist_fresh_act(actor, verb)
        return
    if allowed.reasons and granted(actor, verb, at).whole:
        raise ConditionsRefuse(tuple(reason for reason in allowed.reasons if reason.label is None))
    raise NotFound


def verbs_at(actor: Actor, place_ids: set[UUID]) -> frozenset[str]:
    """Return everything the actor may do with a thing, given the ids of itself and of all folders around it.

    Few statements for a whole page of buttons; what a button does is authorised again when it is pressed.
    """
    if actor.kind == "system":
        return frozenset(PERMISSIONS)
    if actor.person_id is None or actor.client_id is None or actor.guest_link_id is not None:
        return frozenset()
    now = clock.now()
    places, from_the_top = open_places(actor, place_ids)
    wanted = Q(scope_id__in=places) | Q(scope_kind="client") if from_the_top else Q(scope_id__in=places)
    rows = running(now).filter(wanted, mine(actor, now), client_id=actor.client_id)
    verbs = held_at(now).filter(role__in=rows.values("role_id")).values_list("verb", flat=True)
    found = without_shut(actor, frozenset(verbs) | actor.firm_verbs)
    return found & verbs_at(seen_as(actor), place_ids) if actor.looking_as is not None else found


def reaches(actor: Actor, verbs: Collection[str]) -> dict[str, Reach]:
    """Return where each of several verbs is allowed now, with one look at the grants."""
    scopes: dict[str, set[tuple[str, UUID | None]]] = defaultdict(set)
    now = clock.now()
    if actor.person_id is not None and actor.client_id is not None and actor.guest_link_id is None:
        rows = running(now).filter(mine(actor, now), client_id=actor.client)
        held = held_at(now).filter(role__in=rows.values("role_id"), verb__in=verbs)
        by_role: dict[UUID, list[str]] = defaultdict(list)
        for role_id, verb in held.values_list("role_id", "verb"):
            by_role[role_id].append(verb)
        for role_id, kind, scope_id in rows.values_list("role_id", "scope_kind", "scope_id"):
            for verb in by_role[role_id]:
                scopes[verb].add((kind, scope_id))
    known: dict[frozenset[tuple[str, UUID | None]], Reach] = {frozenset(): NOWHERE}
    found = {}
    for verb in verbs:
        where = frozenset(scopes[verb])
        if where not in known:
            known[where] = reach_of(actor, where)
        administers = PERMISSIONS[verb].administers and verb in actor.firm_verbs
        allowed = EVERYWHERE if administers or actor.kind == "system" else known[where]
        found[verb] = _narrowed(actor, verb, allowed)
    if actor.looking_as is None:
        return found
    theirs = reaches(seen_as(actor), verbs)
    return {verb: _both(actor, found[verb], theirs[verb]) for verb in verbs}


def seen_as(actor: Actor) -> Actor:
    """Return the contact that the actor looks as."""
    return replace(actor, kind="contact", person_id=actor.looking_as, looking_as=None, firm_verbs=frozenset())


def _narrowed(actor: Actor, verb: str, allowed: Reach, at: datetime | None = None) -> Reach:
    """Return what conditions leave of a reach."""
    if actor.kind == "system" or allowed.nothing:
        return allowed
    return narrowed(actor, PERMISSIONS[verb].action, allowed, lambda: _reach(actor, verb, at, by_emergency=True), at)


def _reach(actor: Actor, verb: str, at: datetime | None, *, by_emergency: bool = False) -> Reach:
    """Return the reach of the actor's own grants, or of those given in an emergency; whoever they look as."""
    if PERMISSIONS[verb].administers and verb in actor.firm_verbs and not by_emergency:
        return EVERYWHERE
    if actor.person_id is None or actor.client_id is None:
        return NOWHERE
    moment = at or clock.now()
    rows = running(moment).filter(mine(actor, moment), client_id=actor.client, role__in=roles_with((verb,), moment))
    rows = rows.filter(is_emergency=True) if by_emergency else rows
    scopes = set(rows.values_list("scope_kind", "scope_id"))
    return reach_of(actor, scopes) if scopes else NOWHERE


def _labels(actor: Actor) -> frozenset[Label]:
    """Return the labels that can be open to the actor: what is internal is not there for contacts."""
    return frozenset(LABELS) if actor.kind == "staff" else frozenset(LABELS) - {"internal"}


def _both(actor: Actor, one: Reach, other: Reach) -> Reach:
    """Return where both reach; things that one has singled out are kept as far as the other reaches them."""
    labels = one.labels & other.labels
    without = one.without | other.without
    if one.whole and other.whole:
        folders = frozenset[UUID]()
    elif one.whole:
        folders = other.folders - one.without
    elif other.whole:
        folders = one.folders - other.without
    else:
        folders = one.folders & other.folders
    things = _things_within(actor, one.things, other) | _things_within(actor, other.things, one)
    whole = one.whole and other.whole
    return Reach(whole, folders, things, without if whole else frozenset(), labels)


def _things_within(actor: Actor, things: frozenset[UUID], allowed: Reach) -> frozenset[UUID]:
    if not things or allowed.nothing:
        return frozenset()
    found = frozenset[UUID]()
    for scope in SCOPES.values():
        if scope.kind != "folder":
            manager = apps.get_model(scope.model)._default_manager  # noqa: SLF001 - Django's documented manager
            rows = manager.filter(client_id=actor.client, pk__in=things)
            found |= frozenset(limited(rows, allowed).values_list("pk", flat=True))
    return found
