"""Conditions in the words of a page: of what refused, and of what could."""

from collections.abc import Iterable
from typing import Literal

from muniment.trust.access.types import Reason

SideName = Literal["staff", "contacts"]

_ICONS = {"when": "clock", "where": "map-pin", "how": "key-round", "why": "circle-alert"}


def reasons_shown(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Return conditions as a page shows them, each sentence once, in their order."""
    shown: dict[str, dict[str, str]] = {}
    for reason in reasons:
        icon = _ICONS.get(reason.about, "lock")
        shown.setdefault(reason.sentence, {"sentence": reason.sentence, "remedy": reason.remedy, "icon": icon})
    return list(shown.values())
