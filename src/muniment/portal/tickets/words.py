"""Tickets in words: their states for either side, what is done with them, their kinds."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.portal.tickets.types import KindFacts, Side, State

KINDS = {
    "question": (lazy("Question"), lazy("What would you like to know?")),
    "change": (lazy("Change"), lazy("What is to be different, and from when?")),
    "document": (lazy("Document"), lazy("Which document do you need, and for whom?")),
    "problem": (lazy("Problem"), lazy("What did you do, what happened, and what did you expect?")),
    "idea": (lazy("Idea for the portal"), lazy("What would make this portal better for you?")),
}
STATES: dict[State, tuple[str, Any, Any]] = {  # tone, for the firm, for the client
    "new": ("blue", lazy("New"), lazy("New")),
    "reopened": ("red", lazy("Open again"), lazy("Open again")),
    "working": ("brand", lazy("In work"), lazy("In work")),
    "waiting": ("brass", lazy("Waits for the client"), lazy("Waiting for you")),
    "done": ("green", lazy("Done"), lazy("Done")),
    "declined": ("plain", lazy("Declined"), lazy("Declined")),
}
MOVES: dict[Side, dict[State, tuple[Any, Any, Any, str]]] = {  # title, act, what the word is, icon
    "staff": {
        "working": (lazy("Go on with it"), lazy("Take it into work"), lazy("A word to the client"), "play"),
        "waiting": (
            lazy("Ask the client back"),
            lazy("Ask back"),
            lazy("What do you need from them?"),
            "circle-question-mark",
        ),
        "done": (lazy("Done"), lazy("It is done"), lazy("What was done"), "circle-check"),
        "reopened": (lazy("Open it again"), lazy("Open again"), lazy("Why"), "rotate-ccw"),
        "declined": (lazy("Decline"), lazy("Decline"), lazy("Why not"), "x"),
    },
    "contact": {
        "working": (lazy("Answer"), lazy("Send the answer"), lazy("Your answer"), "send"),
        "done": (lazy("It is settled"), lazy("It is settled"), lazy("A word to the firm"), "circle-check"),
        "reopened": (lazy("It is not settled"), lazy("Open again"), lazy("What is missing?"), "rotate-ccw"),
    },
}
TOLD: dict[State, Any] = {
    "new": lazy("asked for it"),
    "reopened": lazy("opened it again"),
    "working": lazy("took it into work"),
    "waiting": lazy("asked the client back"),
    "done": lazy("marked it as done"),
    "declined": lazy("declined it"),
}


def kind_title(kind: KindFacts) -> str:
    """Return what a kind is called: the firm's own word, or the built-in one in the reader's language."""
    return kind.title or str(KINDS[kind.name][0] if kind.name in KINDS else kind.name)


def kind_hint(kind: KindFacts) -> str:
    """Return what to write for a kind."""
    return kind.hint or (str(KINDS[kind.name][1]) if kind.name in KINDS else "")


def state_shown(state: State, side: Side) -> dict[str, str]:
    """Return the chip of a state for one side."""
    tone, for_firm, for_client = STATES[state]
    return {"state": state, "state_tone": tone, "state_words": str(for_firm if side == "staff" else for_client)}


def move_told(before: State, after: State) -> str:
    """Return a move in the words of the timeline."""
    return _("answered") if (before, after) == ("waiting", "working") else str(TOLD[after])
