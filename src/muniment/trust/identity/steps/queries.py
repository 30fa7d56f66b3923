"""What a person sees of their own devices and sign-ins."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.contrib.sessions.backends.base import SessionBase

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EntryFacts, Event
from muniment.trust.identity import devices, models
from muniment.trust.identity.queries.actors import in_logs
from muniment.trust.identity.queries.links import secret_hash
from muniment.trust.identity.steps import places, policy
from muniment.trust.identity.steps.models import SignInNotice
from muniment.trust.identity.steps.types import Device, SignIn

LOOKED_BACK: Final = timedelta(days=30)
SHOWN: Final = 12
FAILURES_LOOKED_AT: Final = 200  # of everybody in one log: that of the firm has those of strangers too
_FAILED: Final = {
    Event.SIGN_IN_FAILED.value: "password",
    Event.FACTOR_FAILED.value: "code",
    Event.SIGN_IN_LOCKED.value: "delayed",
}


def devices_of(actor: Actor, session: SessionBase) -> list[Device]:
    """Return the devices on which the actor signed in, the most recently used first."""
    person = models.Person.objects.filter(id=actor.person_id).first() if actor.person_id else None
    if person is None:
        return []
    terms, here = policy.terms_of(person.id), devices.of_session(session)
    return [
        Device(
            id=row.id,
            device=_about(row).get("device", ""),
            place=places.name(_about(row).get("country", "")),
            used_at=row.used_at,
            trusted_until=devices.trusted_until(row.trusted_at, terms)
            if row.trusted_at and devices.is_trusted(row, person, terms)
            else None,
            is_current=here is not None and here.id == row.id,
        )
        for row in devices.remembered(person.id)
    ]


def recent_sign_ins(actor: Actor) -> list[SignIn]:
    """Return the newest sign-ins of the actor in the last 30 days, and the tries that failed, as the log has them."""
    found: dict[tuple[object, ...], SignIn] = {}
    for within in in_logs(actor):
        for entry in _sign_ins(within):
            # Somebody who belongs to several clients has an entry of each sign-in in the log of each.
            found.setdefault((entry.event, entry.session, entry.request or entry.id), _shown(entry))
    return sorted(found.values(), key=lambda one: one.at, reverse=True)[:SHOWN]


def is_notice_open(secret: str) -> bool:
    """Return whether a link for a sign-in that was somebody else's still works."""
    rows = SignInNotice.objects.filter(secret_hash=secret_hash(secret), used_at=None)
    return rows.filter(expires_at__gt=clock.now()).exists()


def _sign_ins(within: Actor) -> Iterator[EntryFacts]:
    since = clock.now() - LOOKED_BACK
    yield from log.entries(
        within, LogFilter(person_id=within.person_id, events=(Event.SIGNED_IN,), since=since), limit=SHOWN
    )
    about = ids.public(within.person_id) if within.person_id else ""
    failures = log.entries(within, LogFilter(events=tuple(_FAILED), since=since), limit=FAILURES_LOOKED_AT)
    yield from (entry for entry in failures if entry.facts.get("about") == about)


def _shown(entry: EntryFacts) -> SignIn:
    return SignIn(
        at=entry.at,
        what=_FAILED.get(entry.event, "in"),
        device=entry.device or "",
        place=places.name(entry.country or ""),
        is_new_device=bool(entry.facts.get("new_device")),
    )


def _about(row: models.Device) -> dict[str, str]:
    return row.about if isinstance(row.about, dict) else {}
