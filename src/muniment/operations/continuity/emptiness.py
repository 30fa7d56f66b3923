"""Whether a directory may be restored into: nothing is there but keys and settings, or a restore that did not end."""

import json
import os
import shutil
from datetime import datetime
from pathlib import Path

from muniment.core import clock
from muniment.core.config.reading import FILE_NAME
from muniment.operations.errors import StartRefused
from muniment.operations.places import UNFINISHED

ALLOWED = {"keys", "tls", "backups", "lost+found", FILE_NAME, "supervisor.lock"}


def require_empty(into: Path) -> None:
    """Refuse a directory in which anything lies that a restore did not put there.

    Raises:
        StartRefused: something does.
    """
    if not into.exists() or (into / UNFINISHED).exists():
        return
    found = sorted(path.name for path in into.iterdir() if path.name not in ALLOWED)
    if found:
        raise StartRefused(
            f"{into} is not empty: {found[0]} lies there. A restore overwrites nothing: move what is there out of the "
            "way (all but keys), or choose another directory with --into."
        )


def begin(into: Path, moment: datetime | None, snapshot_id: str) -> None:
    """Write down that a restore has begun, having removed what an earlier one left half done."""
    if (into / UNFINISHED).exists():
        clear(into)
    said = {
        "begun_at": clock.now().isoformat(timespec="seconds"),
        "moment": moment.isoformat() if moment else None,
        "snapshot": snapshot_id,
    }
    (into / "backups" / "stretch.json").unlink(missing_ok=True)  # of another timeline of the log: a new backup is due
    shutil.rmtree(into / "backups" / "wal", ignore_errors=True)
    descriptor = os.open(into / UNFINISHED, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(said, file)
        file.flush()
        os.fsync(descriptor)
    _sync(into)


def clear(into: Path) -> None:
    """Remove what a restore that did not end has left; keys, settings and the note of it stay."""
    for path in into.iterdir():
        if path.name in ALLOWED or path.name == UNFINISHED:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def end(into: Path) -> None:
    """Take the note away: what lies there is whole."""
    (into / UNFINISHED).unlink(missing_ok=True)
    _sync(into)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
