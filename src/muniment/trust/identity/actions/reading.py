"""Choose the language and the time zone of one's pages and mails."""

import zoneinfo

from django.conf import settings

from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import action
from muniment.trust.audit.types import Event
from muniment.trust.identity.actions.entries import record_own
from muniment.trust.identity.actions.people import locked_person


@action
def choose_reading(actor: Actor, *, language: str, zone: str) -> None:
    """Read pages and mails in a language and a zone; empty for what the client or the firm has chosen.

    Raises:
        NotFound: nobody is signed in.
        Invalid: there is no such language or zone.
    """
    person = locked_person(actor)
    if language and language not in dict(settings.LANGUAGES):
        raise Invalid
    if zone and zone not in zoneinfo.available_timezones():
        raise Invalid
    person.language, person.zone = language, zone
    person.save(update_fields=["language", "zone"])
    record_own(actor, Event.READING_CHOSEN, person.id, person, language=language, zone=zone)
