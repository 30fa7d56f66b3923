"""Take a log along. Each file that leaves is an act of its own."""

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.trust.access import queries as access
from muniment.trust.audit import actions as audit
from muniment.trust.audit import queries as log
from muniment.trust.audit.errors import NothingSigned
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.disclosure.errors import TooLongForPaper
from muniment.trust.disclosure.queries import exports as queries
from muniment.trust.disclosure.types import MOST_ON_PAPER, Export, Form, Why


@action
def export_log(actor: Actor, *, form: Form, wanted: LogFilter | None = None, why: Why = "keep") -> Export:
    """Write down that somebody takes entries of the client's log along, and say which may go into the file.

    Whoever may not read the whole log gets their own entries. A file for a verifier (mlog) is always the whole log.
    The export's own entry is in none of the files but the next one: they end before it.

    Raises:
        NotFound: `actor` may read nothing of this log, or not the whole of it where the whole is asked for.
        NothingSigned: the whole is asked for, and no head of this log was signed yet.
        TooLongForPaper: a PDF would hold more than 5,000 entries.
    """
    if form == "mlog":
        access.require(actor, "log:read")
        if log.checkpoint(actor.client) is None:
            raise NothingSigned
    allowed = queries.readable(actor, LogFilter() if form == "mlog" else wanted or LogFilter())
    if form == "pdf" and log.count(actor, allowed, most=MOST_ON_PAPER + 1) > MOST_ON_PAPER:
        raise TooLongForPaper
    entry_id = audit.record(actor, Event.LOG_EXPORTED, form=form, why=why, whole=allowed == LogFilter())
    return Export(entry_id, form, allowed, clock.now())
