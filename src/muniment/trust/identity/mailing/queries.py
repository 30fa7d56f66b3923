"""Mails on their way, addresses that bounce, and the DNS records by which others judge the sender."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from muniment.core import clock, config, names
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.mailing.types import Bounced, Counts, LetterState, QueuedLetter, SenderRecord

PAGE: Final = 50
RECENT: Final = timedelta(days=30)
_STATES: Final[dict[LetterState, Q]] = {
    "waiting": Q(sent_at=None, failed_at=None, dropped_at=None),
    "failed": Q(failed_at__isnull=False, dropped_at=None),
    "sent": Q(sent_at__isnull=False, failed_at=None),
    "dropped": Q(dropped_at__isnull=False),
}


def insist_on_the_firm(actor: Actor) -> None:
    """Insist that the actor looks after the mails of the portal, in the firm's own space.

    Raises:
        NotFound: they do not, or act elsewhere.
    """
    access.require(actor, "mail:queue")
    if actor.client_id != clients.find_firm_id():
        raise NotFound


@query
def queue(actor: Actor, state: LetterState, *, before: UUID | None = None, limit: int = PAGE) -> list[QueuedLetter]:
    """Return at most `limit` mails in a state, newest first, older than mail `before`.

    Raises:
        NotFound: the actor does not look after mails.
    """
    insist_on_the_firm(actor)
    rows = _in(state).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_facts(row, state) for row in rows[:limit]]


@query
def counts(actor: Actor) -> Counts:
    """Return how many mails wait, failed and were sent in the last 30 days.

    Raises:
        NotFound: the actor does not look after mails.
    """
    insist_on_the_firm(actor)
    return Counts(*(_in(state).count() for state in ("waiting", "failed", "sent")))


@query
def bounced(actor: Actor) -> list[Bounced]:
    """Return to whose addresses mails come back, the newest first.

    Raises:
        NotFound: the actor does not look after mails.
    """
    insist_on_the_firm(actor)
    rows = models.Person.objects.filter(bounced_at__isnull=False).order_by("-bounced_at")[:PAGE]
    return [Bounced(row.id, row.name, row.email, row.bounced_at, row.bounce_code) for row in rows if row.bounced_at]


def mailable(person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of some people may get notices by mail: they can sign in, and their mails do not come back."""
    rows = models.Person.objects.filter(id__in=person_ids, disabled_at=None, bounced_at=None)
    return frozenset(rows.values_list("id", flat=True))


def erased(person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return which of some people were erased."""
    rows = models.Attendance.objects.filter(id__in=person_ids, why_disabled="erased")
    return frozenset(rows.values_list("id", flat=True))


@query
def sender_records(actor: Actor) -> list[SenderRecord]:
    """Look up the records by which others judge mails of the sender's domain: SPF, DKIM, DMARC.

    Raises:
        NotFound: the actor does not look after mails.

    Source: RFC 7208, section 4.5; RFC 6376, section 3.6.1; RFC 7489, section 6.3.
    """
    insist_on_the_firm(actor)
    domain, selector = config.current().mail_from.rpartition("@")[2], config.current().mail_dkim_selector
    found = [_record("spf", domain, "v=spf1")]
    if selector:
        found.append(_record("dkim", f"{selector}._domainkey.{domain}", ""))
    else:
        found.append(SenderRecord("dkim", f"…._domainkey.{domain}", "unknown"))
    return [*found, _record("dmarc", f"_dmarc.{domain}", "v=DMARC1")]


def _record(what: str, name: str, begins: str) -> SenderRecord:
    try:
        texts = names.texts(name)
    except names.NoAnswer:
        return SenderRecord(what, name, "unanswered")  # type: ignore[arg-type] # one of its three words
    fitting = [text for text in texts if text.casefold().startswith(begins.casefold()) and _is_key(what, text)]
    if not fitting:
        return SenderRecord(what, name, "missing")  # type: ignore[arg-type] # the same
    return SenderRecord(what, name, "weak" if _is_weak(what, fitting) else "good", fitting[0])  # type: ignore[arg-type] # the same


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().casefold(): value.strip() for name, _, value in pairs}


def _is_key(what: str, text: str) -> bool:
    return what != "dkim" or "p" in _tags(text)


def _is_weak(what: str, texts: list[str]) -> bool:
    """Return whether a record is there and protects nothing: two of them, a key taken back, everybody let through."""
    if what == "spf":
        return len(texts) > 1 or texts[0].casefold().endswith(("+all", "?all", " all"))
    if what == "dkim":
        return not _tags(texts[0])["p"]
    return _tags(texts[0]).get("p", "none").casefold() == "none"


def _in(state: LetterState) -> "QuerySet[models.Letter]":
    rows = models.Letter.objects.filter(_STATES[state])
    return rows if state in {"waiting", "failed"} else rows.filter(created_at__gt=clock.now() - RECENT)


def _facts(row: models.Letter, state: LetterState) -> QueuedLetter:
    return QueuedLetter(
        id=row.id,
        kind=row.kind,
        state=state,
        person_id=row.person_id,
        to=", ".join(row.message["to"]) if row.message else "",
        created_at=row.created_at,
        tries=row.tries,
        tried_at=row.tried_at,
        trouble=row.trouble,
        drop_reason=row.drop_reason or "",
        sent_at=row.sent_at,
    )
