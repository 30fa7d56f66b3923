"""Look for tokens: in the bound client, or in every client of the bound person."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from muniment.trust.vault.index import keys, tokens
from muniment.trust.vault.index.models import IndexedThing
from muniment.trust.vault.index.tokens import Question
from muniment.trust.vault.index.types import After, Hit, IndexState, Within

_FIND = "select %s::uuid, * from app.find_indexed(%s, %s, %s::bigint[], %s::bigint[], %s, %s, %s, %s, %s)"
_FIND_ACROSS = "select * from app.find_indexed_across(%s::jsonb, %s, %s, %s, %s, %s)"


def ask(client_id: UUID, text: str) -> Question | None:
    """Return what to look for in the bound client when somebody types `text`; None while its index is off."""
    key = keys.key_to_read(client_id)
    return None if key is None else tokens.question(key, text)


def ask_across(client_ids: Iterable[UUID], text: str) -> dict[UUID, Question]:
    """Return what to look for in each of several clients, under the desk's role; without those whose index is off."""
    return {client_id: tokens.question(key, text) for client_id, key in keys.keys_to_read(client_ids).items()}


def find(
    client_id: UUID,
    question: Question,
    *,
    sort: str,
    kind: str = "",
    within: Within | None = None,
    after: After | None = None,
    most: int,
) -> list[Hit]:
    """Return at most `most` hits in the bound client, newest first; fewer mean that there are no more.

    With `kind` or `within` only those of that kind or in those places.
    """
    places = None if within is None else list(within.places)
    things = None if within is None else list(within.things)
    asked = [sort, kind, question.name_tokens, question.word_tokens, places, things, *_end(after), most]
    return _hits(_FIND, [client_id, *asked])


def find_across(
    questions: dict[UUID, Question], *, sort: str, kind: str = "", after: After | None = None, most: int
) -> list[Hit]:
    """Return at most `most` hits in the clients of the bound person, newest first; fewer mean that there are no more.

    Needs the desk's role. Clients that the person does not belong to are passed over.
    """
    wanted = [
        {"client": str(client_id), "names": question.name_tokens, "words": question.word_tokens}
        for client_id, question in questions.items()
    ]
    return _hits(_FIND_ACROSS, [json.dumps(wanted), sort, kind, *_end(after), most])


def states(client_id: UUID, thing_ids: Iterable[UUID]) -> dict[UUID, IndexState]:
    """Return how some things of the bound client are indexed; those that are not are left out."""
    rows = IndexedThing.objects.filter(client_id=client_id, id__in=list(thing_ids))
    found = rows.values_list("id", "edition", "rules", "state")
    return {thing_id: IndexState(edition, rules, state) for thing_id, edition, rules, state in found}


def _end(after: After | None) -> tuple[Any, Any]:
    return (after.ranked_at, after.id) if after else (None, None)


def _hits(sql: str, parameters: list[Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Hit(*row) for row in cursor.fetchall()]
