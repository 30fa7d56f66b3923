"""What is known of a passkey or security key, and what a browser answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Purpose = Literal["enrol", "sign-in", "second-step", "confirm"]
"""What a challenge was given out for: an answer to one is none to another."""


@dataclass(frozen=True)
class Passkey:
    """One passkey (`alone`: it signs in by itself, because the device asks who holds it) or security key.

    `synced`: kept by a password manager for all devices of its owner; else it never leaves the one it was made on.
    """

    id: UUID
    name: str
    alone: bool
    synced: bool
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Made:
    """A credential that a browser has just made: its answer as it is kept, and what its flags say."""

    credential: dict[str, Any]
    count: int
    alone: bool
    synced: bool


class Unproved(Exception):
    """The answer of a browser proves nothing; `why` is a word for the log, never for the person."""

    def __init__(self, why: str) -> None:
        """Take why: "challenge", "unreadable", "algorithm", "unknown", "signature", "verification" or "counter"."""
        super().__init__(why)
        self.why = why
