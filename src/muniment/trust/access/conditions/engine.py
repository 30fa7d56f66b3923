"""Ask Cedar: whether conditions close an action on things of a label, and which of them do."""

from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, Final

import structlog
from cedarpy import AuthzResult, Decision, is_authorized_batch

from muniment.trust.access.conditions.context import Circumstances
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.prepared import ALWAYS_ASKED, KIND, SPACE, place, prepared, schema
from muniment.trust.access.conditions.sentences import reason
from muniment.trust.access.conditions.types import Reason, SideName, Terms, Verdict
from muniment.trust.access.words import Action, Label

UNEVALUATED: Final = Reason(
    "unevaluated",
    "how",
    "The conditions of this client could not be evaluated, so nothing is opened.",
    "Whoever runs the portal has been told; try again later.",
)

log = structlog.get_logger("muniment.conditions")


class Unevaluated(Exception):
    """Cedar gave no decision, or skipped a condition that it could not evaluate."""


FAILURES: Final = (Unevaluated, ValueError, LookupError)


def verdict(current: Current, side: SideName, action: Action, label: Label | None, seen: Circumstances) -> Verdict:
    """Return what conditions say of an action on things with a label, or (None) on what has none.

    A function of its inputs alone, remembered. What cannot be evaluated is refused, and an alarm.
    """
    try:
        return decided(current, side, action, label, as_asked(seen, current))
    except FAILURES as error:
        return Verdict(allowed=False, reasons=(replace(alarm(current, error), label=label),))


def alarm(current: Current, error: Exception) -> Reason:
    """Raise the alarm that conditions could not be evaluated, and return what people are told."""
    log.error("conditions.unevaluated", kind=type(error).__name__, rules=current.hash, exc_info=error)
    return UNEVALUATED


@lru_cache(maxsize=65_536)
def decided(current: Current, side: SideName, action: Action, label: Label | None, seen: Circumstances) -> Verdict:
    """Ask for what holds always and for what a label adds, at once: every reason is told. `seen` is as asked.

    Raises:
        Unevaluated, ValueError, LookupError: there is no verdict; nothing of it is remembered.
    """
    ready, of_side, zone = prepared(current), current.profile.side(side), current.profile.zone
    own = of_side.labelled(label)
    parts = [(False, of_side.terms)] + ([(True, own)] if own != Terms() else [])
    context = _context(action, seen)
    requests = [_request(side, action, place(side, label, of_label=of_label), context) for of_label, _ in parts]
    answers = is_authorized_batch(requests, ready.policies, ready.terms, schema())
    found: dict[tuple[str, Label | None], Reason] = {}
    for (of_label, terms), answer in zip(parts, answers, strict=True):
        for policy in _closing(answer):
            told = ready.rules.get(policy)
            if told is not None:  # a rule speaks of the label itself, so it fires on both parts alike
                told = replace(told, label=label)
            else:
                told = reason(ready.notes[policy], terms, action, label if of_label else None, zone, seen)
            found.setdefault((policy, told.label), told)
    return Verdict(not found, tuple(found.values()))


def _closing(answer: AuthzResult) -> list[str]:
    """Return the policies that forbid.

    Raises:
        Unevaluated: there is no decision, or one that some condition had no part in: Cedar skips what errs.
    """
    said = answer.diagnostics
    if said.errors or answer.decision is Decision.NoDecision:
        raise Unevaluated
    if answer.decision is Decision.Allow:
        return []
    if not said.reasons:
        raise Unevaluated  # nothing forbids, and what lets through did not: the policies are not ours
    return sorted(said.reasons)


def as_asked(seen: Circumstances, current: Current) -> Circumstances:
    """Return circumstances with only what the terms and rules look at, so that more requests are alike."""
    asked = prepared(current).asked
    if asked == ALWAYS_ASKED:
        return Circumstances(blocked=seen.blocked, emergency=seen.emergency)
    return Circumstances(**{name: getattr(seen, name) for name in asked})


def _request(side: SideName, action: Action, terms: str, context: dict[str, Any]) -> dict[str, Any]:
    return {
        "principal": {"type": SPACE + KIND[side], "id": side},
        "action": {"type": f"{SPACE}Action", "id": action},
        "resource": {"type": f"{SPACE}Terms", "id": terms},
        "context": context,
    }


def _context(action: Action, seen: Circumstances) -> dict[str, Any]:
    found: dict[str, Any] = {field.name: getattr(seen, field.name) for field in fields(seen)}
    found |= {"action": action, "networks": sorted(seen.networks), "roles": sorted(seen.roles)}
    for name in ("country", "purpose"):
        if not found[name]:
            del found[name]
    return found
