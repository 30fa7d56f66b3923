"""In how many threads something is new to somebody: counted for the navigation of every page."""

from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from muniment.core.actor import Actor
from muniment.core.db.prepared import Prepared
from muniment.core.unit import acting_as
from muniment.portal.conversations.models import ReadMark, Thread
from muniment.portal.conversations.queries import seeing

MOST: Final = 50
_LOOKED_AT_MOST: Final = 200


def unread(actor: Actor) -> int:
    """Return in how many of the newest 200 threads of the actor's client something is new to them, at most 50.

    That they may read threads is known. One statement; where threads are about things, one more for each kind of
    things that what is new is about.
    """
    if actor.person_id is None:
        return 0
    with acting_as(actor):
        new = _UNREAD(client_id=actor.client, person_id=actor.person_id)
        bare = sum(not about for _thread_id, about in new)
        if bare == len(new):
            return bare
        rows = Thread.objects.filter(client_id=actor.client, id__in=[thread_id for thread_id, about in new if about])
        return bare + len(seeing.seen_of(actor, rows.only("id", "client_id", "about", "about_id")))


def _unread(client_id: UUID, person_id: UUID) -> QuerySet[Thread, tuple[UUID, str]]:
    marks = ReadMark.objects.filter(client_id=client_id, thread_id=OuterRef("id"), person_id=person_id)
    newest = Thread.objects.filter(client_id=client_id).order_by("-last_at", "-id").values("id")[:_LOOKED_AT_MOST]
    rows = Thread.objects.filter(
        Q(last_by=None) | ~Q(last_by=person_id),
        client_id=client_id,
        id__in=newest,
        last_number__gt=Coalesce(marks.values("number")[:1], Value(0)),
    )
    return rows.order_by("id").values_list("id", "about")[:MOST]


_UNREAD = Prepared(_unread)
