"""Put the copy from before an upgrade into the repository of backups, as a program of the account that owns that."""

import sys
from pathlib import Path

import django

from muniment.core import config
from muniment.operations.continuity.contents import BEFORE
from muniment.operations.continuity.restic import Keeping, Repository
from muniment.operations.continuity.troubles import Failed


def save(copy: Path, version: str) -> None:
    """Save a copy and forget those that are older than copies are kept.

    Raises:
        Failed: the repository does not take it.
    """
    present = config.current()
    repository = Repository.of(present)
    repository.init()
    repository.backup_tree(copy, tags=[BEFORE, f"version={version}"], seconds=None)
    if not repository.append_only:
        repository.forget(tags=[BEFORE], keep=Keeping(present.upgrade_keep_days, 0, 0))


def main() -> None:
    """Save what the command line names; the exit code is 1, and the reason printed, if that cannot be."""
    django.setup()
    try:
        save(Path(sys.argv[1]), sys.argv[2])
    except Failed as failed:
        sys.exit(f"{failed} ({failed.trouble.value})")


if __name__ == "__main__":
    main()
