"""Look at the tokens of directories that end soon."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from muniment.core import clock
from muniment.core.health import HealthLine
from muniment.trust.federation.scim.queries import token_ends

WARNED: Final = timedelta(days=14)
NAME: Final = "Directories"


def tokens() -> Iterator[HealthLine]:
    """Tell how many directories have a token that has run out, or does within a fortnight."""
    now, ends = clock.now(), token_ends()
    over = sum(at <= now for at in ends)
    ending = sum(now < at <= now + WARNED for at in ends)
    if over:
        yield HealthLine(NAME, "bad", f"The token of {over} directories has run out: they change nothing any more.")
    elif ending:
        yield HealthLine(NAME, "notice", f"The token of {ending} directories runs out within 14 days: make new ones.")
    elif ends:
        yield HealthLine(NAME, "good", "No token of a directory runs out within 14 days.")
