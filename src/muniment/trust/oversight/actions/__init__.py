"""Everything that people do about access that is asked for or looked at again."""

from muniment.trust.oversight.actions.requests import (
    ask_access,
    ask_by_name,
    decline_access,
    end_access,
    end_due,
    give_access,
)
from muniment.trust.oversight.actions.reviews import (
    close_review,
    decide_items,
    export_review,
    remind_owners,
    start_review,
)

__all__ = [
    "ask_access",
    "ask_by_name",
    "close_review",
    "decide_items",
    "decline_access",
    "end_access",
    "end_due",
    "export_review",
    "give_access",
    "remind_owners",
    "start_review",
]
