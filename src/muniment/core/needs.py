"""What needs somebody: what apps tell, and Home and My day put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID

from django.utils.functional import lazy

NeedKind = Literal["read", "answer", "upload", "approve", "sign", "pay", "file", "decide", "do"]


@dataclass(frozen=True)
class Need:
    """One thing that waits for a person, or (to staff) for somebody of a client.

    `act` are the words of its one button, `url` where that leads. `since` is when it began to wait, `due` the day it is
    wanted by. `waits_for` are the people whose turn it is; nobody in particular where it is empty. `by` is from whom it
    came, where a list says so; `is_theirs`, told to staff, that it waits for the client and not for the firm.

    Of many few are shown: `title`, `about` and `url` may be texts that are made when they are printed, see `later`.
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


def later(make: Callable[[], str]) -> str:
    """Return a text that is made when it is printed or compared: of a hundred names those that are shown are opened."""
    return cast("str", _MADE(make))


def _make(make: Callable[[], str]) -> str:
    return make()


_MADE: Any = lazy(_make, str)
