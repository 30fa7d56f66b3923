"""Everybody who has an account, for those who administer the firm."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.life.models import Attendance
from muniment.trust.identity.life.types import FILTERS, WARNED_BEFORE_DAYS, ByFilter, PeoplePage, PersonRow
from muniment.trust.identity.queries.companies import companies
from muniment.trust.identity.queries.people import ERASED_ADDRESS
from muniment.trust.identity.types import SECOND_FACTORS

PAGE: Final = 50
NAMES_MOST: Final = 5000  # looked at for one search: each name is opened by itself
SILENT_DAYS: Final = 90 - WARNED_BEFORE_DAYS


@query
def everybody(
    actor: Actor, *, only: ByFilter = "", text: str = "", before: UUID | None = None, after: UUID | None = None
) -> PeoplePage:
    """Return a page of everybody, the newest first; of those with `text` in their name, or with that very address.

    An address is found by its seal, without opening any. A name is looked for among the newest 5,000.

    Raises:
        NotFound: `actor` does not see people in the firm.
    """
    _require(actor)
    rows = _only(only)
    text = " ".join(text.split()).casefold()
    if "@" in text and (exact := rows.filter(email=text).first()):
        return PeoplePage(tuple(_facts([exact])))
    newer = before is None and after is not None
    if before is not None:
        rows = rows.filter(id__lt=before)
    if newer:
        rows = rows.filter(id__gt=after)
    rows = rows.order_by("id" if newer else "-id")
    found, unread = _named(rows, text) if text else (list(rows[: PAGE + 1]), False)
    more, found = len(found) > PAGE, found[:PAGE]
    if newer:
        found.reverse()
    first, last = (found[0].id, found[-1].id) if found else (None, None)
    has_newer = more if newer else before is not None
    has_older = True if newer else more
    return PeoplePage(tuple(_facts(found)), first if has_newer else None, last if has_older else None, unread)


@query
def counts(actor: Actor) -> dict[ByFilter, int]:
    """Return how many people each filter finds.

    Raises:
        NotFound: `actor` does not see people in the firm.
    """
    _require(actor)
    return {only: _only(only).count() for only in FILTERS}


@query
def somebody(actor: Actor, person_id: UUID) -> PersonRow:
    """Return one person with the names of where they belong.

    Raises:
        NotFound: there is none, or `actor` does not see people in the firm.
    """
    _require(actor)
    row = models.Person.objects.filter(id=person_id).first()
    if row is None or row.email.endswith(ERASED_ADDRESS):
        raise NotFound
    return _facts([row], with_clients=True)[0]


def _require(actor: Actor) -> None:
    if actor.kind != "system" and ("person:list" not in actor.firm_verbs or actor.client_id != clients.find_firm_id()):
        raise NotFound


def _only(only: ByFilter) -> QuerySet[models.Person]:
    """Return the people a filter finds; who was erased has no row among them."""
    now = clock.now()
    known = Attendance.objects.filter(id=OuterRef("id"))
    rows = models.Person.objects.exclude(Exists(known.filter(why_disabled="erased")))
    if only == "disabled":
        return rows.filter(disabled_at__isnull=False)
    if only == "external":
        return rows.filter(kind="contact", disabled_at=None)
    if only == "locked":
        return rows.filter(
            Exists(models.Lockout.objects.filter(person_id=OuterRef("id"), until__gt=now)), disabled_at=None
        )
    if only == "no-factor":
        factors = Authenticator.objects.filter(user_id=OuterRef("id"), type__in=SECOND_FACTORS - {"recovery_codes"})
        return rows.filter(~Exists(factors), disabled_at=None)
    if only == "inactive":
        since = now - timedelta(days=SILENT_DAYS)
        silent = Q(last_login=None) | Q(last_login__lt=since)
        return rows.filter(silent, disabled_at=None, created_at__lt=since).exclude(
            Exists(known.filter(counts_from__gte=since))
        )
    return rows


def _named(rows: QuerySet[models.Person], text: str) -> tuple[list[models.Person], bool]:
    """Return at most a page and one of those with the text in name or address, and whether some were not looked at."""
    found: list[models.Person] = []
    seen = 0
    for row in rows[: NAMES_MOST + 1].iterator(chunk_size=500):
        seen += 1
        if seen > NAMES_MOST or len(found) > PAGE:
            break
        if text in f"{row.name}\n{row.email}".casefold() and not row.email.endswith(ERASED_ADDRESS):
            found.append(row)
    return found, seen > NAMES_MOST and len(found) <= PAGE


def _facts(rows: list[models.Person], *, with_clients: bool = False) -> list[PersonRow]:
    wanted, now = [row.id for row in rows], clock.now()
    known = {row.id: row for row in Attendance.objects.filter(id__in=wanted)}
    enrolled = set(
        Authenticator.objects.filter(user_id__in=wanted, type__in=SECOND_FACTORS - {"recovery_codes"}).values_list(
            "user_id", flat=True
        )
    )
    locked = set(models.Lockout.objects.filter(person_id__in=wanted, until__gt=now).values_list("person_id", flat=True))
    found = []
    for row in rows:
        attendance = known.get(row.id) or Attendance(id=row.id)
        found.append(
            PersonRow(
                id=row.id,
                name=row.name,
                email=row.email,
                kind=row.kind,
                created_at=row.created_at,
                seen_at=row.last_login,
                disabled_at=row.disabled_at,
                why_disabled=attendance.why_disabled,
                warned_at=attendance.warned_at,
                has_factor=row.id in enrolled,
                is_locked=row.id in locked,
                is_break_glass=attendance.is_break_glass,
                clients=_names(row.id) if with_clients else (),
            )
        )
    return found


def _names(person_id: UUID) -> tuple[str, ...]:
    places = [membership.client_id for membership in clients.memberships(person_id)]
    return tuple(found.name for found in companies(places).values())
