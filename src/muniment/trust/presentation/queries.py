"""How the portal presents itself, which terms hold, and who accepted them."""

import time
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db import connection

from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound, query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.presentation import colours, models
from muniment.trust.presentation.lettered import read
from muniment.trust.presentation.types import (
    AcceptanceFacts,
    FirstSteps,
    FooterLink,
    Presentation,
    TermsFacts,
    Texts,
)

KEEP_SECONDS: Final = 5.0  # how long another process goes on showing what was before
ACCEPTANCES_SHOWN: Final = 200
UNSET: Final = Presentation()
_kept: dict[tuple[str, UUID], tuple[float, Presentation, TermsFacts | None]] = {}


def presentation() -> Presentation:
    """Return how the portal presents itself; a few seconds old at most, and nothing set before there is a firm."""
    found = _current()
    return found[1] if found else UNSET


def terms_for(kind: str) -> TermsFacts | None:
    """Return the newest terms when people of this kind ("staff" or "contact") must accept them."""
    found = _current()
    newest = found[2] if found else None
    if newest is None or not (newest.for_staff if kind == "staff" else newest.for_contacts):
        return None
    return newest


def newest_terms() -> TermsFacts | None:
    """Return the newest terms, whoever must accept them."""
    found = _current()
    return found[2] if found else None


def has_accepted(person_id: UUID, terms_id: UUID) -> bool:
    """Tell whether a person accepted a version of the terms."""
    return models.Acceptance.objects.filter(person_id=person_id, terms_id=terms_id).exists()


def accepted_by(person_id: UUID) -> list[AcceptanceFacts]:
    """Return what a person accepted, the newest first."""
    rows = models.Acceptance.objects.filter(person_id=person_id).order_by("-created_at")
    return [AcceptanceFacts(row.number, row.person_id, row.created_at) for row in rows]


def terms_versions() -> list[TermsFacts]:
    """Return every version of the terms, the newest first: everybody may read what was ever to be accepted."""
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return []
    with bound(Binding(firm_id)):
        return [terms_facts(row) for row in models.TermsVersion.objects.order_by("-number")]


def terms_version(number: int) -> TermsFacts:
    """Return one version of the terms.

    Raises:
        NotFound: there is none of this number.
    """
    firm_id = clients.firm_id()
    with bound(Binding(firm_id)):
        row = models.TermsVersion.objects.filter(client_id=firm_id, number=number).first()
    if row is None:
        raise NotFound
    return terms_facts(row)


@query
def acceptances(actor: Actor, number: int) -> tuple[int, list[AcceptanceFacts]]:
    """Return how many people accepted a version of the terms, and the newest of them.

    Raises:
        NotFound: `actor` may not publish terms.
    """
    access.require(actor, "terms:publish")
    rows = models.Acceptance.objects.filter(number=number)
    newest = rows.order_by("-created_at")[:ACCEPTANCES_SHOWN]
    return rows.count(), [AcceptanceFacts(row.number, row.person_id, row.created_at) for row in newest]


def logo(version: int) -> tuple[bytes, str]:
    """Return the firm's logo of a version and its media type.

    Raises:
        NotFound: there is none of this version.
    """
    firm_id = clients.firm_id()
    with bound(Binding(firm_id)):
        row = models.Logo.objects.filter(client_id=firm_id, version=version).first()
        if row is None:
            raise NotFound
        return read(row.picture), row.media_type


def stylesheet(version: int) -> str:
    """Return the style sheet of the firm's colour.

    Raises:
        NotFound: this is not the version that holds, or the firm chose no colour.
    """
    found = presentation()
    if not found.colour or found.version != version:
        raise NotFound
    return colours.stylesheet(found.colour)


@query
def first_steps(actor: Actor) -> FirstSteps:
    """Return what was put off in setting the portal up, and how the mail server was tried.

    Raises:
        NotFound: `actor` may not set how the portal presents itself.
    """
    access.require(actor, "presentation:set")
    row = models.Presentation.objects.filter(client_id=actor.client).first()
    if row is None:
        return FirstSteps()
    return FirstSteps(frozenset(row.skipped), row.mail_letter_id, row.mail_tried_at)


def forget() -> None:
    """Read everything anew: it was changed, or the database is another one."""
    _kept.clear()


def terms_facts(row: models.TermsVersion) -> TermsFacts:
    """Return a version of the terms as a value."""
    return TermsFacts(row.id, row.number, row.text, row.for_contacts, row.for_staff, row.created_at, row.published_by)


def facts(row: models.Presentation | None, logos: Iterable[int]) -> Presentation:
    """Return a row as a value."""
    if row is None:
        return Presentation(logo=max(logos, default=0))
    return Presentation(
        version=row.version,
        colour=row.colour,
        logo=max(logos, default=0),
        texts=_texts(row.texts),
        language=row.language,
        zone=row.zone,
    )


def _texts(kept: dict[str, Any]) -> Texts:
    links = tuple(FooterLink(label, url) for label, url in kept.get("links", ()))
    words = {name: str(kept.get(name, "")) for name in ("welcome", "help", "sender_name", "reply_to")}
    return Texts(links=links, **words)


def _current() -> tuple[float, Presentation, TermsFacts | None] | None:
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return None
    place, now = (str(connection.settings_dict["NAME"]), firm_id), time.monotonic()
    found = _kept.get(place)
    if found is not None and now - found[0] < KEEP_SECONDS:
        return found
    with bound(Binding(firm_id)):
        row = models.Presentation.objects.filter(client_id=firm_id).first()
        logos = models.Logo.objects.filter(client_id=firm_id).values_list("version", flat=True)
        terms = models.TermsVersion.objects.filter(client_id=firm_id).order_by("-number").first()
        found = (now, facts(row, logos), terms_facts(terms) if terms else None)
    _kept[place] = found
    return found
