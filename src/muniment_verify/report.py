"""What a check found, for people and for programs: what was checked, and what was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """The result of a check that found nothing wrong.

    `facts` are what the file says, under headings; `checked` are sentences that hold; `not_checked` are sentences
    about what nobody should believe on the strength of this check.
    """

    sentence: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    checked: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)

    def as_text(self) -> str:
        """Return the report as it is printed."""
        width = max(map(len, self.facts), default=0)
        lines = [f"VALID. {self.sentence}"]
        lines += [f"  {name.ljust(width)}  {value}" for name, value in self.facts.items()]
        for heading, sentences in (("Checked:", self.checked), ("Not checked:", self.not_checked)):
            if sentences:
                lines += ["", heading, *(f"  - {sentence}" for sentence in sentences)]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "result": "valid",
            "sentence": self.sentence,
            "facts": self.facts,
            "checked": self.checked,
            "not_checked": self.not_checked,
        }


@dataclass(frozen=True)
class Refusal:
    """The result of a check that failed, or could not be made."""

    sentence: str
    exit_code: int

    def as_text(self) -> str:
        """Return the refusal as it is printed."""
        return f"{'NOT VALID' if self.exit_code == 1 else 'COULD NOT CHECK'}. {self.sentence}"

    def as_json(self) -> dict[str, Any]:
        """Return the refusal for programs."""
        return {"result": "not valid" if self.exit_code == 1 else "could not check", "sentence": self.sentence}
