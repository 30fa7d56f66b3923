"""What a template or a draft asks for: items in order, as a value that is changed as a whole and kept as JSON."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

FILLED = ("title", "section", "text", "folder", "file_name")
"""Where words in braces can stand in an item; in the title and the intro too."""

_WORD = re.compile(r"\{([a-z][a-z0-9_]{0,29})\}")
GIVEN = frozenset({"client"})
"""Words in braces that the portal fills in by itself."""


@dataclass(frozen=True)
class PlanItem:
    """One thing to ask for. `key` names it within the plan, for conditions; `due_days` counts from the sending."""

    key: int
    kind: str
    title: str
    section: str = ""
    shape: str = ""
    text: str = ""
    choices: tuple[str, ...] = ()
    side: str = "client"
    due_days: int | None = None
    folder: str = ""  # names from the top, with slashes between
    label: str = ""
    file_name: str = ""
    document: str = ""  # the id of a document of the client to read or approve
    assignee: str = ""  # the id of a person of the client or of its staff
    only_key: int | None = None
    only_answer: str = ""


@dataclass(frozen=True)
class Plan:
    """Title, a few words for the client, and the items in order."""

    title: str
    intro: str = ""
    items: tuple[PlanItem, ...] = ()

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `write` wrote."""
        items = tuple(PlanItem(**{**item, "choices": tuple(item["choices"])}) for item in kept["items"])
        return cls(kept["title"], kept["intro"], items)

    def write(self) -> dict[str, Any]:
        """Return the plan as JSON has it."""
        items = [{**asdict(item), "choices": list(item.choices)} for item in self.items]
        return {"title": self.title, "intro": self.intro, "items": items}

    def item(self, key: int) -> PlanItem | None:
        """Return the item with this key, if there is one."""
        return next((item for item in self.items if item.key == key), None)

    def with_item(self, item: PlanItem) -> Self:
        """Return the plan with an item in the place of the one with its key, or at the end with a new key (0)."""
        if self.item(item.key) is not None:
            return replace(self, items=tuple(item if known.key == item.key else known for known in self.items))
        new = replace(item, key=max((known.key for known in self.items), default=0) + 1)
        return replace(self, items=(*self.items, new)).together()

    def without(self, key: int) -> Self:
        """Return the plan without an item, and without conditions on it."""
        kept = (item for item in self.items if item.key != key)
        free = (replace(item, only_key=None, only_answer="") if item.only_key == key else item for item in kept)
        return replace(self, items=tuple(free))

    def moved(self, key: int, by: int) -> Self:
        """Return the plan with an item one place further up (-1) or down (1), if there is such a place."""
        keys = [item.key for item in self.items]
        at = keys.index(key) if key in keys else -1
        to = at + by
        if at < 0 or not 0 <= to < len(keys):
            return self
        items = list(self.items)
        items[at], items[to] = items[to], items[at]
        return replace(self, items=tuple(items))

    def words(self) -> list[str]:
        """Return the words in braces that somebody must say something for, in order."""
        found = (word for text in self._texts() for word in _WORD.findall(text))
        return [word for word in dict.fromkeys(found) if word not in GIVEN]

    def replaced(self, put: Callable[["re.Match[str]"], str]) -> Self:
        """Return the plan with what `put` says in the place of each word in braces; its group 1 is the word."""
        items = tuple(_filled(item, put) for item in self.items)
        return replace(self, title=_WORD.sub(put, self.title), intro=_WORD.sub(put, self.intro), items=items)

    def together(self) -> Self:
        """Return the plan with the items of each section beside each other, sections in the order they appear."""
        sections = list(dict.fromkeys(item.section for item in self.items))
        return replace(self, items=tuple(sorted(self.items, key=lambda item: sections.index(item.section))))

    def _texts(self) -> Iterator[str]:
        yield self.title
        yield self.intro
        for item in self.items:
            for name in FILLED:
                yield getattr(item, name)


def _filled(item: PlanItem, put: Callable[["re.Match[str]"], str]) -> PlanItem:
    filled: dict[str, Any] = {name: _WORD.sub(put, getattr(item, name)) for name in FILLED}
    return replace(item, **filled)
