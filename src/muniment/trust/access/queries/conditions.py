"""What conditions are in force in a client, and what they leave open to an actor."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.access.conditions import demanding, loading
from muniment.trust.access.conditions.context import is_in, side_of
from muniment.trust.access.conditions.errors import ConditionsRefuse
from muniment.trust.access.conditions.guarding import Possible, shut_out
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.loading import networks
from muniment.trust.access.conditions.opening import ALL_OPEN, opening
from muniment.trust.access.conditions.prepared import prepared
from muniment.trust.access.conditions.rules import Rule
from muniment.trust.access.conditions.types import Network, Opening, Profile, Reason, SideName
from muniment.trust.access.queries.rows import mine, running
from muniment.trust.access.types import PERMISSIONS, Reach
from muniment.trust.access.words import Action, Label


def open_now(actor: Actor, action: Action, at: datetime | None = None, *, emergency: bool = False) -> Opening:
    """Return which labels conditions leave open to an actor for an action, now or at a moment; grants aside.

    `emergency`: as for what was given in one, so that neither the hour nor the place counts.
    """
    if actor.kind == "system" or actor.client_id is None:
        return ALL_OPEN
    current = loading.current_for(actor, at)
    roles = roles_here(actor, at) if current.names_roles else frozenset[str]()
    return opening(current, actor, action, at, roles=roles, emergency=emergency)


def insist_open(actor: Actor, verb: str) -> None:
    """Insist that conditions do not close everything to an actor for a verb that was granted.

    Raises:
        ConditionsRefuse: they do, for these reasons.
    """
    shut = open_now(actor, PERMISSIONS[verb].action, emergency=actor.emergency).shut
    if shut:
        raise ConditionsRefuse(shut)


def is_blocked(actor: Actor) -> bool:
    """Return whether the actor comes from a network that the firm has blocked."""
    known = networks() if actor.client_id is None else loading.current_for(actor).networks
    return any(is_in(actor.ip, network.cidrs) for network in known if network.is_blocked)


def blocked() -> Reason:
    """Return what somebody from a blocked network is told."""
    note = prepared(Current()).notes["blocked-network"]
    return Reason(note["id"], "where", note["reason"], note["fix"])


def purposes_to_state(actor: Actor) -> tuple[str, ...]:
    """Return the purposes that staff choose from in the actor's client; none means that any will do."""
    side = loading.current_for(actor).profile.staff
    return tuple(sorted(side.terms.purposes.union(*(terms.purposes for _, terms in side.labels))))


def session_limits(actor: Actor) -> tuple[int | None, int | None]:
    """Return after how many idle minutes, and how many hours, a session opens nothing more in the actor's client."""
    if actor.client_id is None:
        return None, None
    side = loading.current_for(actor).profile.side(side_of(actor))
    return side.session_idle_minutes, side.session_hours


def profile_in(client_id: UUID) -> Profile:
    """Return the profile in force in a client; for what is asked before anybody of it is there."""
    return loading.loaded(client_id).profile


def inactive_days(client_id: UUID) -> int:
    """Return after how many days without a sign-in people of a client, or of the firm, are shut out."""
    return loading.loaded(client_id).profile.inactive_days


def narrowed(
    actor: Actor, action: Action, allowed: Reach, by_emergency: Callable[[], Reach], at: datetime | None = None
) -> Reach:
    """Return what conditions leave of a reach.

    What was given in an emergency (`by_emergency`) is open at any time and from any place: where the conditions of
    the hour close everything else, it alone is left.
    """
    opened = open_now(actor, action, at)
    if not opened.reasons:
        return replace(allowed, labels=allowed.labels & opened.labels)
    if actor.emergency:
        urgent, anyhow = by_emergency(), open_now(actor, action, at, emergency=True)
        if (opened.shut and not urgent.nothing) or urgent == allowed:
            return _left(urgent, anyhow)
    return _left(allowed, opened)


def without_shut(actor: Actor, verbs: frozenset[str]) -> frozenset[str]:
    """Return those of the verbs that conditions leave open somewhere now."""
    if actor.kind == "system":
        return verbs
    actions = {PERMISSIONS[verb].action for verb in verbs if verb in PERMISSIONS}
    shut = {action for action in actions if open_now(actor, action, emergency=actor.emergency).shut}
    return frozenset(verb for verb in verbs if verb in PERMISSIONS and PERMISSIONS[verb].action not in shut)


def conditions_on(
    actor: Actor, side: SideName, action: Action, label: Label | None = None, at: datetime | None = None
) -> tuple[Reason, ...]:
    """Return everything that could refuse an action on things with a label here, met or not, rules included."""
    return demanding.demands(loading.current_for(actor, at), side, action, label)


def rules_hash(actor: Actor) -> str:
    """Return which conditions are in force in the actor's client, as entries carry it."""
    return loading.loaded(actor.client).hash


def would_shut_out(
    actor: Actor,
    profile: Profile,
    rules: tuple[tuple[str, Rule], ...] | None = None,
    named: tuple[Network, ...] | None = None,
) -> str | None:
    """Return why a profile would shut out who sets it, or every administrator; None if it would not.

    `rules` are the extra ones beside it, and `named` the networks: those in force unless others are given.
    """
    beside = loading.loaded(actor.client).rules if rules is None else rules
    possible = Possible(
        countries=config.current().countries is not None, passkeys="webauthn" in settings.MFA_SUPPORTED_TYPES
    )
    roles = roles_here(actor, None) if any(rule.roles for _name, rule in beside) else frozenset[str]()
    return shut_out(actor, profile, networks() if named is None else named, beside, possible=possible, roles=roles)


def _left(allowed: Reach, opened: Opening) -> Reach:
    if opened.shut:
        return Reach(whole=False, folders=frozenset(), things=frozenset(), labels=frozenset(), reasons=opened.reasons)
    return replace(allowed, labels=allowed.labels & opened.labels, reasons=opened.reasons)


def roles_here(actor: Actor, at: datetime | None = None) -> frozenset[str]:
    """Return the names of the roles that the actor holds anywhere in the client, for rules that speak of them."""
    moment = at or clock.now()
    with acting_as(actor):  # a page asks before any transaction is open
        held = running(moment).filter(mine(actor, moment), client_id=actor.client)
        return frozenset(held.values_list("role__name", flat=True))
