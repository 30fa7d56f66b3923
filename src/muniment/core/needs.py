"""What needs somebody: what apps tell, and Home and My day put together."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

NeedKind = Literal["read", "answer", "upload", "approve", "sign", "pay", "file", "decide", "do"]


@dataclass(frozen=True)
class Need:
    """One thing that waits for a person, or (to staff) for somebody of a client.

    `act` are the words of its one button, `url` where that leads. `since` is when it began to wait, `due` the day it is
    wanted by. `waits_for` are the people whose turn it is; nobody in particular where it is empty. `by` is from whom it
    came, where a list says so; `is_theirs`, told to staff, that it waits for the client and not for the firm.
    """

    kind: NeedKind
    client_id: UUID
    title: str
    about: str
    act: str
    url: str
    since: datetime
    due: date | None = None
    waits_for: frozenset[UUID] = frozenset()
    by: UUID | None = None
    is_theirs: bool = False
