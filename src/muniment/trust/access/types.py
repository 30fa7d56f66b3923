"""Permissions and scopes, declared by the apps that own them; grants and readers as values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

View = TypeVar("View", bound=Callable[..., Any])
ScopeKind = Literal["client", "folder", "document"]


@dataclass(frozen=True)
class Permission:
    """One thing a person may be allowed to do: `verb` ("document:view") and what it means in words.

    `administers` marks verbs that manage the portal and reach no content: only they follow a person
    with a role of the firm into every client.
    """

    verb: str
    meaning: str
    administers: bool = False


@dataclass(frozen=True)
class Scope:
    """A kind of thing that grants can be given on: its model, and the column of the folder that holds it."""

    kind: str
    model: str
    container: str


PERMISSIONS: dict[str, Permission] = {}
SCOPES: dict[str, Scope] = {}


def declare_permission(verb: str, meaning: str, *, administers: bool = False) -> None:
    """Make a verb known; a role can only hold known verbs, and a view can only ask for one."""
    PERMISSIONS[verb] = Permission(verb, meaning, administers)


def declare_scope(kind: str, model: str, container: str) -> None:
    """Let grants be given on rows of `model` ("app.Model"), inherited down through its column `container`."""
    SCOPES[model] = Scope(kind, model, container)


def permission(verb: str) -> Callable[[View], View]:
    """Declare which verb a view needs; without any grant of it in the client, the page does not exist."""

    def mark(view: View) -> View:
        view.permission = verb  # type: ignore[attr-defined] # a mark on a function, read by the start-up check
        return view

    return mark


def public(why: str) -> Callable[[View], View]:
    """Declare a view open to anyone, and why."""

    def mark(view: View) -> View:
        view.public = why  # type: ignore[attr-defined] # a mark on a function, read by the start-up check
        return view

    return mark


def personal(why: str) -> Callable[[View], View]:
    """Declare a view that shows signed-in people only what is their own, and needs no grant."""

    def mark(view: View) -> View:
        view.personal = why  # type: ignore[attr-defined] # a mark on a function, read by the start-up check
        return view

    return mark


def unlogged(why: str) -> Callable[[View], View]:
    """Declare a view of which a look leaves no entry in the log, and why; what it does and refuses leaves one."""

    def mark(view: View) -> View:
        view.unlogged = why  # type: ignore[attr-defined] # a mark on a function, read by the middleware and a test
        return view

    return mark


@dataclass(frozen=True)
class Reach:
    """Where a verb is allowed within one client: everywhere, or in these folders and on these things."""

    whole: bool
    folders: frozenset[UUID]
    things: frozenset[UUID]

    @property
    def nothing(self) -> bool:
        """Whether the verb is allowed nowhere."""
        return not (self.whole or self.folders or self.things)


@dataclass(frozen=True)
class Standing:
    """What a person may do somewhere in a client (`verbs`), and the purpose they have there."""

    verbs: frozenset[str]
    purpose: str


@dataclass(frozen=True)
class ApprovalFacts:
    """One act that two people must want, as it is shown. `state`: asked, approved, declined, taken-back or used."""

    id: UUID
    act: str
    object_kind: str
    object_id: UUID
    state: str
    reason: str
    asked_by: UUID
    asked_at: datetime
    not_before: datetime | None
    decided_by: UUID | None
    decided_at: datetime | None
    decision: str
    ended_by: UUID | None
    ended_at: datetime | None


@dataclass(frozen=True)
class GrantFacts:
    """One grant as it is shown. `person_id` None means everyone of the client's contacts."""

    id: UUID
    person_id: UUID | None
    role: str
    scope_kind: str
    scope_id: UUID | None
    purpose: str
    given_by: UUID | None
    starts_at: datetime
    ends_at: datetime | None
