"""Extra rules: one administrator asks, another approves, and only then they hold."""

from uuid import UUID

from django.db.models import Max

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.actions import approvals
from muniment.trust.access.actions.separating import one_at_a_time
from muniment.trust.access.conditions.loading import loaded
from muniment.trust.access.conditions.models import AccessRule
from muniment.trust.access.conditions.rules import Rule
from muniment.trust.access.errors import AskedAlready, NotApproved, RuleInvalid, ShutsOut
from muniment.trust.access.models import Approval
from muniment.trust.access.queries.rules import ACT, rule_facts
from muniment.trust.access.types import RuleFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

TABLE = AccessRule._meta.db_table


@action
def ask_rule(actor: Actor, *, rule: Rule, reason: str, rule_id: UUID | None = None) -> RuleFacts:
    """Ask a second administrator for an extra rule, or (`rule_id`) for a new version of one.

    What it would have refused in the last month is found now and kept beside it, for who decides.

    Raises:
        NotFound: `actor` may not, or there is no such rule.
        RuleInvalid: it names a network or a role that is not there.
        ShutsOut: it would shut out `actor`, or the last administrator.
        ReasonMissing: nobody said why.
        AskedAlready: a version of it waits already.
    """
    queries.require(actor, ACT)
    _refuse_unknown_names(rule)
    _refuse_shutting_out(actor, rule, rule_id)
    if rule_id is not None and _is_waiting(actor, rule_id):
        raise AskedAlready
    newest = _newest(actor, rule_id) if rule_id else 0
    row = AccessRule(client_id=actor.client, rule_id=rule_id or ids.new(), version=newest + 1, body=rule.to_json())
    row.replay = queries.replay(actor, rule).to_json()
    row.save(force_insert=True)
    approvals.ask_approval(actor, act=ACT, obj=row, reason=reason)
    return rule_facts(row)


@action
def ask_rule_end(actor: Actor, *, version_id: UUID, reason: str) -> RuleFacts:
    """Ask a second administrator to end a rule that holds; `version_id` is its running version.

    Raises:
        NotFound: there is no such rule, it does not hold, or `actor` may not.
        ReasonMissing, AskedAlready: as for `ask_approval`.
    """
    queries.require(actor, ACT)
    row = _row(actor, version_id)
    if row.starts_at is None or row.ends_at is not None:
        raise NotFound
    approvals.ask_approval(actor, act=ACT, obj=row, reason=reason)
    return rule_facts(row)


@action
def approve_rule(actor: Actor, *, version_id: UUID, reason: str = "") -> RuleFacts:
    """Approve, as the second administrator, what was asked about a version: it starts, or ends, at once.

    Raises:
        NotFound: there is no such version, or `actor` may not.
        SecondPersonNeeded: `actor` is who asked.
        NotApproved: nothing waits to be decided about it.
        ShutsOut: it would shut out `actor`, or the last administrator.
    """
    one_at_a_time()  # or two rules, each harmless, could start together and shut everybody out
    row = _row(actor, version_id)
    approval = _open_approval(row)
    approvals.approve(actor, approval_id=approval.id, reason=reason)
    now = clock.now()
    if row.starts_at is None:
        rule = Rule.from_json(row.body)
        _refuse_unknown_names(rule)
        _refuse_shutting_out(actor, rule, row.rule_id)
        before = AccessRule.objects.filter(client_id=actor.client, rule_id=row.rule_id, ends_at=None)
        before.exclude(starts_at=None).update(ends_at=now)
        row.starts_at, event = now, Event.RULE_STARTED
    else:
        row.ends_at, event = now, Event.RULE_ENDED
    row.save(update_fields=["starts_at", "ends_at"])
    approvals.use_approval(actor, approval_id=approval.id, act=ACT, object_id=row.id)
    audit.record(actor, event, row, rule=row.rule_id, version=row.version)
    return rule_facts(row)


@action
def decline_rule(actor: Actor, *, version_id: UUID, reason: str = "") -> RuleFacts:
    """Decline, as the second administrator, what was asked about a version; refusals are as for `approve_rule`."""
    row = _row(actor, version_id)
    approvals.decline(actor, approval_id=_open_approval(row).id, reason=reason)
    return rule_facts(row)


@action
def take_back_rule(actor: Actor, *, version_id: UUID) -> RuleFacts:
    """Take back what was asked about a version and is not decided; whoever could ask may.

    Raises:
        NotFound: there is no such version, or `actor` may not.
        NotApproved: nothing waits to be decided about it.
    """
    row = _row(actor, version_id)
    approvals.take_back(actor, approval_id=_open_approval(row).id)
    return rule_facts(row)


def _row(actor: Actor, version_id: UUID) -> AccessRule:
    queries.require(actor, ACT)
    row = AccessRule.objects.select_for_update().filter(client_id=actor.client, id=version_id).first()
    if row is None:
        raise NotFound
    return row


def _open_approval(row: AccessRule) -> Approval:
    found = Approval.objects.filter(client_id=row.client_id, act=ACT, object_id=row.id, state="asked").first()
    if found is None:
        raise NotApproved
    return found


def _newest(actor: Actor, rule_id: UUID) -> int:
    versions = AccessRule.objects.filter(client_id=actor.client, rule_id=rule_id)
    newest: int | None = versions.aggregate(newest=Max("version"))["newest"]
    if newest is None:
        raise NotFound
    return newest


def _is_waiting(actor: Actor, rule_id: UUID) -> bool:
    versions = AccessRule.objects.filter(client_id=actor.client, rule_id=rule_id).values("id")
    return Approval.objects.filter(client_id=actor.client, act=ACT, object_id__in=versions, state="asked").exists()


def _refuse_unknown_names(rule: Rule) -> None:
    """Keep a rule from naming what is not there: nobody would ever meet it."""
    if not set(rule.networks) <= {network.name for network in queries.networks()}:
        raise RuleInvalid("One of these networks is not there any more.")
    if not all(queries.role_side(name) in {"firm", "client"} for name in rule.roles):
        raise RuleInvalid("One of these roles is not there any more.")


def _refuse_shutting_out(actor: Actor, rule: Rule, rule_id: UUID | None) -> None:
    """Keep a rule, which replaces its older versions, from shutting out who sets it or the last who could end it."""
    in_force = loaded(actor.client)
    older = AccessRule.objects.filter(client_id=actor.client, rule_id=rule_id) if rule_id else ()
    replaced = {ids.public(version.id) for version in older}
    rules = [(name, other) for name, other in in_force.rules if name not in replaced]
    why = queries.would_shut_out(actor, in_force.profile, (*rules, ("asked", rule)))
    if why:
        raise ShutsOut(why)
