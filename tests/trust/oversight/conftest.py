"""The firm of these tests, and a clock that can be moved."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cast import Portal
    from tests.trust.oversight.people import Firm


@pytest.fixture
def firm(portal: "Portal") -> "Firm":
    """Okoye's space with one of everything, a second administrator, and somebody who works for no client."""
    from tests.guarantees.things import lay
    from tests.trust.oversight.people import Firm, join_firm

    return Firm(portal, lay(portal), join_firm(portal, "Eli Moss", "admin"), join_firm(portal, "Imani Cole", "analyst"))


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the product's clock forward, as often as it is called."""
    from muniment.core import clock

    real, moved = clock.now, [timedelta()]

    def move(by: timedelta) -> None:
        moved[0] += by

    monkeypatch.setattr(clock, "now", lambda: real() + moved[0])
    return move
