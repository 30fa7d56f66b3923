"""How the portal is: apps declare what they look at, the health page asks all of them when somebody opens it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

import structlog
from django.db import transaction

State = Literal["good", "notice", "bad"]
Topic = Literal["log", "keys", "access", "documents", "mail", "work", "machine"]
TOPICS: Final[tuple[Topic, ...]] = ("log", "keys", "access", "documents", "mail", "work", "machine")

logger = structlog.get_logger("muniment.health")


@dataclass(frozen=True)
class HealthLine:
    """One thing that was looked at. `notice`: somebody should act some day; `bad`: now, something does not work."""

    name: str
    state: State
    sentence: str


Look = Callable[[], Iterable[HealthLine]]

LOOKS: list[tuple[Topic, str, Look]] = []


def declare_health(topic: Topic, name: str, look: Look) -> None:
    """Add something to look at; `name` stands for it when looking itself fails. A look takes seconds at most."""
    LOOKS[:] = [known for known in LOOKS if known[:2] != (topic, name)]
    LOOKS.append((topic, name, look))


def lines() -> dict[Topic, list[HealthLine]]:
    """Look at everything and return what was found, by topic; what cannot be looked at is bad by itself."""
    found: dict[Topic, list[HealthLine]] = {topic: [] for topic in TOPICS}
    for topic, name, look in LOOKS:
        found[topic] += _looked(name, look)
    return {topic: lines for topic, lines in found.items() if lines}


def _looked(name: str, look: Look) -> list[HealthLine]:
    try:
        with transaction.atomic():
            return list(look())
    except Exception as error:  # noqa: BLE001 - the page tells how the portal is, above all when something is broken
        logger.warning("health.not_looked", what=name, error=type(error).__name__)
        return [HealthLine(name, "bad", f"This could not be looked at ({type(error).__name__}); logs hold the reason.")]
