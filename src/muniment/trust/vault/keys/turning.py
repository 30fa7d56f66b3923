"""Rotation of keys, in small transactions while the portal runs.

Each transaction takes the row of the rotation, re-wraps or re-seals a batch, and moves the figures of the
row with it. What is left to do is found by looking (which key is this under?), so that a death at any step,
a full disk or a second worker loses nothing and does nothing twice: the next run goes on.

A process keeps the version that seals now in memory for a short while and may still seal with the one
before. Older versions open, so that is no harm; a rotation ends only when that time is over and nothing is
left under an older version.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from muniment.core import clock, config
from muniment.core.db.binding import Binding
from muniment.core.errors import PortalError
from muniment.core.unit import bound
from muniment.trust.clients import queries as clients
from muniment.trust.vault import queries
from muniment.trust.vault.errors import NeverTurns, TurningAlready, VaultError
from muniment.trust.vault.keys import reencrypting, resealing, rewrapping, signing
from muniment.trust.vault.keys.pacing import Pace
from muniment.trust.vault.models import ClientKey, InstallationKey, Turning

BATCH = 200
MARGIN_SECONDS = 30.0
WHAT = ("root", "people", "signing", "log", "client", "clients")
logger = structlog.get_logger("muniment.vault")


@dataclass(frozen=True)
class Done:
    """What one small step did; nothing at all means that there is nothing left of its kind."""

    wrapped: int = 0
    sealed: int = 0

    def __bool__(self) -> bool:
        return bool(self.wrapped or self.sealed)


def begin(what: str, *, subject_id: UUID | None, reencrypts: bool, person_id: UUID | None) -> Turning:
    """Write down that keys are to be turned; the worker does it.

    Raises:
        NeverTurns: there is no such key, or it never turns.
        TurningAlready: another rotation is under way.
    """
    if what not in WHAT or (what == "client") != (subject_id is not None):
        raise NeverTurns
    if reencrypts and what not in {"client", "clients"}:
        raise NeverTurns
    if subject_id is not None and not queries.client_versions(subject_id):
        raise NeverTurns
    total = len(_clients(what, subject_id))
    try:
        with transaction.atomic():  # the database decides, so that two at once cannot both
            return Turning.objects.create(
                what=what, subject_id=subject_id, reencrypts=reencrypts, begun_by=person_id, clients_total=total
            )
    except IntegrityError as error:
        raise TurningAlready from error


def run(turning_id: UUID, *, seconds: float) -> Turning | None:
    """Go on with a rotation for a while; return its row once it is finished, else None.

    Raises nothing that is expected: a full disk, or a store or key service that is down, is written into the row,
    and the next run tries again.
    """
    begun, pace, passed_by = time.monotonic(), Pace(config.current().reencrypt_bytes_per_second), set[UUID]()
    while time.monotonic() - begun < seconds:
        try:
            turning, did = _step(turning_id)
            if turning is not None and turning.step == "documents":
                did = _seal_documents(turning, pace, passed_by)
        except (DatabaseError, VaultError, PortalError, OSError) as error:
            _trouble(turning_id, error)
            return None
        if turning is not None and turning.step == "documents":
            turning.refresh_from_db()
        if turning is not None and turning.finished_at is not None:
            queries.forget_keys()
            return turning
        if not did:
            return None
    return None


def _step(turning_id: UUID) -> tuple[Turning | None, bool]:
    """Do one batch in one transaction; tell whether there may be more to do at once."""
    with transaction.atomic():
        rows = Turning.objects.select_for_update(skip_locked=True)
        turning = rows.filter(id=turning_id, finished_at=None).first()
        if turning is None:  # somebody else is at it
            return None, False
        if turning.step == "documents":
            return turning, True
        more = _advance(turning)
        turning.worked_at, turning.trouble = clock.now(), ""
        turning.save()
    return turning, more


def _seal_documents(turning: Turning, pace: Pace, passed_by: set[UUID]) -> bool:
    """Seal one document anew, outside any transaction: it may be large. The figures follow."""
    rows = Turning.objects.filter(id=turning.id, step="documents")
    client_id = _present_client(turning)
    if client_id is None:
        return bool(rows.update(step="done", finished_at=clock.now(), is_running=None))
    size = reencrypting.next_blob(client_id, before=turning.begun_at, passed_by=passed_by, pace=pace)
    if size is None:
        return bool(rows.update(position=client_id))
    return bool(rows.update(bytes_sealed=F("bytes_sealed") + size, worked_at=clock.now(), trouble=""))


def _advance(turning: Turning) -> bool:
    """Do the next piece of work and move the row's figures; tell whether there may be more to do at once."""
    if turning.step == "keys":
        _make_keys(turning)
        turning.step = "values"
        return True
    if turning.step == "waiting":
        if turning.waits_until is not None and clock.now() < turning.waits_until:
            return False
        turning.step, turning.position = "last look", None
        return True
    did = _work(turning)
    turning.keys_wrapped += did.wrapped
    turning.values_sealed += did.sealed
    if did or _next_client(turning):
        return True
    if turning.step == "values":
        turning.step, turning.waits_until = (
            "waiting",
            clock.now() + timedelta(seconds=queries.keep_seconds() + MARGIN_SECONDS),
        )
        return True
    if turning.reencrypts:
        turning.step, turning.position = "documents", None
    else:
        turning.step, turning.finished_at, turning.is_running = "done", clock.now(), None
    return True


