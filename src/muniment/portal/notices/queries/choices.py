"""What people chose to get by mail, and when."""

from collections.abc import Collection
from typing import cast
from uuid import UUID

from muniment.portal.notices.models import NoticeChoice, NoticeHabits
from muniment.portal.notices.types import Choices, Habits, How
from muniment.trust.identity import queries as identity

USUAL: How = "at-once"
_BY_THE_CLOCK = frozenset({"hourly", "daily"})


def choices_of(person_ids: Collection[UUID]) -> dict[UUID, Choices]:
    """Return what each of some people chose; who chose nothing gets everything at once.

    The zone is looked up for those alone whose hours count.
    """
    rows = {row.person_id: row for row in NoticeHabits.objects.filter(person_id__in=person_ids)}
    how: dict[UUID, dict[str, How]] = {person_id: {} for person_id in person_ids}
    for choice in NoticeChoice.objects.filter(person_id__in=person_ids):
        how[choice.person_id][choice.kind] = cast("How", choice.how)
    return {
        person_id: Choices(_habits(person_id, rows.get(person_id), how[person_id]), how[person_id])
        for person_id in person_ids
    }


def _habits(person_id: UUID, row: NoticeHabits | None, how: dict[str, How]) -> Habits:
    if row is None and not _BY_THE_CLOCK & set(how.values()):
        return Habits()
    _language, zone = identity.reading_of(person_id)
    return Habits(zone, row.daily_hour, row.quiet_from, row.quiet_until) if row else Habits(zone)
