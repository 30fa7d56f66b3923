"""`muniment upgrade`: the new version over an existing data directory, and back."""

from pathlib import Path
from typing import Annotated

import typer

from muniment.core.config import Config
from muniment.operations import locks, places, processes
from muniment.operations.errors import StartRefused
from muniment.operations.places import Accounts
from muniment.operations.present import settings as settings_of
from muniment.operations.upgrading import conduct, major, notes, planning


def upgrade(
    data: Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")] = None,
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Say what would be done, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Go back to what was there before the last upgrade.")] = False,
    losing_entries: Annotated[
        bool, typer.Option("--losing-entries", help="Go back although entries were written since; they are lost.")
    ] = False,
) -> None:
    """Bring the database to this version while the portal is stopped, with a copy to go back to."""
    present = settings_of(data)
    if present.database_url is not None:
        raise StartRefused(
            "The database lies on your own server: make a backup there, which is your way back, and then run: "
            "muniment migrate"
        )
    if not major.written_by(present) and notes.journal(present) is None:
        raise StartRefused(f"There is no portal in {present.data}. Start one with: muniment up --data {present.data}")
    accounts = places.choose(present, allow_root=True)
    if plan and notes.journal(present) is None:
        _say(planning.plan(present, accounts))
        return
    processes.keep_memory_private()
    try:
        with locks.hold(present.data / "supervisor.lock"):
            places.make_places(present, accounts)
            if back:
                _go_back(present, accounts, yes=yes, losing_entries=losing_entries)
            else:
                _upgrade(present, accounts, yes=yes or plan, only_plan=plan)
    except locks.LockTaken as taken:
        raise StartRefused("The portal is running. Stop it first, then run this again.") from taken


def migrate_with_a_way_back(present: Config, accounts: Accounts) -> None:
    """Upgrade before `muniment migrate` where another version wrote the database; nothing where none did.

    Raises:
        StartRefused: the portal is running, so no copy can be made; or the upgrade failed.
    """
    if not planning.is_due(present):
        return
    try:
        with locks.hold(present.data / "supervisor.lock"):
            conduct.upgrade(present, accounts, typer.echo)
    except locks.LockTaken as taken:
        raise StartRefused("The portal is running. Stop it first: no copy to go back to can be made now.") from taken


def _upgrade(present: Config, accounts: Accounts, *, yes: bool, only_plan: bool) -> None:
    conduct.recover(present, typer.echo)
    wanted = planning.plan(present, accounts)
    _say(wanted)
    if only_plan:
        return
    if not wanted.is_empty and not yes:
        typer.confirm("Upgrade?", abort=True)
    if conduct.upgrade(present, accounts, typer.echo, planned=wanted) is not None:
        typer.echo(
            f"Done, and checked. The copy stays for {present.upgrade_keep_days} days; to go back before anybody works: "
            "muniment upgrade --back"
        )


def _go_back(present: Config, accounts: Accounts, *, yes: bool, losing_entries: bool) -> None:
    if not yes:
        typer.confirm("Go back to what was there before the last upgrade?", abort=True)
    kept = conduct.go_back(present, accounts, losing_entries=losing_entries, told=typer.echo)
    typer.echo(f"What was there at {kept.made_at:%Y-%m-%d %H:%M} UTC is back.")
    version = kept.version or "the version that wrote it"
    typer.echo(f"Install {version} before you start again: this one would upgrade anew.")
    found = notes.went_back(present)
    if found is not None and found.lost:
        typer.echo(
            f"{found.lost} entries are lost. The next start begins the logs anew and says so in them; a version from "
            "before this command cannot, so do not start one."
        )


def _say(wanted: planning.Plan) -> None:
    for line in wanted.lines():
        typer.echo(line)
