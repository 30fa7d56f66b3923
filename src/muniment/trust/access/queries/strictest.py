"""What the profiles of all the clients that somebody belongs to ask of their sign-in: of each thing the strictest."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.db.prepared import Prepared, among
from muniment.core.unit import bound
from muniment.trust.access.conditions import loading
from muniment.trust.access.conditions.types import MFA_MODES, Profile, SignInTerms
from muniment.trust.access.models import Grant
from muniment.trust.access.queries.rows import running


def sign_in_terms(person_id: UUID, places: Collection[tuple[UUID, str]]) -> SignInTerms:
    """Return what holds for somebody in all their places, each a client and "staff" or "contact".

    Staff pass a second step always, and never by mail. Conditions that cannot be read are as strict as can be.
    """
    known = loading.across({client_id for client_id, _kind in places}, lambda: _sight(person_id)) if places else {}
    found = SignInTerms()
    for number, (client_id, kind) in enumerate(places):
        here = _of(known[client_id].profile, is_staff=kind == "staff") if client_id in known else SignInTerms()
        found = here if number == 0 else _stricter(found, here)
    return found


def has_lost_a_role(person_id: UUID, client_ids: Collection[UUID], since: datetime) -> bool:
    """Return whether a role on the whole of a client ended for somebody after a moment, and was not given again.

    `client_ids` are clients they belong to: one look at all of them.
    """
    if not client_ids:
        return False
    with _sight(person_id):
        return bool(_LOST(person_id=person_id, client_ids=list(client_ids), since=since, now=clock.now()))


def _lost(person_id: UUID, client_ids: list[UUID], since: datetime, now: datetime) -> QuerySet[Grant, UUID]:
    theirs = Grant.objects.filter(among("client_id", client_ids), person_id=person_id, scope_kind="client")
    ended = theirs.filter(ends_at__gt=since, ends_at__lte=now, starts_at__lt=F("ends_at"))
    again = running(now).filter(
        client_id=OuterRef("client_id"), role_id=OuterRef("role_id"), person_id=person_id, scope_kind="client"
    )
    return ended.filter(~Exists(again)).values_list("client_id", flat=True)[:1]


_LOST = Prepared(_lost)


def _sight(person_id: UUID) -> AbstractContextManager[None]:
    """Return a view over every client that somebody belongs to."""
    return bound(Binding(None, person_id, "muniment_desk"))


def _of(profile: Profile, *, is_staff: bool) -> SignInTerms:
    side = profile.staff if is_staff else profile.contacts
    return SignInTerms(
        mode="required" if is_staff else profile.mfa_mode,
        email_code=not is_staff and profile.email_code == "clients-only",
        trusted_days=profile.trusted_days,
        recovery_hours=profile.recovery_hours,
        idle_minutes=side.session_idle_minutes,
        hours=side.session_hours,
    )


def _stricter(one: SignInTerms, other: SignInTerms) -> SignInTerms:
    return SignInTerms(
        mode=min(one.mode, other.mode, key=MFA_MODES.index),
        email_code=one.email_code and other.email_code,
        trusted_days=min(one.trusted_days, other.trusted_days),
        recovery_hours=max(one.recovery_hours, other.recovery_hours),
        idle_minutes=_least(one.idle_minutes, other.idle_minutes),
        hours=_least(one.hours, other.hours),
    )


def _least(one: int | None, other: int | None) -> int | None:
    return min((found for found in (one, other) if found is not None), default=None)
