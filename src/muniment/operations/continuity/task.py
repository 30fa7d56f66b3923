"""What `muniment backup` does, as a program of the account that owns the repository."""

import sys
import time
from uuid import UUID

import django

from muniment.core import config
from muniment.core.config import Config
from muniment.operations import host, locks
from muniment.operations.continuity.restic import Repository, Snapshot, is_installed
from muniment.operations.continuity.troubles import Failed

LOOK_SECONDS = 1.0
KINDS = ("base", "dump", "store", "wal", "before")
NAMES = {
    "base": "database",
    "dump": "database (dump)",
    "store": "documents",
    "wal": "log since then",
    "before": "before upgrade",
}


def list_backups(present: Config) -> None:
    """Print one line for each backup: when, what, which version made it, its name in the repository.

    Raises:
        Failed: the repository cannot be read.
    """
    if not is_installed():
        _list_bundles(present)
        return
    for one in Repository.of(present).snapshots():
        _say(one)


def _list_bundles(present: Config) -> None:
    from muniment.operations.continuity.bundle import SUFFIX
    from muniment.operations.continuity.bundling import folder

    for path in sorted(folder(present).glob(f"*{SUFFIX}")):
        print(f"{path.stem}  bundle  {path.stat().st_size // 2**20} MiB")  # noqa: T201 - read by the command


def _say(one: Snapshot) -> None:
    kind = next((kind for kind in KINDS if kind in one.tags), "")
    print(f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {NAMES.get(kind, '?'):16} {one.said('version'):10} {one.id[:8]}")  # noqa: T201


def check(present: Config) -> None:
    """Read everything back.

    Raises:
        Failed: something is not as it was written, or the repository cannot be read.
    """
    host.write_down("backup check")
    if is_installed():
        Repository.of(present).check(everything=True)
    else:
        from muniment.operations.continuity.bundling import Bundler

        Bundler(present, _firm_id(), lambda: False).check()
    print("Everything in the repository is as it was written.")  # noqa: T201 - read by the command


def run(present: Config) -> None:
    """Make a backup, or let the running agent make it, and wait for it.

    Raises:
        Failed: it could not be made.
    """
    host.write_down("backup run")
    firm_id = _firm_id()
    present.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        held = locks.hold(present.backups / "agent.lock")
    except locks.LockTaken:
        _ask(firm_id)
    else:
        from muniment.operations.continuity import working

        with held:
            working.maker(present, firm_id, lambda: False).make()
    print("The backup is made.")  # noqa: T201 - read by the command


def _ask(firm_id: UUID) -> None:
    from muniment.assurance.continuity import actions, queries
    from muniment.assurance.continuity.types import Trouble

    actor = host.actor(firm_id, "On the host")
    asked = actions.order(actor, what="backup")
    while (found := queries.find_order(actor, order_id=asked.id)).state in {"asked", "taken"}:
        time.sleep(LOOK_SECONDS)
    if found.state == "failed":
        raise Failed(f"The agent could not make it ({found.trouble}); its log says why.", Trouble(found.trouble))


def _firm_id() -> UUID:
    from muniment.trust.clients import queries as clients

    found = clients.find_firm_id()
    if found is None:
        raise Failed("The portal was not set up yet, so there is nothing to save.")
    return found


TASKS = {"list": list_backups, "check": check, "run": run}


def main() -> None:
    """Do what is named; the exit code is 1, and the reason printed, if that cannot be."""
    from muniment.core.errors import PortalError
    from muniment.trust.vault.errors import VaultError

    django.setup()
    try:
        TASKS[sys.argv[1]](config.current())
    except (PortalError, VaultError) as refused:
        sys.exit(str(getattr(refused, "sentence", refused)))
    except Failed as failed:
        sys.exit(f"{failed} ({failed.trouble.value})")


if __name__ == "__main__":
    main()
