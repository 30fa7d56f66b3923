"""Folders, documents, versions, uploads and shares as values, for pages and for other apps."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from muniment.portal.documents import kinds
from muniment.trust.access.types import GrantFacts, Label, Reach, Way
from muniment.trust.audit.types import EntryFacts
from muniment.trust.identity.types import GuestLink
from muniment.trust.vault.types import Verdict, Vetting

Sort = Literal["changed", "size", "name"]
Target = Literal["document", "folder"]


@dataclass(frozen=True)
class Receiver:
    """With whom something is shared: a person, a group, or (neither) every contact of the client."""

    person_id: UUID | None = None
    group_id: UUID | None = None


@dataclass(frozen=True)
class FolderFacts:
    """A folder. The counts are of what lies directly in it and stop at `COUNT_MOST`."""

    id: UUID
    name: str
    parent_id: UUID | None
    created_at: datetime
    trashed_at: datetime | None = None
    trashed_by: UUID | None = None
    documents: int = 0
    folders: int = 0
    label: Label = "normal"
    is_closed: bool = False


COUNT_MOST = 200
"""Counting stops here, so that a folder costs the same whatever it holds."""


@dataclass(frozen=True)
class DocumentFacts:
    """A document, with the facts of its newest version."""

    id: UUID
    name: str
    folder_id: UUID | None
    kind: str
    media_type: str
    size_bytes: int
    version_count: int
    created_at: datetime
    created_by: UUID | None
    changed_at: datetime
    changed_by: UUID | None
    trashed_at: datetime | None = None
    trashed_by: UUID | None = None
    label: Label = "normal"

    @property
    def is_shown(self) -> bool:
        """Whether the portal shows it in the browser."""
        return kinds.is_shown(self.media_type)


@dataclass(frozen=True)
class Labelled:
    """A document or folder that may be given a label, and the least one that the folder around it allows."""

    name: str
    label: Label
    least: Label
    is_closed: bool = False


@dataclass(frozen=True)
class VersionFacts:
    """Immutable bytes of a document. `sha256` is there once they were read back and proved whole."""

    id: UUID
    document_id: UUID
    blob_id: UUID
    number: int
    media_type: str
    size_bytes: int
    added_at: datetime
    added_by: UUID | None
    sha256: bytes | None = None
    proved_at: datetime | None = None
    vetting: Vetting = field(default_factory=lambda: Vetting(Verdict.WAITING))

    @property
    def sha256_hex(self) -> str:
        """The digest as people compare it; empty while it is being made."""
        return self.sha256.hex() if self.sha256 else ""


@dataclass(frozen=True)
class UploadFacts:
    """An upload under way or over."""

    id: UUID
    blob_id: UUID
    name: str
    folder_id: UUID | None
    document_id: UUID | None
    size_bytes: int
    received_bytes: int
    created_at: datetime
    expires_at: datetime
    is_finished: bool


@dataclass(frozen=True)
class Opening:
    """Leave to fetch one version's bytes; the entry about it is written.

    `handle` lasts for ten minutes; it is empty for a download, whose `wanted` bytes (start, end excluded; None
    for all) are fetched once.
    """

    document: DocumentFacts
    version: VersionFacts
    handle: str
    wanted: tuple[int, int] | None = None


@dataclass(frozen=True)
class Cursor:
    """Where a page of a list begins: after (or, going back, before) the row with this value and id."""

    value: str
    id: UUID


@dataclass(frozen=True)
class DocumentPage:
    """One page of a list. `is_by_name` is False where names were asked for in a folder too full to sort."""

    rows: list[DocumentFacts]
    newer: Cursor | None = None
    older: Cursor | None = None
    is_by_name: bool = False
    is_too_full: bool = False


PAGE_SIZES = (50, 100)


@dataclass(frozen=True)
class Wanted:
    """Which page of a list is wanted: its order, what is filtered out, where it begins, how long it is."""

    sort: Sort = "changed"
    kind: str = ""
    older: Cursor | None = None
    newer: Cursor | None = None
    limit: int = PAGE_SIZES[0]


@dataclass(frozen=True)
class FoundDocument:
    """A document that was looked for, the name of its folder (as far as it may be seen), and how it was found."""

    document: DocumentFacts
    client_id: UUID
    place: str
    is_named: bool


@dataclass(frozen=True)
class SearchPage:
    """One page of what was found, newest first. `is_off` says that this client's search is switched off."""

    rows: list[FoundDocument] = field(default_factory=list)
    older: Cursor | None = None
    is_off: bool = False
    is_too_short: bool = False


@dataclass(frozen=True)
class FolderPage:
    """All that the page of a folder shows; `way` ends with the folder itself and is empty at the top.

    `new` are the documents that others changed and the reader has not opened since, `closed` those nobody can open.
    """

    way: list[FolderFacts]
    folders: list[FolderFacts]
    page: DocumentPage
    new: set[UUID]
    closed: dict[UUID, Vetting]
    may: frozenset[str]


@dataclass(frozen=True)
class FolderPlace:
    """A folder with the way to it, as far as the reader may see it; `here` is None at the top."""

    here: FolderFacts | None
    way: list[FolderFacts]


@dataclass(frozen=True)
class Reader:
    """Somebody who can open a thing, and why. `person_id` None is every contact of the client."""

    person_id: UUID | None
    grants: list[GrantFacts]


@dataclass(frozen=True)
class Explained:
    """A document or folder, and every way in which somebody may do one thing with it: by grants, and by guest links."""

    id: UUID
    name: str
    label: Label
    ways: list[Way]
    links: list[GuestLink]


@dataclass(frozen=True)
class Seen:
    """Where somebody may do what, by verb, and what of it the one who looks may name.

    Folders with their counts, then the single documents outside of them; `count` is of all documents both may open.
    """

    reaches: dict[str, Reach]
    folders: list[FolderFacts]
    documents: list[DocumentFacts]
    count: int
    is_cut: bool


@dataclass(frozen=True)
class DocumentDetails:
    """All a page about one document shows."""

    document: DocumentFacts
    way: list[FolderFacts]
    versions: list[VersionFacts]
    readers: list[Reader]
    openings: list[EntryFacts]
    shares: list[GrantFacts] = field(default_factory=list)
    may: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Trash:
    """One page of what can be restored, newest first, and whether there is more."""

    things: list[FolderFacts | DocumentFacts]
    has_more: bool

    @property
    def folders(self) -> list[FolderFacts]:
        """The folders of the page."""
        return [thing for thing in self.things if isinstance(thing, FolderFacts)]

    @property
    def documents(self) -> list[DocumentFacts]:
        """The documents of the page."""
        return [thing for thing in self.things if isinstance(thing, DocumentFacts)]


@dataclass(frozen=True)
class DocumentChoice:
    """A document as those see it who must keep or destroy it; `name` is empty for who may not open it."""

    id: UUID
    name: str
    media_type: str
    size_bytes: int
    created_at: datetime
    created_by: UUID | None
    is_trashed: bool


@dataclass(frozen=True)
class PackedDocument:
    """One document of an archive: its path inside, and its newest version."""

    path: str
    document: DocumentFacts
    version: VersionFacts


@dataclass(frozen=True)
class Damage:
    """Stored bytes that are not what was sealed: of which version, if of any, and what is wrong."""

    blob_id: UUID
    version_id: UUID | None
    what: str


@dataclass(frozen=True)
class CheckFacts:
    """What reading a client's documents back found."""

    blobs: int
    read_bytes: int
    damage: tuple[Damage, ...]
