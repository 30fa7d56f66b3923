"""Sealed values, opened and sealed anew with the key that seals now. They are found through the models."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from muniment.trust.clients.types import ClientRow
from muniment.trust.vault import fields, queries
from muniment.trust.vault.index import keys as index
from muniment.trust.vault.keys import rewrapping
from muniment.trust.vault.keys.wrapping import Seal
from muniment.trust.vault.models import PersonKey

Place = tuple[type[models.Model], fields.SealedField]


def of_client(client_id: UUID, version: int, most: int) -> int:
    """Seal values of the bound client with a version of its key; return how many were under another."""
    for model, field in _places(of_people=False, of_clients=True):
        rows = _rows(model, field, "substr({column}, 1, %s) <> %s", _heads(Seal(version)), most, client_id)
        if done := _reseal(model, field, rows, Seal(version)):
            return done
    if not index.is_sealed_with(client_id, version):
        index.seal_again(client_id)
        return 1
    return 0


def of_people_in(client_id: UUID, most: int) -> int:
    """Seal values about people in the bound client's rows, addresses too, with the newest people key."""
    return _people_values(most, client_id) or _emails(most, client_id)


def people(most: int) -> int:
    """Seal values about people in rows of no client as they are sealed now; return how many were not.

    Who was there before people had keys of their own gets one first.
    """
    if missing := _without_key(most):
        for person_id in missing:
            rewrapping.make_person_key(person_id)
        return len(missing)
    return _people_values(most, None) or _emails(most, None)


def unique_emails(version: int) -> int:
    """Seal every address that nobody else may have with a new version of the people key, all in one transaction.

    Were it done in batches, the same address could be there twice: once sealed with each version.
    """
    count = 0
    for model, field in _email_places():
        if issubclass(model, ClientRow) or not field.unique:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"lock table {_name(model)} in share row exclusive mode")
        while found := _emails_of(model, field, Seal(version), 1000, None):
            count += found
    return count


def of_person(person_id: UUID) -> int:
    """Seal what lies in rows of one person with their own key; return how many values were not."""
    count = 0
    for model, field in _places(of_people=True, of_clients=False):
        of = getattr(field, "of", "")
        if not of:
            continue
        where = f"{_quoted(_column(model, of))} = %s and substr({{column}}, 1, 1) <> %s"
        under = Seal(owner=person_id.bytes)
        while done := _reseal(model, field, _rows(model, field, where, [person_id, b"\x03"], 500, None), under):
            count += done
    return count


