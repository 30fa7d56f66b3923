"""An upgrade: a way back first, then what is new, then a look whether it holds; and the way back itself.

A journal on the disk says what is under way. Whatever ends it in the middle, the next start puts the copy back first.
Whoever calls holds the lock of the supervisor.
"""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace

import psycopg
import structlog

from muniment.core.config import Config
from muniment.operations import programs
from muniment.operations.errors import StartRefused
from muniment.operations.places import Accounts, make_places
from muniment.operations.upgrading import copies, major, notes, planning
from muniment.operations.upgrading.copies import Copy
from muniment.operations.upgrading.notes import Journal, WentBack
from muniment.operations.upgrading.planning import Plan

Told = Callable[[str], None]
FAILURES = (StartRefused, OSError, psycopg.Error, subprocess.SubprocessError, ValueError)

log = structlog.get_logger(__name__)


def upgrade(present: Config, accounts: Accounts, told: Told, *, planned: Plan | None = None) -> Plan | None:
    """Bring the built-in database to this version, with a way back; return what was done, None if nothing was to do.

    `planned` is a plan that was made just now.

    Raises:
        StartRefused: it cannot begin, or failed; then everything is as it was before.
    """
    recover(present, told)
    wanted = planned or planning.plan(present, accounts)
    if wanted.is_empty:
        notes.write(present)
        return None
    if not wanted.room.fits:
        raise StartRefused(
            f"There is not room enough in {present.data} for a way back: {wanted.room.needed_bytes // 2**20} MiB are "
            f"needed, {wanted.room.free_bytes // 2**20} MiB are free. Nothing was begun."
        )
    told("A copy of the database is made, to go back to.")
    kept = copies.make(present, wanted.version, accounts.database)
    try:
        _save(present, accounts, kept, told)
        notes.begin(present, Journal("upgrading", kept.name))
        told("The database is brought to this version.")
        entries = _carry_out(present, accounts, wanted)
    except BaseException as error:
        _undo(present, kept, told)
        if isinstance(error, FAILURES):
            raise StartRefused(f"The upgrade failed, and everything is as it was before it: {error}") from error
        raise
    copies.write(present, replace(kept, entries=entries))
    notes.write(present)
    notes.end(present)
    copies.prune(present, but=kept.name)
    log.info("upgraded", version=wanted.goes_to, before=wanted.version, copy=kept.name)
    return wanted


def recover(present: Config, told: Told) -> None:
    """Put right what an upgrade that died left: its copy goes back, one that did not become whole goes away.

    Raises:
        StartRefused: the copy cannot be put back.
    """
    found = notes.journal(present)
    if found is None:
        return
    if found.step == "copying":
        copies.abandon(present, found.copy)
        return
    told("An upgrade was interrupted: what was there before it is put back.")
    copies.put_back(present, found.copy)
    if found.step == "going-back":
        _leave_word(present, found)
    else:
        copies.abandon(present, found.copy)
    notes.end(present)


def go_back(present: Config, accounts: Accounts, *, losing_entries: bool, told: Told) -> Copy:
    """Go back to the copy from before the last upgrade.

    Raises:
        StartRefused: there is none, or entries were written since and nobody said that they may be lost.
    """
    recover(present, told)
    kept = copies.newest(present)
    if kept is None:
        raise StartRefused("No copy from before an upgrade is kept, so there is nothing to go back to.")
    if kept.entries is None:
        raise StartRefused("You went back to the newest copy already, and no upgrade was made since.")
    lost, heads = _since(present, accounts, kept, is_asked=losing_entries)
    if lost and not losing_entries:
        raise StartRefused(
            f"{lost} entries were written into the log since that upgrade, and with them what people did. To go back "
            "all the same and lose them: muniment upgrade --back --losing-entries"
        )
    begun = Journal("going-back", kept.name, lost, heads)
    notes.begin(present, begun)
    told("The copy is put back.")
    copies.put_back(present, kept.name)
    _leave_word(present, begun)
    notes.end(present)
    log.info("went back", copy=kept.name, lost=lost)
    return kept


