"""What the profiles of all the clients that somebody belongs to ask of their sign-in: of each thing the strictest."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.access.conditions import loading
from muniment.trust.access.conditions.errors import ConditionsRefuse
from muniment.trust.access.conditions.types import MFA_MODES, Profile, SignInTerms
from muniment.trust.access.models import Grant
from muniment.trust.access.queries.rows import running


def sign_in_terms(places: Iterable[tuple[UUID, str]]) -> SignInTerms:
    """Return what holds for somebody in these places, each a client and "staff" or "contact".

    Staff pass a second step always, and never by mail. Conditions that cannot be read are as strict as can be.
    """
    found = SignInTerms()
    for number, (client_id, kind) in enumerate(places):
        here = _terms(client_id, kind)
        found = here if number == 0 else _stricter(found, here)
    return found


def lost_role_since(client_id: UUID, person_id: UUID, since: datetime) -> bool:
    """Return whether a role on the whole of a client ended for somebody after a moment, and was not given again."""
    now = clock.now()
    with bound(Binding(client_id)):
        of_theirs = {"client_id": client_id, "person_id": person_id, "scope_kind": "client"}
        ended = Grant.objects.filter(ends_at__gt=since, ends_at__lte=now, starts_at__lt=F("ends_at"), **of_theirs)
        return ended.exclude(role_id__in=running(now).filter(**of_theirs).values("role_id")).exists()


def _terms(client_id: UUID, kind: str) -> SignInTerms:
    try:
        profile = loading.loaded(client_id).profile
    except ConditionsRefuse:
        return SignInTerms()
    return _of(profile, is_staff=kind == "staff")


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
