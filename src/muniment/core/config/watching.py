"""What the settings of those who watch the portal may not be."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from muniment.core.config.addresses import split
from muniment.core.config.confirming import is_private
from muniment.core.config.fields import Config

SHORTEST = 32
_MAIL = re.compile(r"[^\s@<>\"',;:\\()\[\]]{1,64}@[A-Za-z0-9.-]{1,253}")


def problems(config: Config) -> Iterator[str]:
    """Yield a sentence for each unsafe or impossible value."""
    if any(not _MAIL.fullmatch(address) for address in config.alarm_mail or ()):
        yield "alarm_mail must hold mail addresses and nothing else, separated by commas."
    if (config.alarm_webhook is None) != (config.alarm_webhook_key is None):
        yield "alarm_webhook and alarm_webhook_key belong together: give both or neither."
    if config.alarm_webhook is not None and not is_private(split(config.alarm_webhook)):
        yield "alarm_webhook must be an https:// address without a password; plain http:// leads to this machine alone."
    yield from _secret("alarm_webhook_key", config.alarm_webhook_key)
    yield from _secret("metrics_token", config.metrics_token)


def _secret(name: str, path: Path | None) -> Iterator[str]:
    """Look whether a file with a secret is there, closed to others, and long enough."""
    if path is None:
        return
    try:
        mode, length = path.stat().st_mode, len(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        yield f"{name}: {path} is not a file that can be read, in letters and digits."
        return
    if mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP):
        yield f"{name}: {path} can be read or changed by other users of this machine: chmod 600."
    if length < SHORTEST:
        yield f"{name}: what {path} holds is shorter than {SHORTEST} characters."
