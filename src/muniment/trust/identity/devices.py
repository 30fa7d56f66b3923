"""Devices that are known to be somebody's: by a cookie, after a day, so that a thief's first visit is none.

The first device of a person is known at once, because there is nothing to compare it with. Every later one is known
`WAITS` after somebody first signed in on it with a second factor. Where only a mailed code was given, it is remembered
and nothing more: no condition that asks for a known device is met by it.

A device that somebody says is their own can be trusted for some days: see `is_trusted`.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase

from muniment.core import clock
from muniment.trust.access.types import SignInTerms
from muniment.trust.identity import countries, models, origin

COOKIE: Final = "__Host-device"
WAITS: Final = timedelta(days=1)
KEPT: Final = timedelta(days=400)  # browsers keep no cookie for longer
TRUSTED_MOST: Final = timedelta(days=30)
_KEY: Final = "device_known_at"
_ROW: Final = "device"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def recognise(request: HttpRequest, person: models.Person, *, is_strong: bool = True) -> bool:
    """Keep in the session since when the device is known to be the person's; return whether it is new to them.

    A new device gets its cookie by `hand_over`. Called when somebody signed in; `is_strong`: with a second factor.
    """
    now, given = clock.now(), request.COOKIES.get(COOKIE, "")
    secret = given if _SECRET.fullmatch(given) else secrets.token_urlsafe(32)
    row = found = models.Device.objects.filter(person_id=person.id, secret_hash=_hash(secret)).first()
    if row is None:
        row = models.Device(person_id=person.id, secret_hash=_hash(secret), seen_at=now)
    if is_strong and row.known_at is None:
        others = models.Device.objects.filter(person_id=person.id, known_at__isnull=False)
        row.known_at = now + WAITS if others.exists() else now
    row.used_at, row.about = now, _about(request)
    row.save()
    request.session[_KEY] = row.known_at.timestamp() if row.known_at else None
    request.session[_ROW] = str(row.id)
    request.device_secret = secret  # type: ignore[attr-defined] # read by hand_over
    return found is None


def find(request: HttpRequest, person: models.Person) -> models.Device | None:
    """Return the device by which this browser is known to the person, or None."""
    given = request.COOKIES.get(COOKIE, "")
    if not _SECRET.fullmatch(given):
        return None
    return models.Device.objects.filter(person_id=person.id, secret_hash=_hash(given)).first()


def is_anybodys(request: HttpRequest) -> bool:
    """Return whether somebody has signed in on this browser before, whoever it was."""
    given = request.COOKIES.get(COOKIE, "")
    return bool(_SECRET.fullmatch(given)) and models.Device.objects.filter(secret_hash=_hash(given)).exists()


def is_known(session: SessionBase) -> bool:
    """Return whether the device of a session is known by now to be its person's."""
    known_at = session.get(_KEY)
    return isinstance(known_at, int | float) and datetime.fromtimestamp(known_at, UTC) <= clock.now()


def of_session(session: SessionBase) -> models.Device | None:
    """Return the device on which a session began, as long as it is remembered."""
    found = session.get(_ROW)
    return models.Device.objects.filter(id=found, about__isnull=False).first() if isinstance(found, str) else None


def is_elsewhere(request: HttpRequest, device: models.Device) -> bool:
    """Return whether a request comes from another country than the device was last signed in on from."""
    about = device.about if isinstance(device.about, dict) else {}
    return str(about.get("country", "")) != countries.country(origin.ip(request))


def is_trusted(device: models.Device, person: models.Person, terms: SignInTerms) -> bool:
    """Return whether a device needs no second step now: never longer than 30 days, nor after a credential changed."""
    if device.trusted_at is None or device.trusted_at < person.credentials_changed_at:
        return False
    return clock.now() < trusted_until(device.trusted_at, terms)


def trusted_until(since: datetime, terms: SignInTerms) -> datetime:
    """Return until when a device is trusted that was first trusted then."""
    return since + min(timedelta(days=terms.trusted_days), TRUSTED_MOST)


def forget(rows: Iterable[models.Device]) -> int:
    """Let no browser be recognised by these devices any more; return how many there were.

    The rows stay, with nothing that leads to a browser: or the next device would be the first, and known at once.
    """
    forgotten = list(rows)
    for row in forgotten:
        row.secret_hash, row.about, row.trusted_at = _hash(secrets.token_urlsafe(32)), None, None
        row.save(update_fields=["secret_hash", "about", "trusted_at"])
    return len(forgotten)


def remembered(person_id: UUID) -> QuerySet[models.Device]:
    """Return the devices by which somebody is still recognised, the most recently used first."""
    return models.Device.objects.filter(person_id=person_id, about__isnull=False).order_by("-used_at")


def hand_over(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser the cookie by which it is recognised, or keep it from running out.

    It goes along when somebody comes back from their organisation's sign-in page, which is another site: "Strict" would
    make each such sign-in one on a new device. It opens nothing by itself.
    """
    secret = getattr(request, "device_secret", None)
    if secret is not None:
        age = int(KEPT.total_seconds())
        response.set_cookie(COOKIE, secret, max_age=age, secure=True, httponly=True, samesite="Lax")


def sweep() -> None:
    """Forget devices on which nobody signed in for as long as a browser keeps the cookie."""
    models.Device.objects.filter(used_at__lte=clock.now() - KEPT).delete()


def _about(request: HttpRequest) -> dict[str, str]:
    return {"device": origin.device(request), "country": countries.country(origin.ip(request))}


def _hash(secret: str) -> bytes:
    return hashlib.sha256(b"muniment-device\0" + secret.encode()).digest()
