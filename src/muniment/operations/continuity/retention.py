"""How long backups stay: days, weeks and months of base backups and stores, each log as long as its base backup."""

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.config import Config
from muniment.operations.continuity import stretch
from muniment.operations.continuity.restic import Keeping, Repository, Snapshot

STORE_HOURS = 48  # for which one store of each hour stays, so that a restore to a moment finds what was there then
PRUNE_EVERY = timedelta(days=7)


def keeping(present: Config) -> Keeping:
    """Return how long base backups stay."""
    return Keeping(present.backup_keep_days, present.backup_keep_weeks, present.backup_keep_months)


def keep(present: Config, repository: Repository) -> None:
    """Forget what is too old, and once a week give its room back.

    Raises:
        Failed: the repository does not let us; nothing needed was removed.
    """
    if repository.append_only:
        return
    wanted = keeping(present)
    repository.forget(tags=["base"], keep=wanted)
    repository.forget(tags=["dump"], keep=wanted)
    store = Keeping(wanted.days, wanted.weeks, wanted.months, hours=STORE_HOURS)
    repository.forget(tags=["store"], keep=store)
    repository.forget(tags=["wal"], ids=superseded(repository))
    found, today = stretch.load(present), clock.now().date()
    if found is not None and found.pruned_on <= today - PRUNE_EVERY:
        repository.prune()
        stretch.save(present, found.pruned(today))


def tidy_log(repository: Repository, base_id: UUID) -> None:
    """Forget all but the newest snapshots of a stretch: each holds what the ones before it held."""
    found = repository.snapshots("wal", f"of-{base_id}")
    if len(found) > 1:
        repository.forget(tags=["wal"], ids=[one.id for one in found[:-1]])


def superseded(repository: Repository) -> list[str]:
    """Return the snapshots of the log that a newer one of the same stretch holds, or whose base backup is gone."""
    bases = {one.said("backup") for one in repository.snapshots("base")}
    stretches: dict[str, list[Snapshot]] = defaultdict(list)
    for one in repository.snapshots("wal"):
        stretches[one.said("of")].append(one)
    return [one.id for base, found in stretches.items() for one in (found[:-1] if base in bases else found)]


def pruned_on(present: Config) -> date:
    """Return when the repository was last pruned; today where nobody knows."""
    found = stretch.load(present)
    return found.pruned_on if found else clock.now().date()
