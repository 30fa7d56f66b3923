"""Writes docs/settings.md out of the settings themselves."""

import dataclasses
import typing
from pathlib import Path

from muniment.core.config import safety
from muniment.core.config.reading import FIELDS, TYPES, variable

HEAD = """\
# Settings

Each setting is an environment variable or a line in a TOML file under its small name; the environment wins. The file
is the one `MUNIMENT_CONFIG` names, or `muniment.toml` in the data directory. A setting that is unknown, malformed or
unsafe stops the start, and every problem is named at once.

This page is written by `muniment settings`; a test fails when it differs.

"""


def render() -> str:
    """Return the page."""
    return HEAD + "\n".join(_entry(field) for field in FIELDS.values())


def _entry(field: "dataclasses.Field[object]") -> str:
    facts = [f"`{field.name}` in the file", _kind(field.name), f"default {_default(field)}"]
    if field.name in safety.RANGES:
        smallest, largest = safety.RANGES[field.name]
        facts.append(f"from {_shown(field, smallest)} to {_shown(field, largest)}")
    if (unit := field.metadata["unit"]).endswith("s"):
        facts.append(f"in {unit}")
    return f"## `{variable(field.name)}`\n\n{field.metadata['sentence']}\n\n{', '.join(facts)}\n"


def _kind(name: str) -> str:
    kind = TYPES[name]
    parts = [part for part in typing.get_args(kind) if part is not type(None)]
    if len(parts) == 1 and typing.get_origin(parts[0]) is typing.Literal:
        kind = parts[0]
        parts = list(typing.get_args(kind))
    if typing.get_origin(kind) is typing.Literal:
        return "one of " + ", ".join(str(part) for part in parts)
    if typing.get_origin(kind) is not tuple and parts:
        kind = parts[0]
    words = {bool: "true or false", int: "a whole number", Path: "a path", str: "a text"}
    return words.get(kind, "a list of names")


def _default(field: "dataclasses.Field[object]") -> str:
    value = field.default
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return ", ".join(f"`{part}`" for part in value)
    return f"`{str(value).lower() if isinstance(value, bool) else _shown(field, value)}`"


def _shown(field: "dataclasses.Field[object]", value: object) -> str:
    """Return a number of bytes in the largest unit that divides it, anything else as it is."""
    if field.metadata["unit"] == "bytes" and isinstance(value, int):
        for unit, factor in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
            if value % factor == 0:
                return f"{value // factor} {unit}"
    return str(value)
