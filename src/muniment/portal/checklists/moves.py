"""The states of an item, and which moves lead from one to another: there is no other way."""

from typing import Literal

from muniment.portal.checklists.errors import MoveRefused
from muniment.portal.checklists.states import State

Move = Literal["answer", "take back", "skip", "accept", "send back"]


_MOVES: dict[tuple[State, Move], State] = {
    (State.OPEN, "answer"): State.ANSWERED,
    (State.OPEN, "skip"): State.NOT_APPLICABLE,
    (State.SENT_BACK, "answer"): State.ANSWERED,
    (State.SENT_BACK, "skip"): State.NOT_APPLICABLE,
    (State.ANSWERED, "answer"): State.ANSWERED,
    (State.ANSWERED, "take back"): State.OPEN,
    (State.ANSWERED, "skip"): State.NOT_APPLICABLE,
    (State.ANSWERED, "accept"): State.ACCEPTED,
    (State.ANSWERED, "send back"): State.SENT_BACK,
    (State.NOT_APPLICABLE, "answer"): State.ANSWERED,
    (State.NOT_APPLICABLE, "accept"): State.ACCEPTED,
    (State.NOT_APPLICABLE, "send back"): State.SENT_BACK,
    (State.ACCEPTED, "send back"): State.SENT_BACK,
}


def after(state: State, move: Move) -> State:
    """Return the state that a move leads to.

    Raises:
        MoveRefused: it leads nowhere from here.
    """
    found = _MOVES.get((state, move))
    if found is None:
        raise MoveRefused
    return found


def possible(state: State) -> frozenset[Move]:
    """Return the moves that lead on from a state."""
    return frozenset(move for at, move in _MOVES if at == state)
