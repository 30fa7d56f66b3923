"""Find documents by parts of their names and by the words in them, as far as the actor may view them.

The index proposes, newest first; who may see what is decided by `access` over exactly those rows, and nothing is
counted. Only the names of what is shown, or may be shown, are opened.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import acting_as, desk, query
from muniment.portal.documents import kinds
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries.documents import document_facts
from muniment.portal.documents.types import PAGE_SIZES, Cursor, FoundDocument, SearchPage
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.vault import actions as vault

MOST_AT_ONCE = 2000

Look = Callable[[vault.index.After | None, int], list[vault.index.Hit]]
See = Callable[[list[vault.index.Hit]], list[FoundDocument]]


SEARCHED_BYTES_MOST = vault.index.BYTES_MOST
"""Larger files are found by their names only."""


@query
def is_search_on(actor: Actor) -> bool:
    """Return whether the documents of the client can be searched.

    Raises:
        NotFound: the actor may not switch it.
    """
    access.require(actor, "search:switch")
    return vault.index.is_on(actor.client)


@query
def search(actor: Actor, text: str, *, kind: str = "", older: Cursor | None = None) -> SearchPage:
    """Return a page of the documents of the client that the actor may view and that fit `text`, newest first.

    All terms must be in the name, the short ones as beginnings of words; or all words in the name and the text.

    Raises:
        Invalid: an unknown kind.
    """
    _refuse_unknown(kind)
    question = vault.index.ask(actor.client, text)
    if question is None:
        return SearchPage(is_off=not vault.index.is_on(actor.client))
    if not question.is_answerable:
        return SearchPage(is_too_short=True)
    allowed = access.reach(actor, "document:view")
    if allowed.nothing:
        return SearchPage()
    within = None if allowed.whole else vault.index.Within(allowed.folders, allowed.things)

    def look(after: vault.index.After | None, most: int) -> list[vault.index.Hit]:
        return vault.index.find(
            actor.client, question, sort="document", kind=kind, within=within, after=after, most=most
        )

    return _page(look, lambda hits: _seen(actor, question, hits, kind), older)


@query
def search_everywhere(
    actor: Actor, text: str, *, client_id: UUID | None = None, kind: str = "", older: Cursor | None = None
) -> SearchPage:
    """Return a page of what `search` finds in all clients that the person belongs to, or in one of them.

    Clients whose search is switched off are passed over.

    Raises:
        Invalid: an unknown kind.
    """
    _refuse_unknown(kind)
    if actor.person_id is None:
        return SearchPage()
    served = {membership.client_id for membership in clients.memberships(actor.person_id)}
    with desk(actor):
        questions = vault.index.ask_across(served & {client_id} if client_id else served, text)
    if not any(question.is_answerable for question in questions.values()):
        return SearchPage(is_too_short=bool(questions))

    def look(after: vault.index.After | None, most: int) -> list[vault.index.Hit]:
        with desk(actor):
            return vault.index.find_across(questions, sort="document", kind=kind, after=after, most=most)

    def see(hits: list[vault.index.Hit]) -> list[FoundDocument]:
        found: dict[UUID, FoundDocument] = {}
        for inside_id in {hit.client_id for hit in hits}:
            inside = actor.within(inside_id)
            with acting_as(inside):
                here = [hit for hit in hits if hit.client_id == inside_id]
                found |= {row.document.id: row for row in _seen(inside, questions[inside_id], here, kind)}
        return [found[hit.id] for hit in hits if hit.id in found]

    return _page(look, see, older)


def _refuse_unknown(kind: str) -> None:
    if kind and kind not in kinds.KINDS:
        raise Invalid


def _page(look: Look, see: See, older: Cursor | None) -> SearchPage:
    """Return one page of what can be seen, looking further until it is full or there is nothing more."""
    limit = PAGE_SIZES[0]
    after = _after(older)
    rows: list[FoundDocument] = []
    most = limit + 1
    while len(rows) <= limit:
        hits = look(after, most)
        rows += see(hits)
        if len(hits) < most:
            break
        after = vault.index.After(hits[-1].ranked_at, hits[-1].id)
        most = min(most * 4, MOST_AT_ONCE)
    more, rows = len(rows) > limit, rows[:limit]
    last = rows[-1].document if rows else None
    return SearchPage(rows=rows, older=Cursor(last.changed_at.isoformat(), last.id) if last and more else None)


def _seen(actor: Actor, question: vault.index.Question, hits: list[vault.index.Hit], kind: str) -> list[FoundDocument]:
    """Return those of the hits that the actor may view and that fit, in the same order, in the open transaction."""
    visible = access.visible(actor, "document:view", Document).filter(trashed_at=None)
    if kind:
        visible = visible.filter(kind=kind)
    rows = {row.id: document_facts(row) for row in visible.filter(id__in=[hit.id for hit in hits])}
    fitting = []
    for hit in hits:
        row = rows.get(hit.id)
        if row is None:
            continue
        is_named = all(vault.index.is_in_name(term, row.name) for term in question.terms)
        if is_named or hit.has_words:
            fitting.append((row, is_named))
    places = _places(actor, (row.folder_id for row, _ in fitting))
    return [
        FoundDocument(row, actor.client, places.get(row.folder_id, ""), is_named=is_named) for row, is_named in fitting
    ]


def _places(actor: Actor, folder_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return the names of folders that the actor may view."""
    wanted = {folder_id for folder_id in folder_ids if folder_id}
    if not wanted:
        return {}
    rows = access.visible(actor, "document:view", Folder).filter(id__in=wanted)
    return {row.id: row.name for row in rows}


def _after(older: Cursor | None) -> vault.index.After | None:
    if older is None:
        return None
    try:
        return vault.index.After(datetime.fromisoformat(older.value), older.id)
    except ValueError as error:
        raise Invalid from error
