"""Hold the times that entries bear against the times at which others saw the log."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from muniment_verify.checkpoints import Recorded
from muniment_verify.errors import NotValid
from muniment_verify.exports import Export
from muniment_verify.reading import moment


@dataclass(frozen=True)
class Sighting:
    """Others saw the register between `earliest` and `latest` (seconds since 1970).

    Entries before `known` had been logged by then; entries from `size` on had not.
    """

    earliest: float
    latest: float
    known: int
    size: int


def sightings(records: Sequence[Recorded], stamps: dict[str, list[float]], quorum: int) -> list[Sighting]:
    """Return when others saw which part of the log.

    `records` are the heads of one log in order. What counts against an entry is the last head that was in
    the register at the time, not the one that its proof is about. Of several witnesses as many must agree as `quorum`.
    """
    found = []
    for recorded in records:
        register = recorded.register
        latest_head = max(other.head.size for other in records if other.index < register.checkpoint.size)
        times = register.times()
        enough = max(quorum, 1)
        if len(times) >= enough:
            found.append(Sighting(times[enough - 1], times[-enough], recorded.head.size, latest_head))
        found += [Sighting(at, at, recorded.head.size, latest_head) for at in stamps.get(register.text, ())]
    return found


def refuse_false_times(export: Export, seen: Sequence[Sighting], tolerance_seconds: int) -> None:
    """Refuse an entry that bears a time before others had seen the log without it, or after they had seen it there.

    Raises:
        NotValid: an entry is backdated or dated ahead.
    """
    not_before = _not_before(seen)
    not_after = _not_after(seen)
    after, ahead = 0, 0
    lower, upper = -math.inf, not_after[0][1] if not_after else math.inf
    for place, at in enumerate(export.times):
        while after < len(not_before) and not_before[after][0] <= place:
            lower = not_before[after][1]
            after += 1
        while ahead < len(not_after) and not_after[ahead][0] <= place:
            ahead += 1
            upper = not_after[ahead][1] if ahead < len(not_after) else math.inf
        if at + tolerance_seconds < lower:
            raise NotValid(
                f"Entry {place} is backdated: it says {moment(at)}, but the log was seen without it on {moment(lower)}."
            )
        if at - tolerance_seconds > upper:
            raise NotValid(
                f"Entry {place} is dated ahead: it says {moment(at)}, but it had been seen by {moment(upper)}."
            )


def _not_before(seen: Sequence[Sighting]) -> list[tuple[int, float]]:
    """Return pairs (from this entry on, no entry is older), both growing."""
    found: list[tuple[int, float]] = []
    for size, latest in sorted((one.size, one.latest) for one in seen):
        if not found or latest > found[-1][1]:
            found.append((size, latest))
    return found


def _not_after(seen: Sequence[Sighting]) -> list[tuple[int, float]]:
    """Return pairs (before this entry, no entry is younger), both growing."""
    found: list[tuple[int, float]] = []
    for known, earliest in sorted(((one.known, one.earliest) for one in seen), reverse=True):
        if not found or earliest < found[-1][1]:
            found.append((known, earliest))
    return found[::-1]
