"""Who did not sign in for long, and what is due about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from muniment.core import clock
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.life.models import Attendance
from muniment.trust.identity.life.types import WARNED_BEFORE_DAYS


@dataclass(frozen=True)
class Silence:
    """Since when somebody did not come, after how many days they are shut out, and what they were told meanwhile."""

    since: datetime
    days: int
    warned_at: datetime | None
    is_spared: bool

    @property
    def was_warned(self) -> bool:
        """Whether they were warned in this silence."""
        return self.warned_at is not None and self.warned_at >= self.since

    def is_due(self, now: datetime) -> bool:
        """Return whether something is to be done now: the warning, or fourteen days after it what it said."""
        notice = timedelta(days=WARNED_BEFORE_DAYS)
        if not self.was_warned or self.warned_at is None:
            return now >= self.since + timedelta(days=self.days) - notice
        if self.is_spared:  # told again as often as others are shut out
            return now >= self.warned_at + timedelta(days=self.days)
        return now >= max(self.since + timedelta(days=self.days), self.warned_at + notice)


def silent_people() -> list[UUID]:
    """Return who can sign in and did not for a day: nobody else can be due."""
    since = clock.now() - timedelta(days=1)
    rows = models.Person.objects.filter(disabled_at=None, created_at__lt=since)
    return list(rows.filter(Q(last_login=None) | Q(last_login__lt=since)).values_list("id", flat=True))


def silence_of(person_id: UUID) -> Silence | None:
    """Return the silence of somebody who can sign in; None of somebody who cannot.

    The strictest counts of the clients they belong to; the firm's own where they belong to none.
    """
    person = models.Person.objects.filter(id=person_id, disabled_at=None).first()
    if person is None:
        return None
    row = Attendance.objects.filter(id=person_id).first() or Attendance(id=person_id)
    since = max(moment for moment in (person.created_at, person.last_login, row.counts_from) if moment)
    places = [membership.client_id for membership in clients.memberships(person_id)] or [clients.firm_id()]
    days = min(access.inactive_days(place) for place in places)
    return Silence(since, days, row.warned_at, row.is_break_glass or access.administrators() == {person_id})


def is_break_glass(person_id: UUID) -> bool:
    """Return whether somebody is the administrator for emergencies."""
    return Attendance.objects.filter(id=person_id, is_break_glass=True).exists()


def why_disabled(person_id: UUID) -> str:
    """Return why somebody cannot sign in, in one word of the code; empty when nobody said."""
    row = Attendance.objects.filter(id=person_id).first()
    return row.why_disabled if row else ""


def able_to_sign_in(people: frozenset[UUID]) -> frozenset[UUID]:
    """Return which of some people can sign in at all."""
    rows = models.Person.objects.filter(id__in=people, disabled_at=None)
    return frozenset(rows.values_list("id", flat=True))
