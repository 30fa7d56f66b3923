"""Where grants reach: down through folders, and not into closed ones."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from muniment.core.actor import Actor
from muniment.trust.access.types import SCOPES, Scope

_SPREAD = """
with recursive open as (
  select id from {table} where client_id = %(client)s and id = any(%(granted)s)
  union select f.id from {table} f join open on f.client_id = %(client)s and f.{column} = open.id where not {closed}
), shut as (
  select f.id from {table} f where f.client_id = %(client)s and %(whole)s and {closed}
  union select f.id from {table} f join shut on f.client_id = %(client)s and f.{column} = shut.id
)
select id, true from open union all select id, false from shut where id not in (select id from open)
"""


def spread(client_id: UUID, granted: frozenset[UUID], *, whole: bool) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Return the folders that grants on `granted` open, however deep, and (if `whole`) those that everywhere does not.

    A closed folder lets in only what is granted on it or further in.
    """
    scope = folder_scope()
    if scope is None or not (granted or whole):
        return granted, frozenset()
    meta = _model(scope)._meta
    closed = f"f.{meta.get_field(scope.closed).column}" if scope.closed else "false"
    sql = _SPREAD.format(table=meta.db_table, column=meta.get_field(scope.container).column, closed=closed)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"client": client_id, "granted": list(granted), "whole": whole})
        rows = cursor.fetchall()
    return frozenset(i for i, is_open in rows if is_open), frozenset(i for i, is_open in rows if not is_open)


def open_places(actor: Actor, place_ids: Collection[UUID]) -> tuple[frozenset[UUID], bool]:
    """Return on which of the nested places a grant reaches the innermost, and whether one on the whole client does.

    `place_ids` are a thing and all folders around it. Grants around a closed folder do not reach what is in it.
    """
    scope = folder_scope()
    if scope is None or not scope.closed:
        return frozenset(place_ids), True
    rows = _model(scope)._default_manager.filter(client_id=actor.client, pk__in=place_ids)  # noqa: SLF001 - documented
    folders = {pk: (above, closed) for pk, above, closed in rows.values_list("pk", scope.container, scope.closed)}
    if not any(closed for _above, closed in folders.values()):
        return frozenset(place_ids), True
    here = frozenset(place_ids) - folders.keys()
    place = next(iter(folders.keys() - {above for above, _closed in folders.values()}), None)
    while place is not None and place in folders:
        here |= {place}
        place, closed = folders[place]
        if closed:
            return here, False
    return here, True


def around(client_id: UUID, kind: str, scope_id: UUID | None) -> frozenset[UUID]:
    """Return a scope and the folder that holds it: who may do something in that folder may with what lies in it."""
    if scope_id is None:
        return frozenset()
    scope = next(found for found in SCOPES.values() if found.kind == kind)
    rows = _model(scope)._default_manager.filter(client_id=client_id, pk=scope_id)  # noqa: SLF001 - documented
    above = rows.values_list(scope.container, flat=True).first()
    return frozenset({scope_id, above} if above else {scope_id})


def folder_scope() -> Scope | None:
    """Return the scope of folders, if there is one."""
    return next((scope for scope in SCOPES.values() if scope.kind == "folder"), None)


def _model(scope: Scope) -> Any:
    """Return the class of a scope's rows, which Django's registry knows only while running."""
    return apps.get_model(scope.model)
