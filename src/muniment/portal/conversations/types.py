"""What threads can be about, and threads, messages and notes as values."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.utils.functional import Promise

from muniment.core.actor import Actor

Which = Literal["open", "mine", "unread", "solved"]
WHICH: Final[tuple[Which, ...]] = ("open", "mine", "unread", "solved")
TITLE_MOST: Final = 200
BODY_MOST: Final = 20_000
ATTACHED_MOST: Final = 20
PAGE: Final = 50


@dataclass(frozen=True)
class Subject:
    """A kind of thing that threads can be about.

    `name_of` and `may_see` answer for several things at once, in few statements of the open transaction, and leave out
    what the actor may not see; the actor may be somebody imagined, so access alone decides.
    """

    kind: str
    word: Promise
    name_of: Callable[[Actor, Collection[UUID]], dict[UUID, str]]
    url_of: Callable[[UUID, UUID], str]
    may_see: Callable[[Actor, Collection[UUID]], frozenset[UUID]]


SUBJECTS: dict[str, Subject] = {}


def declare_subject(
    kind: str,
    *,
    word: Promise,
    name_of: Callable[[Actor, Collection[UUID]], dict[UUID, str]],
    url_of: Callable[[UUID, UUID], str],
    may_see: Callable[[Actor, Collection[UUID]], frozenset[UUID]],
) -> None:
    """Let threads be about things of a kind; called once by the app that owns it, when it is ready."""
    SUBJECTS[kind] = Subject(kind, word, name_of, url_of, may_see)


@dataclass(frozen=True)
class ThreadFacts:
    """One thread as it is shown. `about_name` and `about_url` are empty where it is about nothing."""

    id: UUID
    client_id: UUID
    title: str
    about: str
    about_id: UUID | None
    changes: int
    last_number: int
    last_at: datetime
    last_by: UUID | None
    waits_since: datetime | None
    assigned_to: UUID | None
    solved_at: datetime | None
    solved_by: UUID | None
    created_at: datetime
    created_by: UUID | None
    is_unread: bool = False
    about_name: str = ""
    about_url: str = ""

    @property
    def about_word(self) -> str:
        """What kind of thing it is about, in words."""
        return str(SUBJECTS[self.about].word) if self.about in SUBJECTS else ""


@dataclass(frozen=True)
class Attached:
    """A document that a message brings. `name` is empty for who may not see it."""

    document_id: UUID
    name: str


@dataclass(frozen=True)
class MessageFacts:
    """One message as it reads now; of one that was removed `body` is empty. `version` counts its texts from 1 on."""

    id: UUID
    number: int
    body: str
    is_firms: bool
    written_at: datetime
    written_by: UUID | None
    version: int
    changed: int
    edited_at: datetime | None
    removed_at: datetime | None
    removed_by: UUID | None
    attached: tuple[Attached, ...] = ()
    mentioned: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class NoteFacts:
    """One of the firm's notes beside a thread; of one that was removed `body` is what it said."""

    id: UUID
    number: int
    body: str
    written_at: datetime
    written_by: UUID | None
    changed: int
    removed_at: datetime | None
    removed_by: UUID | None


@dataclass(frozen=True)
class RevisionFacts:
    """How a message read until a moment, and who changed it then."""

    version: int
    body: str
    replaced_at: datetime
    replaced_by: UUID | None


@dataclass(frozen=True)
class Place:
    """How far a page has read a thread: the count of messages, and that of notes (0 for who sees none)."""

    changes: int
    notes: int = 0


@dataclass(frozen=True)
class ThreadPage:
    """All that the page of a thread shows, the oldest first. `may` are the actor's verbs on the whole client.

    `is_cut` says that there are older messages than the ones here. `new_from` is the number of the first unread one.
    """

    thread: ThreadFacts
    messages: list[MessageFacts]
    notes: list[NoteFacts]
    place: Place
    may: frozenset[str]
    is_cut: bool = False
    new_from: int = 0


@dataclass(frozen=True)
class After:
    """Where a page of a list begins: after the thread with this moment and id."""

    last_at: datetime
    id: UUID


@dataclass(frozen=True)
class ThreadList:
    """One page of threads, the newest first, and where the next one begins."""

    rows: list[ThreadFacts]
    older: After | None = None


@dataclass(frozen=True)
class FoundThread:
    """A thread that was looked for, and the number of the newest message in it that fits; 0 where its title does."""

    thread: ThreadFacts
    number: int


@dataclass(frozen=True)
class FoundThreads:
    """What was found, newest first. `is_off` says that this client's search is switched off."""

    rows: list[FoundThread]
    is_off: bool = False
    is_too_short: bool = False


@dataclass(frozen=True)
class TemplateFacts:
    """A template of the firm, as it was written."""

    id: UUID
    title: str
    body: str
    version: int
    changed_at: datetime
    changed_by: UUID | None
