"""A person's devices and sign-ins, as they are shown to themselves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Device:
    """One browser on which somebody signed in; `trusted_until` is None where it asks for a second step."""

    id: UUID
    device: str
    place: str
    used_at: datetime
    trusted_until: datetime | None
    is_current: bool


@dataclass(frozen=True)
class SignIn:
    """One sign-in, or a try of one: `what` is "in", "password", "code" or "delayed"."""

    at: datetime
    what: str
    device: str
    place: str
    is_new_device: bool
