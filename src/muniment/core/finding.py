"""What was found for somebody: what apps tell, and the one search box shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

FoundKind = Literal["document", "thread", "checklist", "ticket", "project"]


@dataclass(frozen=True)
class Found:
    """One thing that holds the words, in a client that the person may see it in.

    `about` says more in a few words (a folder, a state), `at` is when it last changed.
    """

    kind: FoundKind
    client_id: UUID
    id: UUID
    title: str
    url: str
    at: datetime
    about: str = ""
