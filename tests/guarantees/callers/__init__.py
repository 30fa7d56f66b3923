"""How every action of the portal is called with valid input. A new action needs a line in one of these modules."""

from collections.abc import Callable

from tests.guarantees.callers import access, documents, federation, keeping, life, oversight, people, steps
from tests.guarantees.callers.case import NEW_PASSWORD, Call, Case
from tests.guarantees.callers.documents import DOCUMENTS
from tests.guarantees.callers.keeping import CUSTODY, RETENTION
from tests.guarantees.callers.people import IDENTITY, SET_UP

__all__ = ["CALLS", "CUSTODY", "DOCUMENTS", "IDENTITY", "NEW_PASSWORD", "RETENTION", "SET_UP", "Call", "Case"]

CALLS: dict[str, Callable[[Case], Call]] = {
    **documents.CALLS,
    **access.CALLS,
    **people.CALLS,
    **steps.CALLS,
    **oversight.CALLS,
    **keeping.CALLS,
    **federation.CALLS,
    **life.CALLS,
}
