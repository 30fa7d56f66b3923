"""Small files that survive a crash: which version wrote a data directory last, and what an upgrade was about to do."""

import hashlib
import importlib.metadata
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import muniment
from muniment.core.config import Config
from muniment.operations.errors import StartRefused

Step = Literal["copying", "upgrading", "going-back"]
PACKAGES = ("django", "django-allauth", "procrastinate")  # they bring migrations of their own


@dataclass(frozen=True)
class Written:
    """Which version wrote the data directory last, and a digest over the names of its migrations (64 hex digits)."""

    version: str
    schema: str


@dataclass(frozen=True)
class Journal:
    """What is under way: the step, and the copy that it began from. While it is there, nothing else may start.

    On the way back also how many entries are lost by it, and the newest signed checkpoints of the log with them.
    """

    step: Step
    copy: str
    lost: int = 0
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class WentBack:
    """Somebody went back: how many entries were lost by it, and signed checkpoints of the log that was there."""

    lost: int
    heads: tuple[str, ...]


def ours() -> Written:
    """Return what this version would write. It reads names of files alone: a start waits for it."""
    names = sorted(
        "/".join(path.parts[-3:])
        for root in muniment.__path__
        for pattern in ("*/migrations/[0-9]*.py", "*/*/migrations/[0-9]*.py")
        for path in Path(root).glob(pattern)
    )
    names += [f"{package} {importlib.metadata.version(package)}" for package in PACKAGES]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    return Written(importlib.metadata.version("muniment"), digest)


def written(present: Config) -> Written | None:
    """Return which version wrote the data directory last; None where none said so, as the first versions did not."""
    found: Written | None = _typed(Written, load(_version(present)))
    return found


def write(present: Config) -> None:
    """Note that this version wrote it."""
    save(_version(present), asdict(ours()))


def forget(present: Config) -> None:
    """Forget which version wrote it: whoever starts next looks."""
    _version(present).unlink(missing_ok=True)


def journal(present: Config) -> Journal | None:
    """Return what was under way when the last upgrade or its way back ended; None where nothing was.

    Raises:
        StartRefused: somebody changed it, so nobody can tell.
    """
    path = before(present) / "journal.json"
    if not path.exists():
        return None
    found = load(path) or {}
    said = _typed(Journal, {**found, "heads": tuple(found.get("heads", ()))})
    if not isinstance(said, Journal):
        raise StartRefused(f"{path} cannot be read, so nobody can tell how far the last upgrade came.")
    return said


def begin(present: Config, journal: Journal) -> None:
    """Write down what is about to be done."""
    save(before(present) / "journal.json", asdict(journal))


def end(present: Config) -> None:
    """Say that nothing is under way any more."""
    (before(present) / "journal.json").unlink(missing_ok=True)
    _sync(before(present))


def went_back(present: Config) -> WentBack | None:
    """Return what the next start has to make good; None where nobody went back."""
    found = load(_went_back(present))
    try:
        return None if found is None else WentBack(int(found["lost"]), tuple(map(str, found["heads"])))
    except (KeyError, TypeError, ValueError):
        return WentBack(0, ())


def go_back(present: Config, found: WentBack) -> None:
    """Leave word for the next start, once; entries that were lost before and not made good yet count, too."""
    known = went_back(present) or WentBack(0, ())
    if found.heads and set(found.heads) <= set(known.heads):
        return
    save(_went_back(present), {"lost": found.lost + known.lost, "heads": [*known.heads, *found.heads]})


def made_good(present: Config) -> None:
    """Take that word away."""
    _went_back(present).unlink(missing_ok=True)


def before(present: Config) -> Path:
    """Return the directory of copies from before upgrades, and of the journal."""
    return present.data / "before"


def load(path: Path) -> dict[str, Any] | None:
    """Return what a file says; None where it is not there or says nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def save(path: Path, facts: dict[str, Any]) -> None:
    """Write a file whole and onto the disk; a crash leaves the old or the new one. It belongs to its folder's owner."""
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(descriptor)
    owner = path.parent.stat()
    if owner.st_uid != os.geteuid():
        shutil.chown(part, owner.st_uid, owner.st_gid)
    part.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _version(present: Config) -> Path:
    return present.data / "version.json"


def _went_back(present: Config) -> Path:
    return before(present) / "went-back.json"


def _typed(kind: Any, found: dict[str, Any] | None) -> Any:
    try:
        return None if found is None else kind(**found)
    except TypeError:
        return None
