"""Everything that the portal keeps of a person, for that person: by the data map, so that nothing is forgotten."""

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import models as fields

from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.core.data_map import Class, Kept
from muniment.core.data_map.libraries import LIBRARIES
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.clients import queries as clients
from muniment.trust.clients.types import ClientRow
from muniment.trust.identity import models
from muniment.trust.identity.queries.companies import company, firm_name

FORMAT: Final = "own-data/v1"
ENTRIES_MOST: Final = 5000  # of each log; the page says that there are older ones
NOBODY: Final = UUID(int=0)
ROWS_MOST: Final = 5000  # of each table
_WHOSE: Final = ("person_id", "user_id", "subject_id")
_BY_ADDRESS: Final = ("invitation", "guest")
_HOLDS_KEYS: Final = {("session", "data"), ("letter", "message")}


def own_data(actor: Actor) -> bytes:
    """Return a JSON file with what the portal keeps of the actor.

    Of every table with a column that names the person: what is in the clear and what is personal, with what each is
    for. What gives access is named and not shown. What their clients wrote is theirs as long as they belong there.
    Of the logs: what they did themselves, the newest 5,000 entries of each.
    """
    person = models.Person.objects.get(id=actor.person_id or NOBODY)
    belonging = {membership.client_id for membership in clients.memberships(person.id)}
    places = clients.places_of(person.id)
    found: dict[str, Any] = {
        "muniment": FORMAT,
        "portal": {"firm": firm_name(), "address": config.current().address},
        "written_at": _plain(clock.now()),
        "person": _row(person, _kept(models.Person), with_content=True),
        "kept": _tables(person, [None]),
        "clients": [],
    }
    for client_id in places:
        here = client_id in belonging
        with bound(Binding(client_id)):
            kept = _tables(person, [client_id], with_content=here)
        found["clients"].append(
            {
                "reference": ids.public(client_id),
                "name": company(client_id).name if here else "",
                "belongs_there_now": here,
                "kept": kept,
                "log": _entries(client_id, person.id),
            }
        )
    return json.dumps(found, indent=2, ensure_ascii=False).encode() + b"\n"


def _tables(person: models.Person, places: list[UUID | None], *, with_content: bool = True) -> list[dict[str, Any]]:
    found = []
    for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table):
        kept, of_client = _kept(model), issubclass(model, ClientRow)
        if kept is None or model is models.Person or of_client is (places == [None]):
            continue
        where = _naming(model, person)
        if where is None:
            continue
        if of_client:
            where &= fields.Q(client_id=places[0])
        rows = [
            _row(row, kept, with_content=with_content)
            for row in model._default_manager.filter(where)[:ROWS_MOST]  # noqa: SLF001 - Django's documented manager
        ]
        if rows:
            found.append({"table": model._meta.db_table, "until": kept.until, "rows": rows})
    return found


def _naming(model: type[fields.Model], person: models.Person) -> fields.Q | None:
    """Return which rows of a model are about the person; None where none can be."""
    names = {field.attname for field in model._meta.concrete_fields}
    if model._meta.db_table in {"entry", "account_emailaddress"}:
        return None  # the log is read as a log; the library's table has no rows
    if model._meta.db_table == "attendance":
        return fields.Q(id=person.id)
    if model._meta.db_table in _BY_ADDRESS:
        return fields.Q(email=person.email)
    return next((fields.Q(**{name: person.id}) for name in _WHOSE if name in names), None)


def _row(row: fields.Model, kept: Kept | None, *, with_content: bool) -> dict[str, Any]:
    assert kept is not None  # noqa: S101 - asked before  # nosec B101
    shown: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        datum = kept.fields.get(field.name)
        if datum is None or field.attname in {"client_id", *_WHOSE}:
            continue
        if (row._meta.db_table, field.name) in _HOLDS_KEYS:
            value: Any = "(can hold links and codes that give access, so it is not shown)"
        elif datum.kind is Class.SECRET:
            value = f"(kept as {datum.kept_as or 'a sealed value'}; it gives access, so it is not shown)"
        elif isinstance(field, fields.BinaryField) and not hasattr(field, "sealed_with"):
            value = f"({datum.kept_as or 'bytes'})"
        elif datum.kind is Class.CONTENT and not with_content:
            value = "(belongs to a client that you left)"
        else:
            value = _plain(getattr(row, field.attname))
        shown[field.name] = {"value": value, "for": datum.purpose}
    return shown


def _entries(client_id: UUID, person_id: UUID) -> list[dict[str, Any]]:
    own = LogFilter(person_id=person_id)
    return [
        {"at": _plain(entry.at), "event": entry.event, "allowed": entry.allowed, "ip": entry.ip, "device": entry.device}
        for entry in log.entries(Actor.system(client_id), own, limit=ENTRIES_MOST)
    ]


def _kept(model: type[fields.Model]) -> Kept | None:
    kept = LIBRARIES.get(model._meta.db_table) or getattr(model, "DATA", None)
    return kept if isinstance(kept, Kept) else None


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return ids.public(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, bytes | memoryview):
        return "(bytes)"
    return value
