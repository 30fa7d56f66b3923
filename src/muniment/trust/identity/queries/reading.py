"""In which language and time zone somebody reads pages and mails."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.presentation import queries as presentation


def language_of(person: models.Person | None) -> str:
    """Return the language of a person: what they chose, else the firm's. It asks the database for nothing."""
    firm, known = presentation.presentation(), dict(settings.LANGUAGES)
    chosen = person.language if person is not None else ""
    return next((one for one in (chosen, firm.language) if one in known), settings.LANGUAGE_CODE)


def chosen_reading(person: models.Person | None) -> tuple[str, str]:
    """Return the language and the zone that a person chose, else the firm's. It asks the database for nothing."""
    zone = person.zone if person is not None else ""
    return language_of(person), zone or presentation.presentation().zone


def reading(person: models.Person | None) -> tuple[str, str]:
    """Return the language and the zone of a person: what they chose, else their client's zone, else the firm's."""
    language, zone = chosen_reading(person)
    if person is None or person.zone or person.kind != "contact":
        return language, zone
    return language, zone_of_contact(person.id) or zone


def reading_of(person_id: UUID | None) -> tuple[str, str]:
    """Return the language and the zone of a person by id; of nobody, those of the firm."""
    return reading(models.Person.objects.filter(id=person_id).first() if person_id else None)


@contextmanager
def reading_as(person_id: UUID | None) -> Iterator[None]:
    """Speak in the language and the zone of a reader: for mails, and for pages that somebody else asked for."""
    language, zone = reading_of(person_id)
    with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
        yield


@cache
def zones() -> tuple[tuple[str, str], ...]:
    """Return every time zone that can be chosen, as pairs of its name and the words for it."""
    named = {name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "posix"))}
    return tuple((name, name.replace("_", " ")) for name in ("UTC", *sorted(named)))


def zone_of_contact(person_id: UUID) -> str:
    """Return the zone that the conditions of a contact's first client name; empty when they name none."""
    with bound(Binding(None, person_id, "muniment_desk")):
        belonging = clients.memberships_here(person_id)
    if not belonging:
        return ""
    first = min(belonging, key=lambda one: one.started_at)
    zone = access.profile_in(first.client_id).zone
    return "" if zone == "UTC" else zone
