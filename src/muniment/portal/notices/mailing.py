"""Write the mails that are due: one for each person, about everything that is due, in whichever client.

What is marked as mailed and the mail itself are in one transaction. A mail says who, what kind, and where it leads;
nothing here can read what anything is called.
"""

import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound
from muniment.portal.notices.models import Notice, NoticeStop
from muniment.portal.notices.types import ALL_KINDS
from muniment.portal.notices.words import sentence
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.types import Person, letter_text

LINES: Final = 20
PEOPLE: Final = 1000
STOP_PATH: Final = "/notices/stop/{secret}/"


@dataclass(frozen=True)
class Line:
    """What somebody did in a client, how often, and where the newest of it leads."""

    client_id: UUID
    event: str
    by_id: UUID | None
    count: int
    url: str


def due(most: int = PEOPLE) -> dict[UUID, list[UUID]]:
    """Return for whom mails are due, and in which clients."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select * from app.notices_to_mail(%s, %s)", [clock.now(), most])
        found: dict[UUID, list[UUID]] = {}
        for person_id, client_id in cursor.fetchall():
            found.setdefault(person_id, []).append(client_id)
        return found


def write_mail(person_id: UUID, client_ids: Iterable[UUID]) -> int:
    """Write one mail about what is due for a person in some clients; return of how many notices it tells.

    Who cannot be reached, left, or read everything meanwhile, gets none; what was due is marked all the same.
    """
    with transaction.atomic():
        taken, hides = list[Notice](), False
        for client_id in client_ids:
            with bound(Binding(client_id)):
                rows = _take(client_id, person_id)
                hides = hides or (bool(rows) and access.profile_in(client_id).mail_subjects == "hidden")
                taken += rows
        if not taken or person_id not in people.mailable({person_id}):
            return 0
        try:
            person = people.person(person_id)
        except NotFound:
            return 0
        _write(person, taken, hides=hides)
        return len(taken)


def _take(client_id: UUID, person_id: UUID) -> list[Notice]:
    """Mark what is due of a person in the bound client; return what of it they did not read, if they belong there."""
    now = clock.now()
    rows = Notice.objects.filter(client_id=client_id, person_id=person_id, mailed_at=None, mail_at__lte=now)
    found = list(rows.select_for_update().order_by("id"))
    rows.filter(id__in=[row.id for row in found]).update(mailed_at=now)
    belongs = any(one.person_id == person_id for one in clients.members(Actor.system(client_id)))
    return [row for row in found if row.read_at is None] if belongs else []


def _write(person: Person, taken: list[Notice], *, hides: bool) -> None:
    kinds = {row.kind for row in taken}
    kind = kinds.pop() if len(kinds) == 1 else ALL_KINDS
    secret = secrets.token_urlsafe(32)
    NoticeStop.objects.create(person_id=person.id, kind=kind, secret_hash=people.secret_hash(secret))
    stop = config.current().address + STOP_PATH.format(secret=secret)
    subject, body = _text(person.first_name, lines_of(taken), hides=hides)
    identity.write_letter(
        to=person.email,
        subject=subject,
        body=body,
        person_id=person.id,
        kind="notice",
        stop=stop,
        # RFC 8058: a mail program may post there, and ask nobody
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def lines_of(rows: list[Notice]) -> list[Line]:
    """Return what to say of some notices, newest last: what somebody did several times in a client is one line."""
    counted = Counter((row.client_id, row.event, row.by_id) for row in rows)
    newest = {(row.client_id, row.event, row.by_id): row.url for row in rows}
    return [Line(*key, count, newest[key]) for key, count in counted.items()]


@letter_text
def _text(name: str, lines: list[Line], *, hides: bool) -> tuple[str, str]:
    """Return subject and body of a mail."""
    firm = people.firm_name()
    who = people.people(line.by_id for line in lines)
    where = people.companies({line.client_id for line in lines})
    said = [sentence(line.event, who[line.by_id].name if line.by_id in who else firm, line.count) for line in lines]
    count = sum(line.count for line in lines)
    news = said[0] if len(said) == 1 else ngettext("%(n)d new thing", "%(n)d new things", count) % {"n": count}
    news = _("News for you") if hides else news
    subject = _("%(news)s: client portal of %(firm)s") % {"news": news, "firm": firm}
    told = [_line(one, where[line.client_id].name, line) for one, line in zip(said, lines, strict=True)]
    if len(told) > LINES:
        more = _("and %(count)d more:") % {"count": len(told) - LINES}
        told = [*told[:LINES], f"{more}\n{config.current().address}/notices/"]
    hello = _("Hello %(name)s,") % {"name": name}
    return subject, "\n\n".join([hello, *told]) + "\n"


def _line(said: str, place: str, line: Line) -> str:
    path = line.url if line.count == 1 else "/notices/"
    link = path if urlsplit(path).scheme else config.current().address + path
    return _("%(what)s, in the space of %(place)s:") % {"what": said, "place": place} + f"\n{link}"
