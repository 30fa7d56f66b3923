"""How the portal is: apps declare what they look at, the health page asks all of them when somebody opens it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

State = Literal["good", "notice", "bad"]
Topic = Literal["log", "keys", "access", "documents", "mail", "work", "backups", "machine"]
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)

logger = structlog.get_logger("muniment.health")


@dataclass(frozen=True)
class HealthLine:
    """One thing that was looked at. `notice`: somebody should act some day; `bad`: now, something does not work.

    A bad line is an alarm, and `name` its key: people are told of it, and told when it is over. `todo` says what to do.
    """

    name: str
    state: State
    sentence: str
    todo: str = ""


Look = Callable[[], Iterable[HealthLine]]

LOOKS: list[tuple[Topic, str, Look]] = []
WITHOUT_DATABASE: set[tuple[Topic, str]] = set()  # what can be looked at while the database is away


def declare_health(topic: Topic, name: str, look: Look, *, needs_database: bool = True) -> None:
    """Add something to look at; `name` stands for it when looking itself fails. A look takes seconds at most."""
    LOOKS[:] = [known for known in LOOKS if known[:2] != (topic, name)]
    LOOKS.append((topic, name, look))
    (WITHOUT_DATABASE.discard if needs_database else WITHOUT_DATABASE.add)((topic, name))


def lines() -> dict[Topic, list[HealthLine]]:
    """Look at everything and return what was found, by topic; what cannot be looked at is bad by itself."""
    found: dict[Topic, list[HealthLine]] = {topic: [] for topic in TOPICS}
    for topic, name, look in LOOKS:
        try:
            found[topic] += asked((topic, name), look)
        except Exception as error:  # noqa: BLE001 - the page tells how the portal is, above all when something is broken
            found[topic].append(unlooked(name, error))
    return {topic: lines for topic, lines in found.items() if lines}


def asked(key: tuple[Topic, str], look: Look) -> list[HealthLine]:
    """Look at one thing and return its lines; whatever the look raises comes through."""
    if key in WITHOUT_DATABASE:
        return list(look())
    with transaction.atomic():
        return list(look())


def unlooked(name: str, error: Exception) -> HealthLine:
    """Return the line about something that could not be looked at."""
    kind = type(error).__name__
    logger.warning("health.not_looked", what=name, error=kind)
    sentence = _("This could not be looked at (%(error)s); logs hold the reason.") % {"error": kind}
    return HealthLine(name, "bad", sentence, _("Look at the lines above first. If it stays, report it as a bug."))


def unanswered(name: str, seconds: float) -> HealthLine:
    """Return the line about something that did not answer in time."""
    sentence = _("It did not answer within %(n)s seconds.") % {"n": round(seconds)}
    return HealthLine(name, "bad", sentence, _("Look whether it hangs, or the machine is overloaded."))
