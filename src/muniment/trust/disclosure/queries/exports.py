"""What may be taken along of a log, in batches, and the files it is written to."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from muniment.core.actor import Actor
from muniment.core.db.lending import give_back
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EntryFacts
from muniment.trust.disclosure import paper, tables
from muniment.trust.disclosure.types import Export, LogLine, Title

BATCH = 500


def readable(actor: Actor, wanted: LogFilter) -> LogFilter:
    """Return what of `wanted` the actor may read of the client's log: all of it, or what they did themselves.

    Raises:
        NotFound: nothing.
    """
    if access.may(actor, "log:read"):
        return wanted
    if actor.person_id is None or not access.may_somewhere(actor, "log:read"):
        raise NotFound
    return replace(wanted, person_id=actor.person_id)


def batches(actor: Actor, export: Export) -> Iterator[list[EntryFacts]]:
    """Return the entries of an export, newest first, some hundred at a time; between two no connection is held."""
    last = export.id
    while found := log.entries(actor, export.wanted, before=last, limit=BATCH):
        give_back()
        yield found
        last = found[-1].id


def written(actor: Actor, export: Export, title: Title, lines: Iterable[LogLine]) -> Iterator[bytes]:
    """Return the file of an export, piece by piece; a PDF comes whole, so it is short.

    Raises:
        NothingSigned: a file for a verifier is wanted, and no head of the log was signed yet.
    """
    if export.form == "mlog":
        return log.export_lines(actor)
    if export.form == "csv":
        return tables.as_csv(lines)
    if export.form == "json":
        return tables.as_json(title, lines)
    return paper.as_pdf(title, lines)
