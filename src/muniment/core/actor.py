"""Who acts, for which client, from where: the first argument of every action and query."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

Kind = Literal["staff", "contact", "system", "anonymous"]


@dataclass(frozen=True)
class Actor:
    """One person (or the portal itself) acting within one client.

    `client_id` is the client whose rows this actor may reach: the database is bound to it.
    It is None only before a client is known; then no client's row is visible at all.
    """

    kind: Kind
    person_id: UUID | None = None
    client_id: UUID | None = None
    membership_id: UUID | None = None  # by which they belong to the client or the firm
    session_id: UUID | None = None
    ip: str = ""
    country: str = ""  # two letters of ISO 3166; empty when unknown
    device: str = ""
    device_known: bool = False  # the person signed in from it before
    via_api: bool = False  # a program, not a browser
    factors: tuple[str, ...] = ()
    authenticated_at: datetime | None = None
    proved_at: datetime | None = None  # when they last proved a strong factor in this session
    credentials_changed_at: datetime | None = None
    purpose: str = ""
    firm_verbs: frozenset[str] = frozenset()  # administering verbs of roles in the firm
    verbs: frozenset[str] = frozenset()  # allowed somewhere in the client: for pages and menus, never for a decision
    emergency: bool = False  # a grant given in an emergency is running for them here
    by_link: bool = False  # a link is the right to be here; they need not belong to the client
    guest_link_id: UUID | None = None  # came by a one-task link, and may do that one task
    looking_as: UUID | None = None  # sees what this contact sees, and changes nothing
    rules: str = ""  # the conditions in force, as a short hash that every entry carries
    request_id: str = ""

    @classmethod
    def system(cls, client_id: UUID | None = None, *, purpose: str = "") -> Self:
        """Return the portal itself, for jobs and commands run on the host."""
        return cls(kind="system", client_id=client_id, purpose=purpose)

    @property
    def client(self) -> UUID:
        """Return the client this actor acts within.

        Raises:
            LookupError: none is bound; asking for one is then a bug.
        """
        if self.client_id is None:
            raise LookupError("no client is bound")
        return self.client_id

    @property
    def belonging(self) -> UUID | None:
        """Return whose place in the client the database looks for; nobody's where a link is the right to be here."""
        return None if self.by_link or self.guest_link_id else self.person_id

    def within(self, client_id: UUID) -> Self:
        """Return the same person acting within another client, to which they do not belong in the same way."""
        if client_id == self.client_id:
            return self
        return replace(self, client_id=client_id, membership_id=None, emergency=False, rules="")
