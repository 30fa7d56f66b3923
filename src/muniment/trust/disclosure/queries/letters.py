"""Which letters about a log are sent, to whom, and which are due."""

from datetime import date, datetime, timedelta

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Earned, Event
from muniment.trust.clients import queries as clients
from muniment.trust.disclosure.models import LogLetters
from muniment.trust.disclosure.queries.receipts import of_month
from muniment.trust.disclosure.types import Letters, Week
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Person
from muniment_verify.notes import parse_checkpoint, parse_note

WEEK = timedelta(days=7)
_MANY = 1_000_000
_TAKEN = (Event.DOCUMENT_DOWNLOADED, Event.DOCUMENTS_PACKED)


@query
def letters_of(actor: Actor) -> Letters:
    """Return which letters about the client's log are sent.

    Raises:
        NotFound: `actor` may not choose them.
    """
    access.require(actor, "letters:set")
    row = settings_of(actor)
    return Letters(row.weekly, row.receipts, row.set_by, row.set_at)


def settings_of(actor: Actor) -> LogLetters:
    """Return the row about letters of the bound client, or one with the usual choices that is not saved."""
    return LogLetters.objects.filter(client_id=actor.client).first() or LogLetters(client_id=actor.client)


@query
def is_weekly_due(actor: Actor, until: datetime) -> bool:
    """Return whether the letter about the week before a moment is wanted, not written, and would say something."""
    row = settings_of(actor)
    told = row.weekly_until is not None and row.weekly_until >= until
    happened = LogFilter(since=until - WEEK, until=until, without_pages=True)
    return row.weekly and not told and bool(readers(actor)) and log.count(actor, happened, most=1) > 0


@query
def is_month_due(actor: Actor, month: date) -> bool:
    """Return whether the letter about a month's receipts is wanted, not written, and would say something."""
    row = settings_of(actor)
    told = row.month_told is not None and row.month_told >= month
    return row.weekly and not told and bool(readers(actor)) and log.count(actor, of_month(month), most=1) > 0


@query
def has_receipts_to_send(actor: Actor) -> bool:
    """Return whether receipts are sent by themselves, and one is ready."""
    row = settings_of(actor)
    return row.receipts and bool(ready(actor, row.receipts_from, limit=1))


def ready(actor: Actor, position: int, *, limit: int) -> list[Earned]:
    """Return the acts that earned a receipt, from a position of the log on, as far as a signed head covers them."""
    note = log.checkpoint(actor.client)
    covered = parse_checkpoint(parse_note(note).text).size if note else 0
    return [earned for earned in log.earned_from(actor, position, limit=limit) if earned.position < covered]


def readers(actor: Actor) -> list[Person]:
    """Return who gets letters about the client's log: those of its own people who read all of it."""
    return [
        member.person
        for member in identity.people_of(actor)
        if member.kind == "contact" and "manager" in member.roles and member.person.active
    ]


def own_people(actor: Actor) -> dict[object, Person]:
    """Return the client's own people (the firm's, in its own space), who get the receipts they earned."""
    kind = "staff" if actor.client_id == clients.find_firm_id() else "contact"
    belonging = [member.person_id for member in clients.members(actor) if member.kind == kind]
    return {person.id: person for person in identity.people(belonging).values() if person.active}


def week(actor: Actor, since: datetime, until: datetime) -> Week:
    """Return how much happened in the client's log between two moments, without opened pages, and the log's head."""
    wanted = LogFilter(since=since, until=until, without_pages=True)
    days = log.days(actor, wanted)
    taken = log.count(actor, LogFilter(since=since, until=until, events=_TAKEN), most=_MANY)
    return Week(
        since=since,
        until=until,
        acts=sum(day.entries for day in days),
        refused=sum(day.refused for day in days),
        downloads=taken,
        head=log.checkpoint(actor.client),
    )


def receipts_in(actor: Actor, month: date) -> int:
    """Return how many acts of a month earned a receipt."""
    return log.count(actor, of_month(month), most=_MANY)
