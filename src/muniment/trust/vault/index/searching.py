"""The face of the index: what the apps above do with it. They call it as `vault.index`."""

from muniment.trust.vault.index.finding import ask, ask_across, find, find_across, states
from muniment.trust.vault.index.keys import is_on
from muniment.trust.vault.index.reading import BYTES_MOST, read_text
from muniment.trust.vault.index.tokens import Question
from muniment.trust.vault.index.types import After, Hit, IndexState, Thing, Within
from muniment.trust.vault.index.words import is_in_name
from muniment.trust.vault.index.writing import put_name, put_place, put_text, switch_off, switch_on, take_out

__all__ = [
    "BYTES_MOST",
    "After",
    "Hit",
    "IndexState",
    "Question",
    "Thing",
    "Within",
    "ask",
    "ask_across",
    "find",
    "find_across",
    "is_in_name",
    "is_on",
    "put_name",
    "put_place",
    "put_text",
    "read_text",
    "states",
    "switch_off",
    "switch_on",
    "take_out",
]
