"""The words that grants and conditions share: nine actions, five labels."""

from typing import Literal

Action = Literal["view", "download", "upload", "edit", "delete", "share", "sign", "pay", "administer"]
Label = Literal["public", "normal", "confidential", "restricted", "internal"]

ACTIONS: tuple[Action, ...] = ("view", "download", "upload", "edit", "delete", "share", "sign", "pay", "administer")
"""What conditions speak of: every verb is one of these."""

LABELS: tuple[Label, ...] = ("public", "normal", "confidential", "restricted", "internal")
"""How guarded a thing is, least first; what is internal is never shown to contacts."""