def _make_keys(turning: Turning) -> None:
    """Make the new key of what has one key; those of clients are made when their turn comes."""
    if turning.what == "root":
        _turn_root(turning)
    elif turning.what == "people" or turning.what in signing.PURPOSES:
        version = queries.installation_versions(turning.what)[0]
        rewrapping.add_installation_key(turning.what, version + 1)
        if turning.what == "people":
            turning.values_sealed += resealing.unique_emails(version + 1)
        else:
            InstallationKey.objects.filter(purpose=turning.what, version__lte=version).update(wrapped=b"")


def _turn_root(turning: Turning) -> None:
    """Add a root key, unless a run that died before its row was written has added it."""
    newest = [fact for fact in queries.keyring().facts() if fact.is_current]
    if newest and newest[0].created_at is not None and newest[0].created_at >= turning.begun_at:
        return
    queries.keyring().rotate()


def _work(turning: Turning) -> Done:
    if turning.what in signing.PURPOSES:
        return Done()
    if turning.what in {"root", "people"} and turning.position is None:
        own = rewrapping.under_root() if turning.what == "root" else rewrapping.under_people(BATCH)
        sealed = resealing.people(BATCH) if turning.what == "people" and not own else 0
        if own or sealed:
            return Done(own, sealed)
    client_id = _present_client(turning)
    if client_id is None:
        return Done()
    with bound(Binding(client_id)):
        return _work_in(turning, client_id)


def _work_in(turning: Turning, client_id: UUID) -> Done:
    """Do a batch in one client, which is bound."""
    if turning.what == "root":
        return Done(wrapped=rewrapping.client_keys(client_id))
    if turning.what == "people":
        return Done(sealed=resealing.of_people_in(client_id, BATCH))
    made = ClientKey.objects.filter(client_id=client_id).order_by("-version").first()
    if made is None:  # destroyed meanwhile
        return Done()
    if made.created_at < turning.begun_at:
        rewrapping.add_client_key(client_id)
        return Done(wrapped=1)
    if wrapped := rewrapping.blobs(client_id, made.version, BATCH):
        return Done(wrapped=wrapped)
    return Done(sealed=resealing.of_client(client_id, made.version, BATCH))


def _present_client(turning: Turning) -> UUID | None:
    """Return the client whose turn it is: the first after `position`."""
    for client_id in _clients(turning.what, turning.subject_id):
        if turning.position is None or client_id > turning.position:
            return client_id
    return None


def _next_client(turning: Turning) -> bool:
    """Move past the present client; False if there was none left."""
    client_id = _present_client(turning)
    if client_id is None:
        return False
    turning.position = client_id
    if turning.step == "values":
        turning.clients_done = min(turning.clients_done + 1, turning.clients_total)
    return True


def _clients(what: str, subject_id: UUID | None) -> list[UUID]:
    """Return whose keys are concerned, in the order of their ids, the firm among them."""
    if what in signing.PURPOSES:
        return []
    if subject_id is not None:
        return [subject_id]
    firm = clients.find_firm_id()
    return sorted([*clients.client_ids(), *([firm] if firm else [])])


def _trouble(turning_id: UUID, error: Exception) -> None:
    """Say what went wrong, where that can still be written; the next run tries again."""
    name = type(error).__name__
    logger.error("rotation of keys interrupted", what=name)
    try:
        with transaction.atomic():
            Turning.objects.filter(id=turning_id, finished_at=None).update(trouble=name, worked_at=clock.now())
    except DatabaseError:
        logger.exception("the trouble itself could not be written down")
