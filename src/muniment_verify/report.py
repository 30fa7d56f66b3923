"""What a check found, for people and for programs: what was checked, and what was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LOST = 3


@dataclass
class Report:
    """The result of a check that found nothing forged.

    `facts` are what the file says, under headings; `checked` are sentences that hold; `not_checked` are sentences
    about what nobody should believe on the strength of this check. `lost` are sentences about entries that a restore
    of the portal lost: with one of them, what was checked is neither valid nor a fraud.
    """

    sentence: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    checked: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return LOST if self.lost else 0

    def as_text(self) -> str:
        """Return the report as it is printed."""
        width = max(map(len, self.facts), default=0)
        lines = [f"ENTRIES LOST. {' '.join(self.lost)}", self.sentence] if self.lost else [f"VALID. {self.sentence}"]
        lines += [f"  {name.ljust(width)}  {value}" for name, value in self.facts.items()]
        for heading, sentences in (("Checked:", self.checked), ("Not checked:", self.not_checked)):
            if sentences:
                lines += ["", heading, *(f"  - {sentence}" for sentence in sentences)]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "result": "entries lost" if self.lost else "valid",
            "sentence": self.sentence,
            "facts": self.facts,
            "checked": self.checked,
            "not_checked": self.not_checked,
            **({"lost": self.lost} if self.lost else {}),
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
