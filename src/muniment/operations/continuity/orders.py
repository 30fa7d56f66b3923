"""What the agent does when it is asked: a table of functions, each loaded when it is first needed."""

import importlib
from collections.abc import Callable

from muniment.assurance.continuity.types import OrderFacts, Trouble
from muniment.operations.continuity.making import Report
from muniment.operations.continuity.restic import Repository
from muniment.operations.continuity.troubles import Failed

Run = Callable[[Repository, OrderFacts, Report], None]

# what: where its function is, as module:function. A backup and a check are the agent's own.
RUN: dict[str, str] = {
    "drill": "muniment.operations.continuity.drills.conduct:run",
    "restore_document": "muniment.operations.continuity.returning:run",
    "restore_client": "muniment.operations.continuity.returning:run",
}


def runner(what: str) -> Run:
    """Return the function that carries an order out.

    Raises:
        Failed: this agent knows of none.
    """
    if what not in RUN:
        raise Failed(f"This agent cannot do {what}.", Trouble.REFUSED)
    module, _, name = RUN[what].partition(":")
    found: Run = getattr(importlib.import_module(module), name)
    return found
