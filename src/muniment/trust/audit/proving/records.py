"""Which heads of a client's log, and which checkpoints of the register over them, go along with its export.

A checkpoint of the register is only worth something with the latest head that it holds of this log: what came after
that head was not there yet when witnesses or a time stamp saw the checkpoint.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection

from muniment.core import clock
from muniment.trust.audit.confirming.confirmations import cosigned, time_stamps, witnessed_head_covering
from muniment.trust.audit.models import ClientHead, RegisterHead
from muniment.trust.audit.proving import trees
from muniment.trust.audit.types import Head, Stamped
from muniment_verify.encoding import to_base64
from muniment_verify.proofs import format_proof

HOURLY = timedelta(days=31)  # the last month goes along hour by hour, what is older day by day
_PLACES = """
select distinct on (date_trunc(case when signed_at >= %s then 'hour' else 'day' end, signed_at)) register_index
from client_head where client_id = %s and size <= %s
order by date_trunc(case when signed_at >= %s then 'hour' else 'day' end, signed_at), size desc
"""


@dataclass(frozen=True)
class Record:
    """A head of a client's log, and a head of the register that holds it as the latest of this log."""

    head: ClientHead
    register: Head

    def lines(self) -> dict[str, str]:
        """Return what an export says about it."""
        place = self.head.register_index
        path = trees.register_inclusion(place, self.register.size)
        return {"checkpoint": self.head.note, "register": format_proof(place, path, self.register.note)}


def register_head_for(place: int) -> Head | None:
    """Return the head of the register that a proof leads to: the first that witnesses cosigned, else the first."""
    return witnessed_head_covering(place) or trees.register_head_covering(place)


def records(client_id: UUID, size: int, stamps: list[Stamped]) -> list[Record]:
    """Return what goes along with the first `size` entries of the bound client's log, in order.

    The last head of each hour or day is among them, and one for each of `stamps` that says something about this log.
    """
    with connection.cursor() as cursor:
        hourly = clock.now() - HOURLY
        cursor.execute(_PLACES, [hourly, client_id, size, hourly])
        places = [place for (place,) in cursor.fetchall()]
    last = ClientHead.objects.get(client_id=client_id, size=size)
    tops = {top.size: top for top in (register_head_for(place) for place in places) if top is not None}
    first = trees.register_head_covering(last.register_index)  # also when no witness has seen it yet
    if first is not None:
        tops[first.size] = first
    for row in RegisterHead.objects.filter(size__in=[stamp.size for stamp in stamps]):
        tops[row.size] = Head(row.size, bytes(row.root), cosigned(row.note, row.size), row.signed_at)
    found = [Record(head, top) for top in tops.values() if (head := _latest_in(client_id, top)) and head.size <= size]
    return sorted(found, key=lambda record: (record.head.size, record.register.size))


def stamps_to_show() -> list[Stamped]:
    """Return the last time stamp of each hour of the last month, and of each day before, oldest first."""
    hourly = clock.now() - HOURLY
    last = {(stamp.at.date(), stamp.at.hour if stamp.at >= hourly else 0): stamp for stamp in time_stamps()}
    return sorted(last.values(), key=lambda stamp: stamp.size)


def _latest_in(client_id: UUID, top: Head) -> ClientHead | None:
    rows = ClientHead.objects.filter(client_id=client_id, register_index__lt=top.size)
    return rows.order_by("-register_index").first()


def stamp_lines(stamps: list[Stamped], found: list[Record]) -> Iterator[dict[str, str]]:
    """Yield what an export says about the time stamps over the register's heads that are in it."""
    present = {record.register.size: record.register.note for record in found}
    for stamp in stamps:
        if stamp.size in present:
            yield {
                "checkpoint": present[stamp.size],
                "token": to_base64(stamp.token),
                "authority": stamp.authority,
            }
