"""Which threads somebody sees, and who sees one: the verb on the whole client, and the thing that it is about."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.conversations.models import Thread
from muniment.portal.conversations.types import SUBJECTS, Subject
from muniment.trust.access import queries as access
from muniment.trust.identity import queries as identity

Ask = Callable[[Subject, Collection[UUID]], frozenset[UUID]]


def subject_of(kind: str) -> Subject:
    """Return a kind of thing that threads can be about.

    Raises:
        NotFound: there is no such kind.
    """
    if kind not in SUBJECTS:
        raise NotFound
    return SUBJECTS[kind]


def require_thing(actor: Actor, kind: str, thing_id: UUID) -> Subject:
    """Insist that the actor may see a thing that threads can be about.

    Raises:
        NotFound: there is no such thing, or it is not for this actor.
    """
    subject = subject_of(kind)
    if thing_id not in subject.may_see(actor, [thing_id]):
        raise NotFound
    return subject


def thread_of(actor: Actor, thread_id: UUID, verb: str = "thread:view", *, to_write: bool = False) -> Thread:
    """Return the row of a thread with which the actor may do `verb`; to write, nobody else can until the end.

    Raises:
        NotFound: there is no such thread, or it is not for this actor.
    """
    row = access.find(actor, verb, Thread, thread_id)
    if row.about:
        require_thing(actor, row.about, _thing(row))
    if to_write:
        row = Thread.objects.select_for_update(no_key=True).get(client_id=actor.client, id=thread_id)
    return row


def seen_of(actor: Actor, rows: Iterable[Thread]) -> list[Thread]:
    """Return those of some threads whose things the actor may see; that they may read threads is known."""
    found = list(rows)
    seen = _things(found, lambda subject, ids: subject.may_see(actor, ids))
    return [row for row in found if not row.about or row.about_id in seen[row.about]]


def things_named(actor: Actor, rows: Iterable[Thread]) -> dict[tuple[str, UUID], str]:
    """Return the names of the things that some threads are about, by kind and id."""
    named: dict[tuple[str, UUID], str] = {}
    for kind, ids in _ids_by_kind(rows).items():
        if kind in SUBJECTS:
            named |= {(kind, thing_id): name for thing_id, name in SUBJECTS[kind].name_of(actor, ids).items()}
    return named


def readers(actor: Actor, row: Thread, people: Collection[UUID] | None = None) -> frozenset[UUID]:
    """Return who of some people (None: of all) may read a thread, whatever the hour; the caller may read it."""
    able = access.holders(actor, "thread:view")
    if people is not None:
        able &= frozenset(people)
    if not row.about:
        return able
    subject = SUBJECTS.get(row.about)
    return frozenset(person for person in able if subject and _sees(actor, subject, _thing(row), person))


def _sees(actor: Actor, subject: Subject, thing_id: UUID, person_id: UUID) -> bool:
    with suppress(NotFound):
        somebody = identity.imagined(actor, person_id)
        return thing_id in subject.may_see(somebody, [thing_id])
    return False


def _things(rows: Iterable[Thread], ask: Ask) -> dict[str, frozenset[UUID]]:
    found: dict[str, frozenset[UUID]] = defaultdict(frozenset)
    for kind, ids in _ids_by_kind(rows).items():
        if kind in SUBJECTS:
            found[kind] = ask(SUBJECTS[kind], ids)
    return found


def _ids_by_kind(rows: Iterable[Thread]) -> dict[str, set[UUID]]:
    found: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        if row.about:
            found[row.about].add(_thing(row))
    return found


def _thing(row: Thread) -> UUID:
    if row.about_id is None:
        raise LookupError("the database keeps both or neither")
    return row.about_id
