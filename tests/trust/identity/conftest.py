"""What the tests of identity read of the log."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from tests.cast import Portal


@pytest.fixture
def at_full_cost(portal: "Portal") -> Iterator[None]:
    """Let passwords cost what they cost in the product."""
    from tests import passwords

    with passwords.at_full_cost(portal):
        yield


@pytest.fixture
def events(portal) -> Callable[[UUID], list[str]]:
    """Read the events of a client's log, newest first."""
    from muniment.core.actor import Actor
    from muniment.trust.audit import queries as audit
    from muniment.trust.audit.queries import LogFilter

    def read(client_id: UUID) -> list[str]:
        return [entry.event for entry in audit.entries(Actor.system(client_id), LogFilter(without_pages=True))]

    return read
