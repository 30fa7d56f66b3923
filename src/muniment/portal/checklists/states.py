"""The states of an item."""

from enum import StrEnum


class State(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not-applicable"
    ACCEPTED = "accepted"
    SENT_BACK = "sent-back"


TO_DO = (State.OPEN, State.SENT_BACK)
"""States in which the side that is asked has something to do."""

TO_REVIEW = (State.ANSWERED, State.NOT_APPLICABLE)
"""States in which the firm has something to look at."""
