"""A checklist as a value."""

from muniment.portal.checklists.models import Checklist
from muniment.portal.checklists.types import ChecklistFacts, Counts


def checklist_facts(row: Checklist) -> ChecklistFacts:
    """Return a checklist as a value."""
    return ChecklistFacts(
        id=row.id,
        client_id=row.client_id,
        title=row.title,
        counts=Counts(row.to_do, row.sent_back, row.to_review, row.accepted),
        sent_at=row.created_at,
        sent_by=row.sent_by,
        next_due=row.next_due,
        reviewing_since=row.reviewing_since,
        reminded_at=row.reminded_at,
        closed_at=row.closed_at,
    )
