"""Set how the portal presents itself, publish terms, and go through the first steps."""

import zoneinfo
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.presentation import colours, models, queries
from muniment.trust.presentation.errors import ChangedMeanwhile, ColourUnreadable, NoPicture
from muniment.trust.presentation.lettered import written
from muniment.trust.presentation.links import is_address, is_link
from muniment.trust.presentation.types import (
    LOGO_BYTES,
    LONGEST_HELP,
    LONGEST_LABEL,
    LONGEST_TERMS,
    LONGEST_WELCOME,
    MOST_LINKS,
    STEPS,
    Presentation,
    TermsFacts,
    Texts,
)
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as sealing
from muniment.trust.vault.errors import TaskFailed

_LOGOS_KEPT = 3
_SECONDS = 20.0
_MEMORY_BYTES = 448 * 2**20


@action
def set_presentation(
    actor: Actor, *, version: int, colour: str, texts: Texts, language: str, zone: str
) -> Presentation:
    """Set colour, texts, sender and defaults, when nobody changed them since they were read at `version`.

    `colour` is "#rrggbb" or empty for the portal's own.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
        Invalid: no colour, language or zone is called so, or a text or an address is none, or too long.
        ColourUnreadable: words in the colour could not be read.
        ChangedMeanwhile: somebody saved after `version`.
    """
    row = _own(actor)
    if colour and not colours.is_colour(colour):
        raise Invalid
    if colour and not colours.is_readable(colour):
        raise ColourUnreadable(colours.mended(colour))
    if language not in dict(settings.LANGUAGES) or zone not in zoneinfo.available_timezones():
        raise Invalid
    _refuse_texts(texts)
    if row.version != version:
        raise ChangedMeanwhile
    row.version, row.colour, row.language, row.zone = version + 1, colour, language, zone
    row.texts = {
        "welcome": texts.welcome,
        "help": texts.help,
        "sender_name": texts.sender_name,
        "reply_to": texts.reply_to,
        "links": [[link.label, link.url] for link in texts.links],
    }
    row.save()
    audit.record(actor, Event.PRESENTATION_SET, row, version=row.version)
    _moved_on()
    return queries.facts(row, _logos(actor))


@action
def set_logo(actor: Actor, *, data: bytes) -> int:
    """Make a logo anew, in the sandbox, from the pixels of a picture; return its version.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
        NoPicture: it is none, has too many bytes or pixels, or cannot be read.
    """
    row = _own(actor)
    if not 0 < len(data) <= LOGO_BYTES:
        raise NoPicture
    try:
        made = vault.in_sandbox("logo", [data], seconds=_SECONDS, memory_bytes=_MEMORY_BYTES)
    except TaskFailed as failed:
        raise NoPicture from failed
    media_type, _, picture = made.partition(b"\0")
    known = _logos(actor)
    logo = models.Logo.objects.create(
        client_id=actor.client,
        version=max(known, default=0) + 1,
        media_type=media_type.decode(),
        picture=written(picture),
        set_by=actor.person_id,
    )
    models.Logo.objects.filter(client_id=actor.client, version__lte=logo.version - _LOGOS_KEPT).delete()
    audit.record(actor, Event.LOGO_SET, row, version=logo.version, size_bytes=len(picture))
    _moved_on()
    return logo.version


@action
def remove_logo(actor: Actor) -> None:
    """Go back to the portal's own sign.

    Raises:
        NotFound: there is no logo, or `actor` may not.
    """
    row = _own(actor)
    removed, _ = models.Logo.objects.filter(client_id=actor.client).delete()
    if not removed:
        raise NotFound
    audit.record(actor, Event.LOGO_REMOVED, row)
    _moved_on()


