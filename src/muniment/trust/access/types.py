"""Permissions and scopes, declared by the apps that own them; grants and readers as values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from muniment.trust.access.conditions.rules import Replay, Replayed, Rule
from muniment.trust.access.conditions.types import (
    COMPOSITIONS,
    DAYS,
    EVERY,
    Composition,
    Network,
    Opening,
    Profile,
    ProfileFacts,
    Reason,
    Side,
    SideName,
    SignInTerms,
    Terms,
    Verdict,
)
from muniment.trust.access.links.types import (
    SHARING,
    TASK_VERBS,
    GuestLinkFacts,
    LinkTask,
    by_guest_link,
    for_guests,
)
from muniment.trust.access.words import ACTIONS, LABELS, Action, Label

__all__ = [  # beside what stands below
    "ACTIONS",
    "COMPOSITIONS",
    "DAYS",
    "EVERY",
    "LABELS",
    "SHARING",
    "TASK_VERBS",
    "Action",
    "Composition",
    "GuestLinkFacts",
    "Label",
    "LinkTask",
    "Network",
    "Opening",
    "Profile",
    "ProfileFacts",
    "Reason",
    "Replay",
    "Replayed",
    "Rule",
    "Side",
    "SideName",
    "SignInTerms",
    "Terms",
    "Verdict",
    "by_guest_link",
    "for_guests",
]

View = TypeVar("View", bound=Callable[..., Any])
ScopeKind = Literal["client", "folder", "document"]


@dataclass(frozen=True)
class Permission:
    """One thing a person may be allowed to do: `verb` ("document:view") and what it means in words.

    `action` is which of the nine actions it is: what conditions and matrices speak of. `administers` marks verbs
    that manage the portal and reach no content: only they follow a person
    with a role of the firm into every client. `fresh`: whoever does it in a browser has confirmed with a passkey or
    a code, a few minutes ago, that it is them.
    """

    verb: str
    meaning: str
    action: Action
    administers: bool = False
    fresh: bool = False


@dataclass(frozen=True)
class Scope:
    """A kind of thing that grants can be given on: its model, and the column of the folder that holds it.

    `closed` is the column that says that grants from above do not reach in, `label` that of the label; either may be
    empty: then nothing of this kind is closed, or has a label.
    """

    kind: str
    model: str
    container: str
    closed: str = ""
    label: str = ""


STEPPING_UP: frozenset[Action] = frozenset({"administer", "sign", "pay"})
"""Actions for which somebody confirms first that it is them; what only reads says otherwise."""

FRESH_MINUTES = 15
"""For how long a confirmation counts at most; a client's conditions may say less."""

GUARDED: frozenset[Label] = frozenset({"restricted", "internal"})
"""What is shared only by who confirmed that it is them."""

PERMISSIONS: dict[str, Permission] = {}
SCOPES: dict[str, Scope] = {}


def declare_permission(
    verb: str, meaning: str, *, action: Action = "administer", administers: bool = False, fresh: bool | None = None
) -> None:
    """Make a verb known; a role can only hold known verbs, and a view can only ask for one.

    Who administers, signs or pays confirms first that it is them, unless `fresh` says otherwise: verbs that only read
    do.
    """
    asks = action in STEPPING_UP if fresh is None else fresh
    PERMISSIONS[verb] = Permission(verb, meaning, action, administers, asks)


def declare_scope(kind: str, model: str, container: str, *, closed: str = "", label: str = "") -> None:
    """Let grants be given on rows of `model` ("app.Model"), inherited down through its column `container`.

    Except into rows whose column `closed` is true. `label` is the column of the label, which conditions speak of.
    """
    SCOPES[model] = Scope(kind, model, container, closed, label)


def permission(verb: str, *, in_firm: bool = False, exports: bool = False) -> Callable[[View], View]:
    """Declare which verb a view needs; without any grant of it in the client, the page does not exist.

    `in_firm`: it is for those alone who have the verb in the firm. `exports`: it hands out so much at once that
    somebody confirms first that it is them, whatever the verb says.
    """

    def mark(view: View) -> View:
        view.permission = verb  # type: ignore[attr-defined] # a mark on a function, read by the start-up check
        view.exports = exports  # type: ignore[attr-defined] # the same
        view.in_firm = in_firm  # type: ignore[attr-defined] # the same
        return view

    return mark


def public(why: str, *, by_token: bool = False) -> Callable[[View], View]:
    """Declare a view open to anyone, and why.

    `by_token`: whoever asks brings a token of their own instead of a sign-in, and the view itself refuses all others.
    """

    def mark(view: View) -> View:
        view.public = why  # type: ignore[attr-defined] # a mark on a function, read by the start-up check
        view.by_token = by_token  # type: ignore[attr-defined] # the same, read for the matrix
        return view

    return mark


