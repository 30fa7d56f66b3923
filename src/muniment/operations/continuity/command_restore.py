"""`muniment restore`: the portal out of its backup, whole or one thing of it."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from muniment.core import clock
from muniment.core.config import Config
from muniment.operations import places, programs, readiness
from muniment.operations.continuity import asking, bringing_back, contents
from muniment.operations.continuity.restic import Repository
from muniment.operations.continuity.troubles import Failed, WrongPassword
from muniment.operations.database import SOCKET_NAME, SUPER
from muniment.operations.errors import StartRefused
from muniment.operations.present import settings as settings_of

restore = typer.Typer(help="Bring the portal back out of its backup.", invoke_without_command=True)

Data = Annotated[Path | None, typer.Option(help="The data directory; ./var by default.")]
Into = Annotated[Path | None, typer.Option(help="Restore into this directory instead; its keys must lie in it.")]
Moment = Annotated[str | None, typer.Option(help="As it was at this moment, as 2026-03-01T12:00:00Z; else the newest.")]
Known = Annotated[
    list[Path] | None, typer.Option(help="A checkpoint of the log that somebody kept: what is missing is said.")
]
STEPS = {
    "log": "the log",
    "database": "the database",
    "replay": "replaying the log",
    "keys": "keys and tables",
    "names": "new names for the log, an end to old links",
    "documents": "the documents",
}


@restore.callback()
def whole(
    context: typer.Context,
    data: Data = None,
    *,
    into: Into = None,
    to_moment: Moment = None,
    bundle: Annotated[Path | None, typer.Option(help="Out of this bundle, which was made without restic.")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Say what would be done, and do nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    known: Known = None,
) -> None:
    """Restore the whole portal into an empty data directory, in which only its keys lie."""
    if context.invoked_subcommand is not None:
        return
    present = settings_of(data)
    target = (into or present.data).absolute()
    moment = moment_of(to_moment)
    notes = [_note(path) for path in known or ()]
    if bundle is not None and moment is not None:
        raise StartRefused("A bundle knows one moment alone: that of its making. Leave --to-moment out.")
    with _repository(present, target) as repository:
        if bundle is None:
            wanted = bringing_back.plan(present, repository, target, moment)
        else:
            wanted = bringing_back.plan_of_bundle(present, bundle.absolute(), target)
        for line in wanted.lines():
            typer.echo(line)
        if plan:
            return
        if not yes:
            typer.confirm("Restore?", abort=True)
        settings = bringing_back.settings_for(target, present)
        done = bringing_back.restore(settings, wanted, notes=notes, told=_Teller())
    _say(done, target)


Client = Annotated[str, typer.Option(help="The client's reference, as in addresses and in `store where`.")]


@restore.command()
def document(
    version: Annotated[str, typer.Argument(help="The version's reference.")],
    client: Client,
    data: Data = None,
    *,
    to_moment: Moment = None,
) -> None:
    """Bring one version of a document back into the running portal, as a new version."""
    _ask(data, what="restore_document", client=client, version=version, moment=to_moment)


@restore.command("client")
def of_client(client: Client, data: Data = None, *, to_moment: Moment = None) -> None:
    """Bring back what a client's documents lack since the backup, each as a new version; nothing is removed."""
    _ask(data, what="restore_client", client=client, version="", moment=to_moment)


@restore.command()
def reopen(data: Data = None, *, known: Known = None) -> None:
    """After you brought the database back by other means: new names for the log, an end to old sessions and links."""
    present = settings_of(data)
    done = bringing_back.reopen_elsewhere(present, notes=[_note(path) for path in known or ()], told=_Teller())
    _say(done, present.data)


def _ask(data: Path | None, *, what: str, client: str, version: str, moment: str | None) -> None:
    present, at = settings_of(data), moment_of(moment)
    if not readiness.database_answers(present.run / SOCKET_NAME, SUPER):
        raise StartRefused("The portal is not running, and its agent is what brings things back. Start it first.")
    accounts = places.choose(present, allow_root=True)
    told = {"what": what, "client": client, "version": version, "moment": at.isoformat() if at else None}
    private = {asking.TASK: json.dumps(told)}
    typer.echo(programs.run("continuity.asking", present, account=accounts.portal, private=private), nl=False)


def _say(done: bringing_back.Outcome, target: Path) -> None:
    if done.moment is not None:
        typer.echo(f"Restored: the last act in it is of {contents.shown(done.moment)}.")
    typer.echo(f"{done.logs} logs go on under new names; {done.ended} sessions, invitations and links were ended.")
    if done.lost:
        typer.echo(f"{done.lost} entries that had been signed are lost; each log says so itself.")
    else:
        typer.echo("No newer head of a log is proved here. Who kept one can tell what is lost: muniment-verify.")
    if done.unproved:
        typer.echo(
            f"{done.unproved} heads of logs are signed with keys that this backup does not know, or cannot be read: "
            "there may be entries lost that nobody can count here. Each log says how many such heads there are of it."
        )
    if done.destroyed:
        typer.echo(f"{done.destroyed} keys that had been destroyed since were destroyed again.")
    typer.echo(f"Start it with: muniment up --data {target}")


class _Teller:
    """Prints each step once, and every tenth of it."""

    def __init__(self) -> None:
        self._last = ("", -1)

    def __call__(self, step: str, done: int, total: int) -> None:
        tenth = done * 10 // total if total else 0
        if (step, tenth) == self._last:
            return
        self._last = (step, tenth)
        typer.echo(f"  {STEPS.get(step, step)}" + (f", {tenth * 10} %" if total and tenth else ""))


def moment_of(text: str | None) -> datetime | None:
    """Return a moment in UTC out of a command's option.

    Raises:
        StartRefused: it is no moment with an offset, or lies ahead.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise StartRefused(f"{text} is no moment: write it with its offset from UTC, as 2026-03-01T12:00:00Z.")
    if found > clock.now():
        raise StartRefused(f"{text} has not come yet.")
    return found.astimezone(UTC)


def _note(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartRefused(f"{path} is no checkpoint that can be read.") from error


@contextmanager
def _repository(present: Config, target: Path) -> "Iterator[Repository]":
    """Give the repository of the settings, opened with the target's key; what is wrong is said in a sentence."""
    work = Path(tempfile.mkdtemp(prefix="muniment-"))
    try:
        yield bringing_back.repository_for(present, target, work)
    except WrongPassword as wrong:
        raise StartRefused(
            f"{target / 'keys' / 'backup.key'} does not open this repository or bundle: it is another key than the one "
            "that the backups were made with."
        ) from wrong
    except Failed as failed:
        raise StartRefused(str(failed) or "The backup cannot be restored.") from failed
    finally:
        shutil.rmtree(work, ignore_errors=True)