@action
def publish_terms(actor: Actor, *, newest: int, text: str, for_contacts: bool, for_staff: bool) -> TermsFacts:
    """Publish a new version of the terms, when `newest` is still the number of the last one (0: none).

    From the next page on, whoever must accept sees them first.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
        Invalid: there is no text, or it is too long.
        ChangedMeanwhile: somebody published after `newest`.
    """
    _own(actor, "terms:publish")
    words = text.replace("\r\n", "\n").strip()
    if not words or len(words) > LONGEST_TERMS:
        raise Invalid
    last = models.TermsVersion.objects.filter(client_id=actor.client).order_by("-number").first()
    if (last.number if last else 0) != newest:
        raise ChangedMeanwhile
    row = models.TermsVersion.objects.create(
        client_id=actor.client,
        number=newest + 1,
        text=words,
        for_contacts=for_contacts,
        for_staff=for_staff,
        published_by=actor.person_id,
    )
    audit.record(actor, Event.TERMS_PUBLISHED, row, number=row.number, for_contacts=for_contacts, for_staff=for_staff)
    _moved_on()
    return queries.terms_facts(row)


def note_acceptance(person_id: UUID, *, number: int) -> models.Acceptance:
    """Write down that a person accepts the newest terms, as part of the act of `identity` that records it.

    Repeating it changes nothing.

    Raises:
        ChangedMeanwhile: the newest terms are others.
        NotFound: there are none.
    """
    queries.forget()
    terms = queries.newest_terms()
    if terms is None:
        raise NotFound
    if terms.number != number:
        raise ChangedMeanwhile
    row, _ = models.Acceptance.objects.get_or_create(
        person_id=person_id, terms_id=terms.id, defaults={"number": terms.number}
    )
    return row


@action
def skip_step(actor: Actor, *, step: str) -> None:
    """Put off one of the first steps; repeating it changes nothing.

    Raises:
        NotFound: there is no such step, or `actor` may not.
    """
    row = _own(actor)
    if step not in STEPS:
        raise NotFound
    row.skipped = sorted({*row.skipped, step})
    row.save(update_fields=["skipped"])
    audit.record(actor, Event.STEP_SKIPPED, row, step=step)


@action
def resume_steps(actor: Actor) -> None:
    """Take up again what was put off.

    Raises:
        NotFound: `actor` may not.
    """
    row = _own(actor)
    row.skipped = []
    row.save(update_fields=["skipped"])
    audit.record(actor, Event.STEPS_RESUMED, row)


def note_mail_try(actor: Actor, letter_id: UUID) -> models.Presentation:
    """Keep which mail tries the mail server, as part of the act of `identity` that writes it.

    Raises:
        NotFound: `actor` may not set how the portal presents itself.
    """
    row = _own(actor)
    row.mail_letter_id, row.mail_tried_at = letter_id, clock.now()
    row.save(update_fields=["mail_letter_id", "mail_tried_at"])
    return row


def _own(actor: Actor, verb: str = "presentation:set") -> models.Presentation:
    """Return the firm's row, locked; made when it is not there yet.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
    """
    access.require(actor, verb)
    if actor.client != clients.find_firm_id():
        raise NotFound
    models.Presentation.objects.get_or_create(client_id=actor.client)
    return models.Presentation.objects.select_for_update().get(client_id=actor.client)


def _logos(actor: Actor) -> Sequence[int]:
    return list(models.Logo.objects.filter(client_id=actor.client).values_list("version", flat=True))


def _moved_on() -> None:
    queries.forget()
    transaction.on_commit(queries.forget)


def _refuse_texts(texts: Texts) -> None:
    if len(texts.welcome) > LONGEST_WELCOME or len(texts.help) > LONGEST_HELP or len(texts.links) > MOST_LINKS:
        raise Invalid
    name = texts.sender_name
    if len(name) > LONGEST_LABEL or not name.isprintable() or '"' in name or sealing.without_card_numbers(name) != name:
        raise Invalid
    if texts.reply_to and not is_address(texts.reply_to):
        raise Invalid
    for link in texts.links:
        if not 0 < len(link.label) <= LONGEST_LABEL or not is_link(link.url):
            raise Invalid