def samples_of_client(client_id: UUID, most: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield some values of each sealed column in the bound client's rows, each with its place, as they lie there."""
    for model, field in _places(of_people=False, of_clients=True, changing=False):
        for key, value in _rows(model, field, "true", [], most, client_id, lock=False):
            row = model(pk=key, client_id=client_id)
            yield bytes(value), field.place(row)


def samples_of_person(person_id: UUID, most: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield some values of each column that is sealed with a person's key, each with its place, as they lie there."""
    for model, field in _places(of_people=True, of_clients=False, changing=False):
        of = getattr(field, "of", "")
        if not of:
            continue
        where = f"{_quoted(_column(model, of))} = %s"
        for key, value in _rows(model, field, where, [person_id], most, None, lock=False):
            row = model._default_manager.get(pk=key)  # noqa: SLF001 - Django's documented manager
            yield bytes(value), field.place(row)


def _without_key(most: int) -> list[UUID]:
    """Return people, whose own rows have sealed values, who have no key; one that was destroyed is one."""
    found: list[UUID] = []
    for model, field in _places(of_people=True, of_clients=False):
        if getattr(field, "of", "") != model._meta.pk.attname:
            continue
        known = PersonKey.objects.values("person_id")
        rows = model._default_manager.exclude(pk__in=known)  # noqa: SLF001 - Django's documented manager
        found += rows.values_list("pk", flat=True)[:most]
    return found


def _people_values(most: int, client_id: UUID | None) -> int:
    under = Seal(queries.installation_versions("people")[0])
    newest = _heads(under)
    for model, field in _places(of_people=True, of_clients=client_id is not None):
        where, values = "substr({column}, 1, 1) <> %s and substr({column}, 1, %s) <> %s", [b"\x03", *newest]
        if of := getattr(field, "of", ""):  # what should be under a person's own key, and is not
            owner = f"{_name(model)}.{_quoted(_column(model, of))}"
            has_key = (
                f"exists (select 1 from {_name(PersonKey)} k where k.person_id = {owner} and k.destroyed_at is null)"  # noqa: S608 - names from models
            )
            where = f"substr({{column}}, 1, 1) <> %s and (substr({{column}}, 1, %s) <> %s or {has_key})"
        if done := _reseal(model, field, _rows(model, field, where, values, most, client_id), under):
            return done
    return 0


def _emails(most: int, client_id: UUID | None) -> int:
    under = fields.newest_email_seal()
    for model, field in _email_places():
        if issubclass(model, ClientRow) == (client_id is not None) and (
            done := _emails_of(model, field, under, most, client_id)
        ):
            return done
    return 0


def _emails_of(
    model: type[models.Model], field: fields.PeopleEmail, under: Seal, most: int, client_id: UUID | None
) -> int:
    """Seal addresses anew; the head of what is sealed stands at the start of its text too."""
    start = fields.email_start(under)
    rows = _rows(model, field, "left({column}, %s) <> %s", [len(start), start], most, client_id)
    with connection.cursor() as cursor:
        for key, old in rows:
            address = field.from_db_value(old, None, connection)
            _replace(cursor, model, field, key, old, fields.seal_email(str(address), under))
    return len(rows)


def _reseal(model: type[models.Model], field: fields.SealedField, rows: list[tuple[Any, Any]], under: Seal) -> int:
    names = {"client_id", getattr(field, "of", "")}
    wanted = [name for name in names if name in {f.attname for f in model._meta.concrete_fields}]
    known = {
        row.pk: row
        for row in model._default_manager.filter(pk__in=[key for key, _ in rows]).only("pk", *wanted)  # noqa: SLF001 - documented
    }
    with connection.cursor() as cursor:
        for key, old in rows:
            own = field.owner_seal(known[key]) if isinstance(field, fields.OfPeople) else None
            fresh = field.reseal(known[key], bytes(old), own or under)
            _replace(cursor, model, field, key, bytes(old), bytes(fresh))
    return len(rows)


def _replace(cursor: Any, model: type[models.Model], field: Any, key: Any, old: Any, fresh: Any) -> None:
    """Put the new value in the place of the old one, unless somebody has written another meanwhile."""
    column, own = _quoted(field.column), _quoted(str(model._meta.pk.column))
    cursor.execute(
        f"update {_name(model)} set {column} = %s where {own} = %s and {column} = %s",  # noqa: S608 - names from models
        [fresh, key, old],
    )


def _rows(
    model: type[models.Model],
    field: Any,
    where: str,
    values: list[Any],
    most: int,
    client_id: UUID | None,
    *,
    lock: bool = True,
) -> list[tuple[Any, Any]]:
    """Return keys and raw values of some rows, locked until the transaction ends if they are to be changed."""
    column, own = _quoted(field.column), _quoted(str(model._meta.pk.column))
    of_client = "client_id = %s and " if client_id is not None else ""
    sql = (
        f"select {own}, {column} from {_name(model)} where {of_client}{column} is not null "  # noqa: S608 - the same
        f"and {where.format(column=column)} order by {own} limit %s {'for update skip locked' if lock else ''}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*([client_id] if client_id is not None else []), *values, most])
        return list(cursor.fetchall())


def _places(*, of_people: bool, of_clients: bool, changing: bool = True) -> Iterator[Place]:
    """Yield every sealed field: about people or not, in rows of clients or in others."""
    for model in apps.get_models():
        if issubclass(model, ClientRow) != of_clients or (changing and not _may_change(model)):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, fields.SealedField) and isinstance(field, fields.OfPeople) == of_people:
                yield model, field


def _email_places() -> Iterator[tuple[type[models.Model], fields.PeopleEmail]]:
    for model in apps.get_models():
        if not _may_change(model):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, fields.PeopleEmail):
                yield model, field


def _may_change(model: type[models.Model]) -> bool:
    """Tell whether rows of a model are ever changed; what is written once stays under the key it was sealed with."""
    if not any(isinstance(field, fields.SealedField | fields.PeopleEmail) for field in model._meta.concrete_fields):
        return False
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege(%s, 'update')", [_name(model)])
        return bool(cursor.fetchone()[0])


def _column(model: type[models.Model], attribute: str) -> str:
    return next(str(field.column) for field in model._meta.concrete_fields if field.attname == attribute)


def _heads(under: Seal) -> list[Any]:
    return [len(under.head), under.head]


def _name(model: type[models.Model]) -> str:
    return _quoted(model._meta.db_table)


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
