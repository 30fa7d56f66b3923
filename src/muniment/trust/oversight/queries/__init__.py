"""Requests for access, and reviews of it."""

from muniment.trust.oversight.queries.asking import docket, due, requests, to_decide
from muniment.trust.oversight.queries.reviewing import finished, is_due, late, open_for, overview, review, reviews

__all__ = [
    "docket",
    "due",
    "finished",
    "is_due",
    "late",
    "open_for",
    "overview",
    "requests",
    "review",
    "reviews",
    "to_decide",
]
