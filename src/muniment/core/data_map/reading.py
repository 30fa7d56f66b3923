"""Reads the map off the models: its lines, and what is missing or contradicts itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import models

from muniment.core.data_map.classes import Class, Datum, Kept
from muniment.core.data_map.libraries import BESIDE_MODELS, LIBRARIES

# What can hold anything somebody typed: in the clear only for a reason.
_FREE = (models.TextField, models.CharField, models.BinaryField, models.JSONField, models.FileField)
_TEXT = (models.TextField, models.CharField, models.JSONField)
# What holds personal data by its nature.
_PERSONAL = (models.EmailField, models.GenericIPAddressField)
_NOT_SEALED = "none"


@dataclass(frozen=True)
class Line:
    """One field as the map shows it."""

    app: str
    table: str
    field: str
    kind: Class
    purpose: str
    until: str
    protection: str


def lines(found: Iterable[type[models.Model]] | None = None) -> list[Line]:
    """Return every field of every table that is classed, by app and table, in the order of the model."""
    known = list(_models() if found is None else found)
    made = [
        _line(model._meta.app_label, model._meta.db_table, field.name, kept, field)
        for model in known
        if (kept := _kept(model))
        for field in model._meta.concrete_fields
        if field.name in kept.fields
    ]
    if found is None:
        made += [
            _line(_app_of(table), table, name, kept, None)
            for table, kept in BESIDE_MODELS.items()
            for name in kept.fields
            if name in kept.named
        ]
    return sorted(made, key=lambda line: (line.app, line.table))  # stable: fields stay in order


def problems(found: Iterable[type[models.Model]] | None = None) -> list[str]:
    """Return a sentence for every field that is not classed, or not as its class wants; empty when all are."""
    wrong: list[str] = []
    for model in _models() if found is None else found:
        kept, name = _kept(model), model._meta.label
        if kept is None:
            wrong.append(f"{name} does not say what it keeps: give it DATA = Kept(...)")
            continue
        fields = {field.name: field for field in model._meta.concrete_fields}
        wrong += [f"{name}.{field} is in the data map but not in the model" for field in kept.named - set(fields)]
        wrong += [] if kept.until else [f"{name} does not say until when its rows stay"]
        for field in fields.values():
            if field.name not in kept.fields:
                wrong.append(f"{name}.{field.name} has no class: personal, content, secret or clear")
            else:
                wrong += [
                    f"{name}.{field.name} {problem}" for problem in _contradictions(field, kept.fields[field.name])
                ]
    return wrong


def check(app_configs: Any = None, **options: Any) -> list[checks.CheckMessage]:  # noqa: ARG001 - Django's signature
    """Return an error for every problem: the portal does not start with a field that nobody classed."""
    return [checks.Error(problem, id="muniment.E010") for problem in problems()]


def _contradictions(field: "models.Field[Any, Any]", datum: Datum) -> Iterator[str]:
    sealed = sealed_with(field)
    if not datum.purpose:
        yield "says no purpose"
    if datum.kind is Class.CLEAR:
        if sealed:
            yield "is sealed, and classed clear"
        elif isinstance(field, _PERSONAL):
            yield f"is a {type(field).__name__}, and classed clear"
        elif isinstance(field, _FREE) and not datum.because:
            yield f"is a {type(field).__name__} in the clear, and says no reason"
    elif sealed and (datum.kept_as or datum.because):
        yield "is sealed, and says that it is not, or how"
    elif not (sealed or datum.kept_as or datum.because):
        yield f"is classed {datum.kind} but not sealed, and says no reason"
    elif datum.kind is not Class.SECRET and datum.kept_as and isinstance(field, _TEXT):
        yield "is sealed before it is saved, they say, but can hold plain text"


def sealed_with(field: "models.Field[Any, Any]") -> str:
    """Return the key a field is sealed with, as the field says; empty for one that is not sealed."""
    return str(getattr(field, "sealed_with", ""))


def _line(app: str, table: str, name: str, kept: Kept, field: "models.Field[Any, Any] | None") -> Line:
    datum = kept.fields[name]
    key = sealed_with(field) if field is not None else ""
    protection = f"sealed, {key}" if key else datum.kept_as
    if not protection:
        protection = f"{_NOT_SEALED}: {datum.because}" if datum.because else _NOT_SEALED
    return Line(app, table, name, datum.kind, datum.purpose, kept.until, protection)


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def _kept(model: type[models.Model]) -> Kept | None:
    return LIBRARIES.get(model._meta.db_table) or getattr(model, "DATA", None)


def _app_of(table: str) -> str:
    """Return the app of a table with a model, or the ground's."""
    return next((model._meta.app_label for model in _models() if model._meta.db_table == table), "core")
