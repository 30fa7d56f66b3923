"""Reads settings out of the environment and a TOML file."""

import dataclasses
import os
import re
import stat
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from muniment.core.config import safety
from muniment.core.config.fields import Config

PREFIX = "MUNIMENT_"
FILE_VARIABLE = PREFIX + "CONFIG"
FILE_NAME = "muniment.toml"

SIZE = re.compile(r"(\d{1,15}) ?(KiB|MiB|GiB|TiB)?")
FACTORS = {None: 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
FIELDS = {field.name: field for field in dataclasses.fields(Config)}
TYPES = typing.get_type_hints(Config)


class SettingRefused(Exception):
    """The start is refused: `problems` holds a sentence for each setting that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


class _Malformed(ValueError):
    """A value has the wrong shape; the message says which shape is wanted, never the value."""


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Return the settings found in `environ` (the process's own by default) and in the TOML file it leads to.

    The file is the one `MUNIMENT_CONFIG` names, or `muniment.toml` in the data directory if there is
    one; the environment wins over it. Relative paths start at the working directory.

    Raises:
        SettingRefused: a setting is unknown, malformed or unsafe; all of them are named.
    """
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    found = _from_environment(environ, problems)
    path = _file(environ, found)
    if path is not None:
        found = _from_file(path, problems, named=bool(environ.get(FILE_VARIABLE))) | found
    found["data"] = _absolute(found.get("data", FIELDS["data"].default))
    config = Config(**found)
    problems += safety.problems(config)
    if path is not None:
        problems += safety.file_problems(path, config)
    if problems:
        raise SettingRefused(problems)
    return config


def environment(config: Config) -> dict[str, str]:
    """Return the variables that make `load` give the same settings in another process, whatever file it finds."""
    return {variable(name): _text(getattr(config, name)) for name in FIELDS}


def variable(name: str) -> str:
    """Return the environment variable of the setting `name`."""
    return PREFIX + name.upper()


def _from_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    """Return the settings the environment holds, parsed."""
    found: dict[str, Any] = {}
    for key, text in environ.items():
        if not key.startswith(PREFIX) or key == FILE_VARIABLE:
            continue
        name = key.removeprefix(PREFIX).lower()
        if name not in FIELDS or variable(name) != key:
            problems.append(f"{key} is not a setting of Muniment.")
            continue
        try:
            found[name] = _parse(name, text)
        except _Malformed as error:
            problems.append(f"{key} must be {error}.")
    return found


def _file(environ: Mapping[str, str], found: Mapping[str, Any]) -> Path | None:
    """Return the TOML file to read, if there is one."""
    if named := environ.get(FILE_VARIABLE):
        return Path(named)
    beside = _absolute(found.get("data", FIELDS["data"].default)) / FILE_NAME
    return beside if beside.is_file() else None


def _from_file(path: Path, problems: list[str], *, named: bool) -> dict[str, Any]:
    """Return the settings the file holds, parsed; `named` says that the environment pointed at it."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            problems.append(f"The settings file {path} is not a file.")
            return {}
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"The settings file {path} cannot be read: {error.strerror}.")
        return {}
    except ValueError:  # both of bad UTF-8 and of bad TOML; the text may hold a password, so it is not repeated
        problems.append(f"The settings file {path} is not valid TOML.")
        return {}
    found: dict[str, Any] = {}
    for name, value in content.items():
        if name not in FIELDS:
            problems.append(f"{name} in {path} is not a setting of Muniment.")
        elif name == "data" and not named:
            problems.append(f"data cannot be set in {path}, which was found through it.")
        else:
            try:
                found[name] = _convert(name, value)
            except _Malformed as error:
                problems.append(f"{name} in {path} must be {error}.")
    return found


def _kind(name: str) -> tuple[Any, bool]:
    """Return the type of a setting and whether it may be absent."""
    kind = TYPES[name]
    if typing.get_origin(kind) in {types.UnionType, typing.Union}:  # the latter where one of them is a Literal
        (kind,) = (part for part in typing.get_args(kind) if part is not type(None))
        return kind, True
    return kind, False


def _parse(name: str, text: str) -> Any:
    """Return the value written as `text` in the environment. An empty optional one is absent."""
    kind, optional = _kind(name)
    text = text.strip()
    if not text and optional:
        return None
    if kind is bool:
        if text.lower() not in {"true", "false", "1", "0"}:
            raise _Malformed("true or false")
        return text.lower() in {"true", "1"}
    if kind is int:
        return _size(text) if FIELDS[name].metadata["unit"] == "bytes" else _whole(text)
    if kind == tuple[str, ...]:
        return _convert(name, [part.strip() for part in text.split(",")])
    return _convert(name, text)


def _convert(name: str, value: object) -> Any:
    """Return a value of TOML as the setting's own type."""
    kind, _ = _kind(name)
    if kind is bool and isinstance(value, bool):
        return value
    if kind is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind is int and isinstance(value, str) and FIELDS[name].metadata["unit"] == "bytes":
        return _size(value)
    if kind == tuple[str, ...]:
        names = [value] if isinstance(value, str) else value
        if isinstance(names, list) and names and all(isinstance(part, str) and part for part in names):
            return tuple(names)
    if isinstance(value, str) and value and "\x00" not in value:
        if kind is Path:
            return _absolute(value)
        if kind is str or value in typing.get_args(kind):
            return value
    raise _Malformed(_wanted(name))


def _wanted(name: str) -> str:
    """Return the shape a setting wants, to follow "must be"."""
    kind, _ = _kind(name)
    if typing.get_origin(kind) is typing.Literal:
        return "one of " + ", ".join(typing.get_args(kind))
    if kind is int:
        return "a whole number"
    return {bool: "true or false", Path: "a path", str: "a text that is not empty"}.get(kind, "a list of names")


def _text(value: Any) -> str:
    """Return `value` as `_parse` reads it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _whole(text: str) -> int:
    """Return a number written in digits."""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise _Malformed("a whole number")
    return int(text)


def _size(text: str) -> int:
    """Return a number of bytes, written plainly or as `8 MiB`."""
    match = SIZE.fullmatch(text.strip())
    if not match or not text.isascii():
        raise _Malformed("a number of bytes, such as 8388608 or 8 MiB")
    return int(match[1]) * FACTORS[match[2]]


def _absolute(path: str | Path) -> Path:
    """Return a path that no later change of the working directory bends."""
    try:
        expanded = Path(path).expanduser()
    except RuntimeError as error:
        raise _Malformed("a path to a home directory that exists") from error
    return Path(os.path.abspath(expanded))  # noqa: PTH100 (resolve() would follow links, which may be moved on purpose)
