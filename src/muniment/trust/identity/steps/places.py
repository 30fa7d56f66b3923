"""What countries are called."""

from functools import lru_cache
from importlib import resources


def name(letters: str) -> str:
    """Return what a country of two letters (ISO 3166) is called; empty where it is not known."""
    return _names().get(letters, letters)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    text = resources.files("muniment.trust.identity").joinpath("data", "countries.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines())
