"""The command lines that the documents tell people to type."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[2]
HANDBOOK = TOP / "docs" / "operating.md"
_BLOCK = re.compile(r"^```(?:sh|bash)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^(?:\w+=\S+ +)*(?:\S+/)?muniment +(?P<words>.+)$", re.MULTILINE)
_INLINE = re.compile(r"`muniment\s+(?P<words>[^`]+)`")


def pages() -> list[Path]:
    """Return every document that may name a command."""
    return [TOP / "README.md", TOP / "CHANGELOG.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").rglob("*.md"))]


def lines(page: Path = HANDBOOK) -> Iterator[list[str]]:
    """Yield the words after `muniment` of each line in a page's blocks, up to what the shell would take for itself."""
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for found in _LINE.finditer(block):
            words = shlex.split(found["words"], comments=True)
            yield words[: next((at for at, word in enumerate(words) if set(word) & set("<>|&")), None)]


def named(page: Path) -> Iterator[list[str]]:
    """Yield the words after `muniment` of each command that is named within a sentence, as far as they are plain."""
    for found in _INLINE.finditer(page.read_text(encoding="utf-8")):
        words = found["words"].split()
        yield words[: next((at for at, word in enumerate(words) if not re.fullmatch(r"[a-z-]+", word)), None)]


def line(*wanted: str, **stands_for: Path | str) -> list[str]:
    """Return the one line of the handbook that has all of these words, with the places in it put in.

    `stands_for`: the value that follows an option, by its name, as into="/somewhere" for --into.
    """
    (found,) = [words for words in lines() if set(wanted) <= set(words)]
    for option, value in stands_for.items():
        found[found.index("--" + option.replace("_", "-")) + 1] = str(value)
    return found
