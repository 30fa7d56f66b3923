"""Recovery sheets, and the key backup that their words open."""

import hashlib
import hmac
import os

from django.core.cache import cache

from muniment.core import clock, config
from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import action, bound
from muniment.trust.access import queries as access
from muniment.trust.access.errors import LastAdministrator
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as client_rows
from muniment.trust.clients import queries as clients
from muniment.trust.custody.backup_facts import sheet_facts
from muniment.trust.custody.errors import TriedTooOften
from muniment.trust.custody.models import RecoverySheet
from muniment.trust.custody.types import NewSheet, ShareTested
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people_of
from muniment.trust.vault import actions as vault
from muniment.trust.vault import queries as keys
from muniment.trust.vault.errors import ShareOfAnother
from muniment.trust.vault.recovery import backup, sealing, shares

TESTS_AN_HOUR = 20
_PURPOSE = b"muniment/recovery-share/v1\0"


@action
def make_sheet(actor: Actor, *, people: int, needed: int) -> NewSheet:
    """Make a recovery sheet for so many people, of whom so many together open the key backup.

    The words are in what is returned and nowhere else. The sheet before goes on opening the key backup until as many
    shares of this one were tested as are needed.

    Raises:
        NotFound: `actor` may not, or acts not within the firm.
        SheetNumbers: not 1 to 16 people, or not 2 to all of them are needed.
        KeyBackupAway: the key backup cannot be written; nothing was made.
    """
    _require(actor, "recovery:make")
    secret = os.urandom(sealing.SECRET_BYTES)
    words = shares.split(secret, people=people, needed=needed)
    rows = RecoverySheet.objects.select_for_update().filter(client_id=actor.client)
    rows.filter(state="new").update(state="replaced")
    row = RecoverySheet.objects.create(
        client_id=actor.client,
        people=people,
        needed=needed,
        public=sealing.public_of(secret),
        digests=[_digest(share) for share in words],
        made_by=actor.person_id,
    )
    audit.record(actor, Event.SHEET_MADE, row, people=people, needed=needed)
    _seal_for(row, *rows.filter(state="current").order_by("-id"))
    firm = people_of.company_names([])
    return NewSheet(sheet_facts(row), tuple(words), firm[0] if firm else "")


def test_share(actor: Actor, *, words: str) -> ShareTested:
    """Look whether somebody's words are those of a share of the present sheet; nothing is opened with them.

    Raises:
        TriedTooOften: `actor` has tested too many within an hour.
        ShareUnreadable, ShareOfAnother: they are not; the first says which word to look at.
        NotFound: `actor` may not.
    """
    number = cache.count(f"recovery-share:{actor.person_id}", 3600)  # type: ignore[attr-defined] # of SharedCache
    if number > TESTS_AN_HOUR:
        raise TriedTooOften
    return record_share_test(actor, words=words)


@action
def record_share_test(actor: Actor, *, words: str) -> ShareTested:
    """Do what `test_share` says, and write it down; with as many shares tested as are needed, the sheet counts.

    Raises:
        ShareUnreadable, ShareOfAnother, NotFound: as there.
        KeyBackupAway: the sheet would count now, but the key backup cannot be written; test again later.
    """
    _require(actor, "recovery:test")
    share, rows = shares.read(words), RecoverySheet.objects.filter(client_id=actor.client)
    digest = _digest(share.words)
    known = rows.select_for_update().exclude(state="replaced").order_by("-id")
    row = next((row for row in known if any(hmac.compare_digest(digest, one) for one in row.digests)), None)
    if row is None:
        raise ShareOfAnother
    row.tested = {**row.tested, str(share.number): clock.now().isoformat(timespec="seconds")}
    if begins := row.state == "new" and len(row.tested) >= row.needed:
        rows.exclude(id=row.id).update(state="replaced")
        row.state = "current"
    row.save(update_fields=["tested", "state"])
    audit.record(actor, Event.SHARE_TESTED, row, number=share.number, counts=row.state == "current")
    if begins:
        _seal_for(row)
    return ShareTested(row.id, share.number, max(0, row.needed - len(row.tested)))


@action
def write_key_backup(actor: Actor) -> None:
    """Bring the key backup up to date: for the worker, when it is not.

    Raises:
        KeyBackupAway: it cannot be written; what is there stays.
    """
    access.require(actor, "key:turn")
    written = backup.write(config.current())
    audit.record(actor, Event.KEY_BACKUP_WRITTEN, changed=written)


def is_key_backup_behind() -> bool:
    """Tell whether there is a sheet, and a key backup that does not hold the keys as they are."""
    present = config.current()
    return bool(backup.sheets(present)) and not backup.is_current(present)


@action
def _record_locked(actor: Actor, *, keys_locked: int) -> None:
    audit.record(actor, Event.KEYS_LOCKED, keys=keys_locked)


def lock_keys(actor: Actor, *, seconds: float) -> int:
    """Give keys from before there were locks theirs, for a while; return how many got one."""
    until = clock.now().timestamp() + seconds
    count = vault.lock_all(lambda: clock.now().timestamp() < until)
    if count:
        _record_locked(actor, keys_locked=count)
    return count


@action
def repeat_destructions(actor: Actor) -> int:
    """Destroy again what a restored backup has brought back although its locks were destroyed; return how many keys.

    For who restores, before anybody is let in: clients are closed, people erased, documents lose their key. Repeating
    it does no harm. A person without whom nobody could administer the firm keeps their place, but not their key.

    Raises:
        KeyMissing, KeyRefused: the file of the locks is not there, or not as it must be.
    """
    access.require(actor, "key:destroy")
    keys.forget_keys()
    found = vault.returned()
    for person_id in found.people:
        try:
            identity.erase_person(person_id)
        except (LastAdministrator, NotFound):
            continue
    for client_id in found.clients:
        with bound(Binding(client_id)):
            client_rows.close(client_id)
    count = vault.bury(found)
    vault.look_again()
    blobs = sum(len(gone) for gone in found.blobs.values())
    audit.record(
        actor, Event.DESTRUCTION_REPEATED, people=len(found.people), clients=len(found.clients), documents=blobs
    )
    return count


def _seal_for(*rows: RecoverySheet) -> None:
    chosen = [backup.Sheet(str(row.id), bytes(row.public)) for row in rows]
    backup.seal_for(config.current(), chosen)


def _digest(words: str) -> str:
    """Return what recognises a share: keyed with a key of the installation that never turns."""
    key = hashlib.sha256(_PURPOSE + keys.installation_key("public-ids")).digest()
    return hmac.digest(key, words.encode(), "sha256").hex()


def _require(actor: Actor, verb: str) -> None:
    access.require(actor, verb)
    if actor.client_id != clients.find_firm_id():
        raise NotFound