def make_good(present: Config, accounts: Accounts, told: Told) -> None:
    """After a way back: write it down, and where entries were lost, begin the logs anew as a restore does.

    The database runs and is of this version; nobody was let in yet. Nothing where nobody went back.

    Raises:
        StartRefused: it cannot be written; the next start tries again.
    """
    found = notes.went_back(present)
    if found is None:
        return
    from muniment.operations.continuity import bringing_back

    if found.lost:
        told(f"{found.lost} entries were lost by going back: the logs begin anew, sessions and links are ended.")
        bringing_back.reopen(present, accounts, None, found.heads, lambda *_: None)
    programs.run("host", present, "upgrade back", account=accounts.portal)
    notes.made_good(present)


def _leave_word(present: Config, begun: Journal) -> None:
    """Say that the copy was gone back to: the next start makes that good, and nobody goes back to it twice."""
    notes.go_back(present, WentBack(begun.lost, begun.heads))
    used = copies.newest(present)
    if used is not None and used.name == begun.copy:
        copies.write(present, replace(used, entries=None))


def _carry_out(present: Config, accounts: Accounts, wanted: Plan) -> int:
    """Do what is new and look at it; return how many entries the log holds then."""
    portal = accounts.portal
    if wanted.is_major:
        major.carry_out(present, major.programs_of(present, wanted.postgresql))
    with planning.running(present, accounts) as server:
        if wanted.is_major:
            major.afterwards(server)
            planning.refuse_newer(planning.look(present))
        programs.run("preparation", present, role="super")
        make_places(present, accounts)
        programs.run("migrations", present, role="owner", account=portal)
        programs.run("checks", present, "--starting", account=portal)
        make_good(present, accounts, lambda _: None)
        programs.run("host", present, "upgrade", account=portal)
        return int(planning.look(present)["entries"])


def _save(present: Config, accounts: Accounts, kept: Copy, told: Told) -> None:
    """Put the copy into the repository, too; where that does not answer, the copy here is the way back."""
    if not planning.is_saved(present):
        return
    place = notes.before(present) / kept.name / copies.CLUSTER
    try:
        programs.run(
            "upgrading.saving", present, str(place), kept.version or "unknown", role="job", account=accounts.portal
        )
    except StartRefused as refused:
        log.warning("the repository did not take the copy")
        told(f"Note: the repository of backups did not take the copy ({refused}). The one in before/ is the way back.")


def _undo(present: Config, kept: Copy, told: Told) -> None:
    """Put the copy back after a failure; where even that fails, the journal stays and the next start tries again."""
    found = notes.journal(present)
    if found is not None and found.step == "upgrading":
        told("It failed: what was there before is put back.")
        copies.put_back(present, kept.name)
    copies.abandon(present, kept.name)
    shutil.rmtree(present.data / "database.work", ignore_errors=True)


def _since(present: Config, accounts: Accounts, kept: Copy, *, is_asked: bool) -> tuple[int, tuple[str, ...]]:
    """Return how many entries were written since the upgrade, and the log's newest signed checkpoints."""
    try:
        with planning.running(present, accounts):
            count = int(planning.look(present)["entries"]) - (kept.entries or 0)  # None was refused before
            if count <= 0:
                return 0, ()
            said = programs.run("upgrading.looking", present, "heads", role="job", account=accounts.portal)
            return count, tuple(json.loads(said.splitlines()[-1])["heads"])
    except StartRefused as refused:
        if is_asked:
            return 1, ()  # nobody can tell how many: at least this is said
        raise StartRefused(
            f"Nobody can tell how many entries were written since, because the database does not come up ({refused}). "
            "To go back all the same: muniment upgrade --back --losing-entries"
        ) from refused
