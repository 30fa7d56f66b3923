"""Settings for one test, and a mail to Cleo."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from tests.cast import Portal


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change settings for one test."""
    from muniment.core import config

    def change(**values: object) -> None:
        changed = replace(config.current(), **values)  # type: ignore[arg-type] # tests name real settings
        monkeypatch.setattr(config, "current", lambda: changed)

    return change


@pytest.fixture
def letter_id(portal: "Portal") -> UUID:
    """Give a notice mail to Cleo that waits, and no other mail."""
    from muniment.trust.identity import actions
    from muniment.trust.identity.models import Letter
    from tests.cast import PEOPLE

    Letter.objects.all().delete()
    return actions.write_letter(
        to=PEOPLE["cleo"][1],
        subject="Canary-subject",
        body="Canary-body\n\nhttps://localhost/x/\n",
        person_id=portal.people["cleo"],
        kind="notice",
    )
