"""What was measured, as a table for people and as JSON for programs."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

COLUMNS = ("what", "value", "", "against", "ratio", "aim")
START, END = "<!-- bench: start -->", "<!-- bench: end -->"


@dataclass(frozen=True)
class Result:
    """One figure: a median, in `unit`, beside what it is compared with and `value` divided by that.

    `against` says what stands on the other side, with its own figure; `aim` is what was hoped for.
    """

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    aim: str = ""


def compared(name: str, value: float, unit: str, peer: str, peer_value: float, *, aim: str = "") -> Result:
    """Return a figure beside the one of a peer in the same unit."""
    return Result(name, value, unit, f"{peer} {short(peer_value)} {unit}", value / peer_value, aim)


def limited(name: str, value: float, unit: str, limit: float) -> Result:
    """Return a figure beside the most it may be."""
    return Result(name, value, unit, f"limit {short(limit)} {unit}", value / limit, "<= 1")


def short(value: float) -> str:
    """Return a number with three digits that count, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 (three digits)


def table(results: Iterable[Result]) -> str:
    """Return the figures in columns."""
    rows = _cells(results)
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    right = {1, 4}
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def write_page(path: Path, ground: str, results: Iterable[Result]) -> None:
    """Replace the figures of a page, between two marks, by a sentence about the ground and a table."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, mark, after = rest.partition(END)
    if not mark:
        raise LookupError(f"{path} has no place for the figures")
    head, *rows = _cells(results)
    lines = [head, ("---", "---:", "---", "---", "---:", "---"), *rows]
    shown = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    path.write_text(f"{before}{START}\n{ground}\n\n{shown}\n{END}{after}", encoding="utf-8")


def write(path: Path, results: Iterable[Result]) -> None:
    """Write the figures as `[{"name", "value", "unit", "against", "ratio"}]`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [{name: value for name, value in asdict(found).items() if name != "aim"} for found in results]
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _cells(results: Iterable[Result]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [COLUMNS]
    for found in results:
        ratio = "" if found.ratio is None else f"{found.ratio:.2f}"
        rows.append((found.name, short(found.value), found.unit, found.against, ratio, found.aim))
    return rows
