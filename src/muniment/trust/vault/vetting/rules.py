"""What a client lets in: for each kind of file and each danger inside one, to allow, to hold, or to refuse it."""

from collections.abc import Iterable, Mapping
from typing import Final

from muniment.trust.vault.types import DANGERS, KINDS, RULED, Outcome

DEFAULT: Final[Mapping[str, Outcome]] = {
    **dict.fromkeys(KINDS, Outcome.ALLOW),
    "script": Outcome.HOLD,
    "program": Outcome.HOLD,
    "other": Outcome.HOLD,
    **dict.fromkeys(DANGERS, Outcome.HOLD),
}
"""What holds where a client says nothing else: an unknown kind is held, because nobody knows what opens it."""

_ORDER: Final = (Outcome.ALLOW, Outcome.HOLD, Outcome.REFUSE)


def complete(own: Mapping[str, str]) -> dict[str, Outcome]:
    """Return every rule: the client's own, and the default for the rest. What is not known is left out."""
    return {name: Outcome(own.get(name, DEFAULT[name])) for name in RULED}


def worst(findings: Iterable[str], rules: Mapping[str, Outcome]) -> tuple[Outcome, str]:
    """Return the strictest outcome among findings, and the finding that led to it; a finding without a rule holds."""
    found, why = Outcome.ALLOW, ""
    for finding in findings:
        outcome = Outcome.REFUSE if finding == "bomb" else rules.get(finding, Outcome.HOLD)
        if _ORDER.index(outcome) > _ORDER.index(found):
            found, why = outcome, finding
    return found, why
