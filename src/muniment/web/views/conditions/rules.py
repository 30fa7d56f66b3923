"""Extra rules of a client: made by a form, tried on the last month, decided by a second administrator."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import PortalError
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import AskedAlready, ReasonMissing, RuleInvalid, ShutsOut
from muniment.trust.access.types import Replay, RuleFacts, permission
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Person
from muniment.web.views.conditions.rule_forms import DecisionForm, RuleForm
from muniment.web.views.conditions.words import ACTION_WORDS, LABEL_WORDS, rule_lines

REFUSALS: tuple[type[PortalError], ...] = (AskedAlready, ReasonMissing, RuleInvalid, ShutsOut)
STATES = {
    "running": ("green", lazy("Holds")),
    "waiting": ("brass", lazy("Waits for a second administrator")),
    "ending": ("brass", lazy("Holds; its end waits for a second administrator")),
    "ended": ("line", lazy("Ended")),
    "declined": ("line", lazy("Declined")),
    "taken-back": ("line", lazy("Taken back")),
}


@permission("conditions:read")
@require_safe
def rules(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """List the extra rules: those that hold or wait, and those that once did."""
    actor = _actor(request)
    found = queries.rules(actor)
    rows = [_row(actor, one, client_id) for one in found]
    context = {
        "open": [row for row, one in zip(rows, found, strict=True) if one.is_running or one.is_waiting],
        "past": [row for row, one in zip(rows, found, strict=True) if not (one.is_running or one.is_waiting)],
        "new_url": reverse("conditions:new_rule", kwargs={"client_id": client_id})
        if queries.may(actor, "rule:set")
        else "",
        "back_url": reverse("conditions:profile", kwargs={"client_id": client_id}),
    }
    return render(request, "conditions/rules.html", context)


@permission("rule:set")
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """Make a rule, try it on the last month, and ask a colleague for it."""
    return _edit(request, client_id, None)


@permission("rule:set")
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: HttpRequest, client_id: UUID, rule_id: UUID) -> HttpResponse:
    """Make a new version of a rule, in the same way."""
    return _edit(request, client_id, queries.rule_versions(_actor(request), rule_id)[0])


@permission("conditions:read")
@require_safe
def rule(request: HttpRequest, client_id: UUID, rule_id: UUID) -> HttpResponse:
    """Show one rule with all its versions, and let a second administrator decide."""
    actor = _actor(request)
    found = queries.rule_versions(actor, rule_id)
    where = {"client_id": client_id, "rule_id": rule_id}
    context = {
        "title": found[0].rule.title,
        "versions": [_version(actor, one, client_id) for one in found],
        "change_url": reverse("conditions:change_rule", kwargs=where) if queries.may(actor, "rule:set") else "",
        "form": DecisionForm(),
        "back_url": reverse("conditions:rules", kwargs={"client_id": client_id}),
    }
    return render(request, "conditions/rule.html", context)


@permission("rule:set")
@require_POST
def approve(request: HttpRequest, client_id: UUID, version_id: UUID) -> HttpResponse:
    """Approve what was asked about a version."""
    return _decide(request, client_id, version_id, actions.approve_rule, _("Approved. It counts from now on."))


@permission("rule:set")
@require_POST
def decline(request: HttpRequest, client_id: UUID, version_id: UUID) -> HttpResponse:
    """Decline what was asked about a version."""
    return _decide(request, client_id, version_id, actions.decline_rule, _("Declined."))


@permission("rule:set")
@require_POST
def take_back(request: HttpRequest, client_id: UUID, version_id: UUID) -> HttpResponse:
    """Take back what was asked about a version."""
    found = actions.take_back_rule(_actor(request), version_id=version_id)
    messages.success(request, _("Taken back."))
    return redirect("conditions:rule", client_id=client_id, rule_id=found.rule_id)


@permission("rule:set")
@require_POST
def end(request: HttpRequest, client_id: UUID, version_id: UUID) -> HttpResponse:
    """Ask a colleague to end a rule."""
    return _decide(request, client_id, version_id, actions.ask_rule_end, _("Asked. Another administrator decides."))


def _edit(request: HttpRequest, client_id: UUID, before: RuleFacts | None) -> HttpResponse:
    actor = _actor(request)
    form = RuleForm(
        request.POST or None,
        roles=[role.name for role in queries.roles(actor) if role.side in {"firm", "client"} and not role.administers],
        networks=[network.name for network in queries.networks()],
        rule=before.rule if before else None,
    )
    tried: Replay | None = None
    if request.method == "POST" and form.is_valid():
        if "ask" in request.POST:
            asked = _asked(actor, form, before)
            if asked is not None:
                messages.success(request, _("Asked. It holds once another administrator has approved it."))
                return redirect("conditions:rule", client_id=client_id, rule_id=asked.rule_id)
        else:
            tried = queries.replay(actor, form.rule())
    context = {
        "form": form,
        "is_new": before is None,
        "tried": _tried(tried, client_id) if tried else None,
        "back_url": reverse("conditions:rules", kwargs={"client_id": client_id}),
    }
    return render(request, "conditions/edit_rule.html", context, status=422 if form.is_bound and not tried else 200)


def _asked(actor: Actor, form: RuleForm, before: RuleFacts | None) -> RuleFacts | None:
    """Ask for a rule; where that is refused, put why into the form, so that what was written stays."""
    try:
        return actions.ask_rule(
            actor,
            rule=form.rule(),
            reason=form.cleaned_data["reason"],
            rule_id=before.rule_id if before else None,
        )
    except REFUSALS as refusal:
        form.add_error(None, refusal.sentence)
        return None


def _decide(
    request: HttpRequest, client_id: UUID, version_id: UUID, act: Callable[..., RuleFacts], words: str
) -> HttpResponse:
    form = DecisionForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    found = act(_actor(request), version_id=version_id, reason=reason)
    messages.success(request, words)
    return redirect("conditions:rule", client_id=client_id, rule_id=found.rule_id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined] # put there by the middleware
    return actor


def _row(actor: Actor, facts: RuleFacts, client_id: UUID) -> dict[str, Any]:
    tone, words = STATES[facts.state]
    return {
        "title": facts.rule.title,
        "version": facts.version,
        "tone": tone,
        "state": words,
        "refused": facts.replay.refused,
        "accesses": facts.replay.accesses,
        "is_mine": facts.asked_by == actor.person_id,
        "url": reverse("conditions:rule", kwargs={"client_id": client_id, "rule_id": facts.rule_id}),
    }


def _version(actor: Actor, facts: RuleFacts, client_id: UUID) -> dict[str, Any]:
    """Return one version with what was asked and decided about it, and what the reader may do."""
    where = {"client_id": client_id, "version_id": facts.id}
    may_set, is_waiting = queries.may(actor, "rule:set"), facts.is_waiting
    people = identity.people({one.asked_by for one in facts.approvals} | {one.decided_by for one in facts.approvals})
    acts = {
        "approve_url": may_set and is_waiting and facts.asked_by != actor.person_id,
        "decline_url": may_set and is_waiting and facts.asked_by != actor.person_id,
        "take_back_url": may_set and is_waiting,
        "end_url": may_set and facts.state == "running",
    }
    return {
        **_row(actor, facts, client_id),
        "remedy": facts.rule.remedy,
        "lines": rule_lines(facts.rule),
        "starts_at": facts.starts_at,
        "ends_at": facts.ends_at,
        "tried": _tried(facts.replay, client_id),
        "approvals": [
            {
                "asked_by": _name(people, one.asked_by),
                "asked_at": one.asked_at,
                "reason": one.reason,
                "decided_by": _name(people, one.decided_by),
                "decided_at": one.decided_at,
                "decision": one.decision,
                "is_end": place > 0,
            }
            for place, one in enumerate(facts.approvals)
        ],
        **{
            name: reverse(f"conditions:{name.removesuffix('_url')}_rule", kwargs=where) if may else ""
            for name, may in acts.items()
        },
    }


def _tried(found: Replay, client_id: UUID) -> dict[str, Any]:
    """Return what a rule would have refused, with names."""
    people = identity.people({ids.private(one.person) for one in found.first if one.person})
    return {
        "found": found,
        "first": [
            {
                "at": one.at,
                "who": _name(people, ids.private(one.person) if one.person else None),
                "action": ACTION_WORDS[one.action],
                "label": LABEL_WORDS[one.label] if one.label else "",
                "url": reverse("receipts:entry", kwargs={"client_id": client_id, "entry_id": ids.private(one.entry)}),
            }
            for one in found.first
        ],
    }


def _name(people: dict[UUID, Person], person_id: UUID | None) -> str:
    return people[person_id].name if person_id in people else _("somebody no longer named")
