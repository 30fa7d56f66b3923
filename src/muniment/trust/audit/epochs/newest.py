"""The newest heads of all logs in one text: kept beside a backup, they tell a later restore what was lost."""

import json

from django.db import connection

from muniment.core.unit import bound
from muniment.trust.audit.models import RegisterHead
from muniment.trust.audit.sequencing.numbering import SEQUENCER

_NEWEST = "select distinct on (client_id) note from client_head order by client_id, size desc"


def newest_heads() -> str:
    """Return the newest signed checkpoint of every log and of the register, as a JSON list of notes.

    For the worker's role alone. They name no client: a log's origin says nothing about whose it is.
    """
    with bound(SEQUENCER), connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        notes = [note for (note,) in cursor.fetchall()]
    register = RegisterHead.objects.order_by("-size").values_list("note", flat=True).first()
    return json.dumps([*notes, *([register] if register else [])])
