"""Whether a plan holds together, and what stands in the place of its words in braces."""

import re
from collections.abc import Mapping

from muniment.portal.checklists.errors import PlanRefused, VariableMissing
from muniment.portal.checklists.plans import Plan, PlanItem

MOST_ITEMS = 200
TITLE_MOST = 200
TEXT_MOST = 20_000
DUE_MOST = 730

_LENGTHS = {"title": TITLE_MOST, "section": TITLE_MOST, "file_name": TITLE_MOST, "folder": 500, "text": TEXT_MOST}
_KINDS = ("upload", "answer", "approve", "read")
_SHAPES = ("text", "choice", "number", "date", "yes-no")
LABELS = ("", "confidential", "restricted")
"""Labels that an item may give to what comes in for it; nothing is the folder's own."""


def check(plan: Plan) -> Plan:
    """Return a plan that holds together.

    Raises:
        PlanRefused: it does not: nothing to be called by, an unknown kind, a choice of less than two, a condition on
            something that is not asked before it, too much of anything.
    """
    if not plan.title.strip() or len(plan.title) > TITLE_MOST or len(plan.intro) > TEXT_MOST:
        raise PlanRefused
    if len(plan.items) > MOST_ITEMS or len({item.key for item in plan.items}) != len(plan.items):
        raise PlanRefused
    before: dict[int, PlanItem] = {}
    for item in plan.items:
        if not (_is_whole(item) and _fits(item) and _comes_after(item, before)):
            raise PlanRefused
        before[item.key] = item
    return plan


def _is_whole(item: PlanItem) -> bool:
    if not item.title.strip() or any(len(getattr(item, name)) > most for name, most in _LENGTHS.items()):
        return False
    return item.due_days is None or 0 <= item.due_days <= DUE_MOST


def _fits(item: PlanItem) -> bool:
    if item.kind not in _KINDS or item.side not in {"client", "firm"} or item.label not in LABELS:
        return False
    if (item.shape in _SHAPES) != (item.kind == "answer"):
        return False
    return (len(set(item.choices)) >= 2) == (item.shape == "choice")  # noqa: PLR2004 - one is no choice


def _comes_after(item: PlanItem, before: Mapping[int, PlanItem]) -> bool:
    if item.only_key is None:
        return True
    asked = before.get(item.only_key)
    return asked is not None and item.only_answer in answers_of(asked)


def answers_of(item: PlanItem) -> tuple[str, ...]:
    """Return the answers that a condition can ask for."""
    if item.shape == "choice":
        return item.choices
    return ("yes", "no") if item.shape == "yes-no" or item.kind == "approve" else ()


def filled(plan: Plan, values: Mapping[str, str]) -> Plan:
    """Return the plan with a value in the place of each word in braces.

    Raises:
        VariableMissing: there is a word without a value.
    """

    def put(match: "re.Match[str]") -> str:
        value = values.get(match.group(1), "").strip()
        if not value:
            raise VariableMissing
        return value

    return plan.replaced(put)
