"""What is measured: apps declare numbers, counted while they work or looked at when asked; one page shows all of them.

A label's values are declared beforehand. So no name, address or id can ever stand in one, whatever is counted.

Source: Prometheus, exposition format 0.0.4.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import product
from typing import Final, Literal

import structlog
from django.db import connection, transaction

from muniment.core.counting import Counts

Kind = Literal["counter", "gauge", "histogram"]
Found = float | Mapping[str, float] | None
Look = Callable[[], Found]
Labels = tuple[str, ...]  # the value of each label, in the order of their declaration

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NAME: Final = re.compile(r"muniment_[a-z][a-z0-9_]{1,80}")

logger = structlog.get_logger("muniment.metrics")


@dataclass(frozen=True)
class Metric:
    """One declared number, or one for each value of its labels."""

    name: str
    kind: Kind
    help: str
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bounds: tuple[float, ...] = ()
    look: Look | None = None
    needs_database: bool = True

    @property
    def rows(self) -> list[Labels]:
        """Every combination of the labels' values; one empty one where there are no labels."""
        return list(product(*self.labels.values()))

    @property
    def cells(self) -> int:
        """How many numbers one row has: a histogram's are its buckets, the sum and the count."""
        return len(self.bounds) + 2 if self.kind == "histogram" else 1


METRICS: dict[str, Metric] = {}
_counts = Counts()
_layouts: list[list[tuple[str, int]]] = []  # the present one, once it was asked for


def declare_metric(
    name: str,
    kind: Kind,
    help: str,  # noqa: A002 - the format's own word
    *,
    labels: Mapping[str, Sequence[str]] | None = None,
    bounds: Sequence[float] = SECONDS,
    look: Look | None = None,
    needs_database: bool = True,
) -> None:
    """Add a number to what is shown; declared again, it is replaced. Declare in `ready` of an app, in every process.

    With `look` it is asked for when somebody reads the metrics: a number, None while it is not known, or, with one
    label, a number for each of its values. Without, `count` and `observe` keep it, across all processes of this
    machine. `labels` names all values a label can have; `bounds` are the upper ends of a histogram's buckets.

    Raises:
        ValueError: the name is not one, a histogram is looked at, or a look has several labels.
    """
    ends = tuple(bounds) if kind == "histogram" else ()
    found = Metric(name, kind, help, dict(labels or {}), ends, look, needs_database)
    if not _NAME.fullmatch(name) or (kind == "counter") != name.endswith("_total"):
        raise ValueError(f"{name}: muniment_, small letters, and _total at the end of a counter alone")
    if look is not None and (kind == "histogram" or len(found.labels) > 1):
        raise ValueError(f"{name}: a histogram is counted, and a look knows one label at most")
    METRICS[name] = found
    _layouts.clear()


def count(name: str, amount: float = 1.0, **labels: str) -> None:
    """Add to a counter.

    Raises:
        KeyError: no such counter is declared, or a label is missing.
        ValueError: a label has a value that was not declared.
    """
    metric = METRICS[name]
    _counts.add(_layout(), [(_place(metric, labels), amount)])


def observe(name: str, value: float, **labels: str) -> None:
    """Put `value` into a histogram; it raises what `count` does."""
    metric = METRICS[name]
    first = _place(metric, labels)
    bucket = next((at for at, bound in enumerate(metric.bounds) if value <= bound), None)
    added = [(first + len(metric.bounds), value), (first + len(metric.bounds) + 1, 1.0)]
    _counts.add(_layout(), added if bucket is None else [(first + bucket, 1.0), *added])


def text() -> str:
    """Return every number as Prometheus reads it; what cannot be looked at is left out, and a log says so."""
    counted, is_away = _counts.read(_layout()), not _has_database()
    lines: list[str] = []
    for metric in METRICS.values():
        if metric.needs_database and metric.look is not None and is_away:
            continue
        samples = list(_counted(metric, counted) if metric.look is None else _looked(metric, metric.look))
        if samples:
            lines += [f"# HELP {metric.name} {_escaped(metric.help)}", f"# TYPE {metric.name} {metric.kind}", *samples]
    return "\n".join(lines) + "\n"


def _has_database() -> bool:
    """Ask once, so that a database that is away costs one wait."""
    try:
        connection.ensure_connection()
    except Exception as error:  # noqa: BLE001 - drivers and pools have errors of their own
        logger.warning("metrics.no_database", error=type(error).__name__)
        return False
    return True


def _layout() -> list[tuple[str, int]]:
    """Return what is counted, and how many numbers each has."""
    if not _layouts:
        counted = sorted((metric for metric in METRICS.values() if metric.look is None), key=lambda found: found.name)
        _layouts.append([(metric.name, metric.cells * len(metric.rows)) for metric in counted])
    return _layouts[0]


def _place(metric: Metric, labels: Mapping[str, str]) -> int:
    """Return where the first number of a row lies."""
    before = 0
    for name, cells in _layout():
        if name == metric.name:
            break
        before += cells
    row = 0
    for name, values in metric.labels.items():
        row = row * len(values) + list(values).index(labels[name])
    return before + row * metric.cells


def _counted(metric: Metric, counted: Sequence[float]) -> Iterator[str]:
    for row in metric.rows:
        named = dict(zip(metric.labels, row, strict=True))
        first = _place(metric, named)
        if metric.kind != "histogram":
            yield _sample(metric.name, named, counted[first])
            continue
        size, below = len(metric.bounds), 0.0
        total = counted[first + size + 1]
        for at, bound in enumerate(metric.bounds):
            below += counted[first + at]
            yield _sample(f"{metric.name}_bucket", {**named, "le": _number(bound)}, below)
        yield _sample(f"{metric.name}_bucket", {**named, "le": "+Inf"}, total)
        yield _sample(f"{metric.name}_sum", named, counted[first + size])
        yield _sample(f"{metric.name}_count", named, total)


def _looked(metric: Metric, look: Look) -> Iterator[str]:
    try:
        with transaction.atomic() if metric.needs_database else nullcontext():
            found = look()
    except Exception as error:  # noqa: BLE001 - one number that cannot be had must not hide the others
        logger.warning("metric.not_looked", metric=metric.name, error=type(error).__name__)
        return
    if isinstance(found, Mapping):
        ((label, values),) = metric.labels.items()
        for value in values:
            if value in found:
                yield _sample(metric.name, {label: value}, found[value])
    elif found is not None:
        yield _sample(metric.name, {}, found)


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    shown = ",".join(f'{label}="{_escaped(text, quoted=True)}"' for label, text in labels.items())
    return f"{name}{{{shown}}} {_number(value)}" if shown else f"{name} {_number(value)}"


def _number(value: float) -> str:
    if math.isfinite(value) and float(value).is_integer():
        return str(int(value))
    return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN" if math.isnan(value) else repr(float(value)))


def _escaped(text: str, *, quoted: bool = False) -> str:
    found = text.replace("\\", "\\\\").replace("\n", "\\n")
    return found.replace('"', '\\"') if quoted else found
