"""How one setting is declared."""

from dataclasses import field
from typing import Any


def setting(default: Any, sentence: str, *, unit: str = "", secret: bool = False) -> Any:
    """Return a field; `sentence` becomes its line in docs/settings.md, a secret is never shown."""
    return field(default=default, metadata={"sentence": sentence, "unit": unit}, repr=not secret)
