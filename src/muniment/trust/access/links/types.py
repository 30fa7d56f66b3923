"""A guest link as a value, and what its tasks are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

View = TypeVar("View", bound=Callable[..., Any])

LinkTask = Literal["view", "upload"]

TASK_VERBS: dict[str, str] = {"view": "document:view", "upload": "document:upload"}
"""The one verb of each task."""

SHARING = "document:share"
"""What whoever makes a link must be allowed to do with the thing, as long as the link is to work."""


@dataclass(frozen=True)
class GuestLinkFacts:
    """One guest link as it is shown. `uses` of at most `most_uses` were made of it."""

    id: UUID
    task: str
    scope_kind: str
    scope_id: UUID
    purpose: str
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    uses: int
    most_uses: int
    revoked_at: datetime | None
    revoked_by: UUID | None

    def is_over(self, now: datetime) -> bool:
        """Whether nobody can come in by it any more; who came in before may be in still until its end."""
        return self.has_ended(now) or self.uses >= self.most_uses

    def has_ended(self, now: datetime) -> bool:
        """Whether it was ended or is too old: then nobody is in by it either."""
        return self.revoked_at is not None or self.expires_at <= now


def by_guest_link(view: View) -> View:
    """Declare a view for guests alone: whoever else asks, also somebody signed in, finds nothing there."""
    view.by_guest_link = True  # type: ignore[attr-defined] # a mark on a function, read by the middleware
    return view


def for_guests(view: View) -> View:
    """Declare a public view on the way to a link's task: who is signed in there makes no difference."""
    view.for_guests = True  # type: ignore[attr-defined] # a mark on a function, read by the middleware
    return view
