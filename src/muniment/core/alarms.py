"""What somebody must be told about at once: every line of the health page that is bad is an alarm.

There is one list of looks, that of `core.health`. `declare_alarm` is the short way to add a look that is either red
or clear; a look with more to say declares its lines itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from muniment.core.health import HealthLine, Topic, declare_health


@dataclass(frozen=True)
class Red:
    """Why something is red, and what to do about it: a sentence or two each, without names or content."""

    sentence: str
    todo: str


def declare_alarm(
    topic: Topic, name: str, look: Callable[[], Red | None], *, clear: object, needs_database: bool = True
) -> None:
    """Add an alarm. `look` says why it is red, or None; it is asked every 15 seconds, and takes a second at most.

    `name` is its key too: it stays the same as long as it is the same trouble. `clear` is the sentence while all is
    well, as text to be translated later (`gettext_lazy`). Sentences of `look` go through `gettext`.
    """

    def lines() -> Iterator[HealthLine]:
        red = look()
        if red is None:
            yield HealthLine(name, "good", str(clear))
        else:
            yield HealthLine(name, "bad", red.sentence, red.todo)

    declare_health(topic, name, lines, needs_database=needs_database)
