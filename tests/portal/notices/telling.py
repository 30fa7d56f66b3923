"""Let the log be numbered and followed, as the worker does, and look at what people are told."""

from typing import Any
from uuid import UUID

from muniment.core.unit import acting_as
from muniment.portal.notices import following, mailing
from muniment.portal.notices.models import Notice
from muniment.trust.identity.models import Letter
from tests.cast import Portal
from tests.trust.audit.numbered import number
from tests.worker import as_worker


def follow(portal: Portal) -> int:
    """Number and follow every log to its end; return how many notices came of it."""
    number()
    with as_worker():
        return sum(following.follow_log(client_id).notices for client_id in following.logs_to_follow())


def told(portal: Portal, who: str) -> list[str]:
    """Return of which acts somebody was told in Okoye's space, oldest first."""
    return [notice.event for notice in notices(portal, who)]


def notices(portal: Portal, who: str) -> list[Notice]:
    """Return somebody's notices in Okoye's space, oldest first."""
    with acting_as(portal.actor("cleo", portal.okoye)):
        return list(Notice.objects.filter(client_id=portal.okoye, person_id=portal.people[who]).order_by("id"))


def mail(portal: Portal) -> list[dict[str, Any]]:
    """Write what is due, and return every notice mail that waits, oldest first."""
    with as_worker():
        for person_id, client_ids in mailing.due().items():
            mailing.write_mail(person_id, client_ids)
    return [row.message for row in Letter.objects.filter(kind="notice").order_by("id")]


def to(portal: Portal, person_id: UUID) -> list[dict[str, Any]]:
    """Return the notice mails to one person."""
    return [row.message for row in Letter.objects.filter(kind="notice", person_id=person_id).order_by("id")]
