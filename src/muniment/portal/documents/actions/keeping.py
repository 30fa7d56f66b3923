"""Keep what is stored: read everything back, move it to another store, remove what nobody needs.

All of it is work of the portal itself, in the background or by the host's command; each run leaves an entry.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from muniment.core import clock, config, ids
from muniment.core.actor import Actor
from muniment.core.unit import action, query
from muniment.portal.documents.models import Version
from muniment.portal.documents.types import CheckFacts, Damage
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as stores
from muniment.trust.vault.errors import BlobMissing, VaultError
from muniment.trust.vault.types import Collected, Moved, StoreName

MONTH = timedelta(days=28)
CHECK_STORE = "documents.check_store"
logger = structlog.get_logger("muniment.documents")


def check_store(actor: Actor, *, proved_before: datetime | None = None) -> CheckFacts:
    """Read back and authenticate every document of the client that was not since a moment (now: all of them).

    At most `store_check_bytes_per_second` are read. Each damaged version leaves an entry, and so does the run.
    After a kill the next run goes on with what was not read yet.

    Raises:
        StoreDown: a store does not answer; what was read counts.
    """
    pace = vault.Pace(config.current().store_check_bytes_per_second)
    waiting = stores.stored_blobs(actor.client, proved_before or clock.now())
    damage = tuple(_damages(actor, [one.blob_id for one in waiting], pace))
    facts = CheckFacts(blobs=len(waiting), read_bytes=pace.total_bytes, damage=damage)
    _record_check(actor, facts)
    return facts


def move_store(actor: Actor, *, target: StoreName, bytes_per_second: int = 0) -> Moved:
    """Move the client's documents to a store while people go on reading them; see `vault.move_blobs`.

    What lies where no row looks, from a run that was killed, is removed at the end.

    Raises:
        RegionRefused: the client's documents may not lie there.
        StoreFull, StoreDown: it cannot go on now; what was moved is moved.
    """
    moved = vault.move_blobs(actor.client, target=target, bytes_per_second=bytes_per_second)
    collect_store(actor)
    if moved.moved or moved.damaged:
        _record_move(actor, target=target, moved=moved)
    return moved


def collect_store(actor: Actor, *, guard: timedelta | None = None) -> Collected:
    """Remove from every store what no row of the client needs; see `vault.collect_store`.

    Raises:
        StoreDown: a store does not answer.
    """
    total = Collected()
    for name in stores.store_names():
        total += vault.collect_store(actor.client, stores.store(name), guard=guard)
    if total.removed:
        _record_collection(actor, collected=total)
    return total


def _damages(actor: Actor, blob_ids: list[UUID], pace: vault.Pace) -> Iterator[Damage]:
    for blob_id in blob_ids:
        try:
            vault.prove_blob(actor.client, blob_id, pace)
        except VaultError as error:
            if isinstance(error, BlobMissing) and not stores.is_stored(actor.client, blob_id):
                continue  # destroyed while this ran
            version_id, what = _version_of(actor, blob_id), type(error).__name__
            logger.critical("stored bytes damaged", blob=ids.public(blob_id), what=what)
            _record_damage_found(actor, blob_id=blob_id, version_id=version_id, what=what)
            yield Damage(blob_id, version_id, what)


@query
def _version_of(actor: Actor, blob_id: UUID) -> UUID | None:
    rows = Version.objects.filter(client_id=actor.client, blob_id=blob_id)
    return rows.values_list("id", flat=True).first()


@action
def _record_damage_found(actor: Actor, *, blob_id: UUID, version_id: UUID | None, what: str) -> None:
    version = Version.objects.filter(client_id=actor.client, id=version_id).first() if version_id else None
    audit.record(actor, Event.VERSION_DAMAGED, version, blob=blob_id, what=what)


@action
def _record_check(actor: Actor, facts: CheckFacts) -> None:
    audit.record(actor, Event.STORE_CHECKED, blobs=facts.blobs, read=facts.read_bytes, damaged=len(facts.damage))


@action
def _record_move(actor: Actor, *, target: StoreName, moved: Moved) -> None:
    audit.record(
        actor, Event.STORE_MOVED, store=target, blobs=moved.moved, size=moved.moved_bytes, damaged=len(moved.damaged)
    )


@action
def _record_collection(actor: Actor, *, collected: Collected) -> None:
    audit.record(
        actor,
        Event.STORE_COLLECTED,
        objects=collected.objects,
        unfinished=collected.unfinished,
        ends=collected.ends,
    )
