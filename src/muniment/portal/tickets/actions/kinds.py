"""Set, within the firm, which kinds of tickets there are."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.tickets.actions.writing import clean
from muniment.portal.tickets.errors import KindMoved
from muniment.portal.tickets.models import TicketKind
from muniment.portal.tickets.queries.kinds import kind_facts
from muniment.portal.tickets.types import KindFacts
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.vault import queries as vault

KIND_TITLE_MOST, HINT_MOST, PLACE_MOST = 60, 300, 999


@action
def set_kind(
    actor: Actor, *, name: str = "", version: int = 0, title: str, hint: str = "", place: int = 0, offered: bool = True
) -> KindFacts:
    """Make a kind (without a `name`), or say what one is called, what to write for it, where it stands, if offered.

    Tickets of a kind that is not offered any more stay as they are.

    Raises:
        NotFound: `actor` may not, acts not within the firm, or there is no such kind.
        KindMoved: somebody set it since it had this `version`, or another one has its name.
        Invalid: there is no title, or a text is too long.
        CardNumberRefused: the title or the hint holds one.
    """
    access.require(actor, "ticket-kind:set")
    if actor.client != clients.find_firm_id():
        raise NotFound
    now = clock.now()
    title, hint = _in_clear(title, KIND_TITLE_MOST, is_needed=not name), _in_clear(hint, HINT_MOST)
    row = _found(name, version) if name else TicketKind(name=_name(title), version=0)
    row.title, row.hint = title, hint
    row.place = max(0, min(place, PLACE_MOST))
    row.retired_at = None if offered else row.retired_at or now
    row.version, row.set_by, row.set_at = row.version + 1, actor.person_id, now
    try:
        with transaction.atomic():
            row.save(force_insert=not name, force_update=bool(name))
    except IntegrityError as error:
        raise KindMoved from error
    audit.record(actor, Event.TICKET_KIND_SET, row, version=row.version, offered=offered)
    return kind_facts(row)


def _in_clear(text: str, most: int, *, is_needed: bool = False) -> str:
    """Return a line as it is kept in clear text, beside no seal that looks for card numbers."""
    kept: str = vault.without_card_numbers(clean(text, most, is_needed=is_needed, is_line=True))
    return kept


def _found(name: str, version: int) -> TicketKind:
    row = TicketKind.objects.select_for_update().filter(name=name).first()
    if row is None:
        raise NotFound
    if row.version != version:
        raise KindMoved
    return row


def _name(title: str) -> str:
    """Return the name for a title; one made of other letters than ours gets a name of its own."""
    return slugify(title)[:KIND_TITLE_MOST] or f"kind-{ids.public(ids.new())[:8].lower()}"
