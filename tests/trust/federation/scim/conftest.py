"""What the tests of directories read of the log."""

from collections.abc import Callable
from uuid import UUID

import pytest


@pytest.fixture
def events(portal) -> Callable[[UUID], list[str]]:
    """Read the events of a client's log, newest first."""
    from muniment.core.actor import Actor
    from muniment.trust.audit import queries as audit
    from muniment.trust.audit.queries import LogFilter

    def read(client_id: UUID) -> list[str]:
        return [entry.event for entry in audit.entries(Actor.system(client_id), LogFilter(without_pages=True))]

    return read
