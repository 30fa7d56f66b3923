"""Typed settings from the environment or a TOML file, safe by default.

An unknown, malformed or unsafe setting stops the start: `SettingRefused` names every problem at once.
"""

from functools import lru_cache

from muniment.core.config.database import Connection, connection
from muniment.core.config.fields import Config
from muniment.core.config.reading import SettingRefused, environment, load

__all__ = ["Config", "Connection", "SettingRefused", "connection", "current", "environment", "load"]


@lru_cache(maxsize=1)
def current() -> Config:
    """Return the settings of this process, read once.

    Raises:
        SettingRefused: a setting is unknown, malformed or unsafe.
    """
    return load()
