"""What others have confirmed of the register."""

from datetime import datetime

from django.db import connection

from muniment.core import config
from muniment.trust.audit.confirming import witnesses
from muniment.trust.audit.models import Confirmer, Cosignature, RegisterHead, TimeStamp
from muniment.trust.audit.types import ConfirmerFacts, Head, Outcome, Stamped

_WITNESSED = """
select size from cosignature where size > %s and witness = any(%s)
group by size having count(*) >= %s order by size limit 1
"""
_LAST_WITNESSED = """
select size from cosignature where witness = any(%s)
group by size having count(*) >= %s order by size desc limit 1
"""


def cosigned(note: str, size: int) -> str:
    """Return the register's checkpoint at `size` with every cosignature there is under it."""
    lines = Cosignature.objects.filter(size=size).order_by("witness").values_list("line", flat=True)
    return note + "".join(lines)


def witnessed_head_covering(index: int) -> Head | None:
    """Return the first head of the register over `index` that more than half of the witnesses cosigned, if any."""
    vkeys = _vkeys()
    if not vkeys:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_WITNESSED, [index, vkeys, witnesses.quorum(len(vkeys))])
        found = cursor.fetchone()
    return None if found is None else _head(RegisterHead.objects.get(size=found[0]))


def last_witnessed_at() -> datetime | None:
    """Return when the largest head that more than half of the witnesses cosigned was signed."""
    vkeys = _vkeys()
    with connection.cursor() as cursor:
        cursor.execute(_LAST_WITNESSED, [vkeys, witnesses.quorum(len(vkeys))])
        found = cursor.fetchone()
    return None if found is None else RegisterHead.objects.get(size=found[0]).signed_at


def time_stamps(*, since: int = 0) -> list[Stamped]:
    """Return the time stamps over heads of the register larger than `since`, oldest first."""
    rows = list(TimeStamp.objects.filter(size__gt=since).order_by("size"))
    texts = dict(RegisterHead.objects.filter(size__in=[row.size for row in rows]).values_list("size", "note"))
    return [Stamped(row.size, texts[row.size], bytes(row.token), row.authority, row.at) for row in rows]


def witness_facts() -> list[ConfirmerFacts]:
    """Return how it last went with each witness of the settings, in their order."""
    known = {row.name: row for row in Confirmer.objects.filter(name__in=_vkeys())}
    return [_facts(witness.key.name, known.get(witness.key.vkey)) for witness in witnesses.configured()]


def authority_facts() -> ConfirmerFacts | None:
    """Return how it last went with the time-stamp authority of the settings, if one is set."""
    url = config.current().time_stamp_url
    return None if url is None else _facts(url, Confirmer.objects.filter(name=url).first())


def _facts(name: str, row: Confirmer | None) -> ConfirmerFacts:
    if row is None:
        return ConfirmerFacts(name, None, None, None)
    return ConfirmerFacts(name, Outcome(row.outcome), row.asked_at, row.confirmed_at)


def _vkeys() -> list[str]:
    return [witness.key.vkey for witness in witnesses.configured()]


def _head(row: RegisterHead) -> Head:
    return Head(row.size, bytes(row.root), cosigned(row.note, row.size), row.signed_at)
