"""What people do with notices: read them, choose which come by mail, and stop those by the link in one."""

from collections.abc import Mapping
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.portal.notices import queries
from muniment.portal.notices.errors import StopLinkOver
from muniment.portal.notices.models import Notice, NoticeChoice, NoticeHabits
from muniment.portal.notices.sources import KINDS
from muniment.portal.notices.types import ALL_KINDS, HOURS, HOWS, Habits, How
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions as identity


@action
def read_notice(actor: Actor, *, notice_id: UUID) -> str:
    """Mark one of the actor's notices as read, and return where it leads; repeating it changes nothing.

    Raises:
        NotFound: the actor has no such notice in this client.
    """
    if actor.person_id is None or actor.looking_as is not None:
        raise NotFound
    notice = Notice.objects.filter(client_id=actor.client, id=notice_id, person_id=actor.person_id).first()
    if notice is None:
        raise NotFound
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    audit.record(actor, Event.NOTICE_READ, notice)
    return notice.url


@action
def read_notices(actor: Actor) -> int:
    """Mark all notices of the actor in this client as read; return how many there were.

    Raises:
        NotFound: nobody is signed in, or somebody looks as somebody else.
    """
    if actor.person_id is None or actor.looking_as is not None:
        raise NotFound
    rows = Notice.objects.filter(client_id=actor.client, person_id=actor.person_id, read_at=None)
    number = rows.update(read_at=clock.now())
    audit.record(actor, Event.NOTICES_READ, notices=number)
    return number


@action
def choose_notices(actor: Actor, *, how: Mapping[str, How], habits: Habits) -> None:
    """Choose how each kind of notices comes by mail, and when mails suit; it holds for what happens from now on.

    Raises:
        NotFound: nobody is signed in, or somebody looks as somebody else.
        Invalid: no such kind, way or hour, or quiet hours with one end.
    """
    if actor.person_id is None or actor.looking_as is not None or actor.guest_link_id is not None:
        raise NotFound
    _insist_on_sense(how, habits)
    NoticeHabits.objects.update_or_create(
        person_id=actor.person_id,
        defaults={
            "daily_hour": habits.daily_hour,
            "quiet_from": habits.quiet_from,
            "quiet_until": habits.quiet_until,
        },
    )
    _choose(actor.person_id, how)
    identity.record_own(actor, Event.NOTICES_CHOSEN, actor.person_id, kinds=len(how))


@action
def stop_mails(actor: Actor, *, secret: str) -> None:
    """Stop mails of the kind that a mail was about, or of all kinds where it was about several; by the link in it.

    Repeating it changes nothing. Notices still come to the bell, and mails about an account still come.

    Raises:
        StopLinkOver: the link is not known, or older than 90 days.
    """
    stop = queries.stop_of(secret)
    if stop is None:
        raise StopLinkOver
    kinds = KINDS if stop.kind == ALL_KINDS else (stop.kind,)
    _choose(stop.person_id, dict.fromkeys(kinds, "never"))
    identity.record_own(actor, Event.NOTICES_STOPPED, stop.person_id, about=stop.person_id, kinds=len(kinds))


def _choose(person_id: UUID, how: Mapping[str, How]) -> None:
    for kind, wanted in how.items():
        NoticeChoice.objects.update_or_create(person_id=person_id, kind=kind, defaults={"how": wanted})


def _insist_on_sense(how: Mapping[str, How], habits: Habits) -> None:
    hours = (habits.daily_hour, habits.quiet_from, habits.quiet_until)
    if not (set(how) <= set(KINDS) and set(how.values()) <= set(HOWS)):
        raise Invalid
    if any(hour is not None and not 0 <= hour < HOURS for hour in hours):
        raise Invalid
    if (habits.quiet_from is None) != (habits.quiet_until is None):
        raise Invalid