def personal(why: str, *, of_firm: bool = False) -> Callable[[View], View]:
    """Declare a view that shows signed-in people only what is their own, and needs no grant.

    `of_firm`: for people who work for the firm; for all others the page does not exist.
    """

    def mark(view: View) -> View:
        view.personal = why  # type: ignore[attr-defined] # a mark on a function, read by the start-up check
        view.of_firm = of_firm  # type: ignore[attr-defined] # the same
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
    """Where a verb is allowed within one client: everywhere, or in these folders and on these things.

    `without` are the folders that "everywhere" does not open: closed ones and all below them, as far as no grant on
    them or further in does. `labels` are those that are open; things with another one are not there. `reasons` are
    why conditions close some labels now, or (those of no label) everything.
    """

    whole: bool
    folders: frozenset[UUID]
    things: frozenset[UUID]
    without: frozenset[UUID] = frozenset()
    labels: frozenset[Label] = frozenset(LABELS)
    reasons: tuple[Reason, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the verb is allowed nowhere."""
        return not (self.whole or self.folders or self.things) or not self.labels

    def holds(self, folder_id: UUID | None) -> bool:
        """Return whether the verb is allowed with a folder (None: the top) and what lies in it, labels aside."""
        if folder_id is None:
            return self.whole
        return folder_id in self.folders or (self.whole and folder_id not in self.without)


@dataclass(frozen=True)
class Standing:
    """What a person may do somewhere in a client (`verbs`), and the purpose they have there.

    `emergency`: a grant that was given in an emergency is running. `rules`: the conditions in force, as a short hash.
    """

    verbs: frozenset[str]
    purpose: str
    emergency: bool = False
    rules: str = ""


@dataclass(frozen=True)
class RoleFacts:
    """One role as it is shown. `title` is empty for a built-in one: its name is translated."""

    id: UUID
    name: str
    side: str
    title: str
    description: str
    verbs: frozenset[str]
    is_built_in: bool
    administers: bool
    copied_from: str
    made_by: UUID | None
    made_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True)
class GroupFacts:
    """One group as it is shown, with the people who are in it now."""

    id: UUID
    name: str
    is_firms: bool
    members: tuple[UUID, ...]
    made_by: UUID | None
    made_at: datetime
    removed_at: datetime | None


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
    """One grant as it is shown. Without a person and without a group it is for everyone of the client's contacts."""

    id: UUID
    person_id: UUID | None
    role: str
    scope_kind: str
    scope_id: UUID | None
    purpose: str
    given_by: UUID | None
    starts_at: datetime
    ends_at: datetime | None
    group_id: UUID | None = None
    group: str = ""  # its name
    approved_by: UUID | None = None
    is_emergency: bool = False

    @property
    def is_for_everyone(self) -> bool:
        """Whether every contact of the client has it."""
        return self.person_id is None and self.group_id is None


@dataclass(frozen=True)
class RuleFacts:
    """One version of an extra rule as it is shown, with what was asked and decided about it, the oldest first."""

    id: UUID
    rule_id: UUID
    version: int
    rule: Rule
    replay: Replay
    starts_at: datetime | None
    ends_at: datetime | None
    approvals: tuple[ApprovalFacts, ...]

    @property
    def state(self) -> str:
        """How far it is: waiting, declined, taken-back, running, ending (its end waits) or ended."""
        last = self.approvals[-1].state if self.approvals else ""
        if self.starts_at is None:
            return "waiting" if last == "asked" else last
        if self.ends_at is not None:
            return "ended"
        return "ending" if last == "asked" else "running"

    @property
    def is_running(self) -> bool:
        """Whether it holds."""
        return self.state in {"running", "ending"}

    @property
    def is_waiting(self) -> bool:
        """Whether a second administrator has something to decide about it."""
        return self.state in {"waiting", "ending"}

    @property
    def asked_by(self) -> UUID | None:
        """Who asked last."""
        return self.approvals[-1].asked_by if self.approvals else None


@dataclass(frozen=True)
class Way:
    """One way in: a grant, and the people of the client whom it is for."""

    grant: GrantFacts
    person_ids: frozenset[UUID]


@dataclass(frozen=True)
class Answer:
    """What somebody is told: it is open, closed by conditions (with every reason), or nothing is there for them."""

    state: Literal["open", "closed", "nothing"]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Tried:
    """What somebody would be told, and the grants that are their ways in whatever the conditions say."""

    answer: Answer
    ways: list[GrantFacts]
