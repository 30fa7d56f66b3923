"""Vet what was uploaded: in the background, before anybody opens it."""

from datetime import datetime, timedelta
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action, query
from muniment.portal.documents.actions import indexing
from muniment.portal.documents.models import Version
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.vault import actions as vault
from muniment.trust.vault.types import FOR_NOW, Verdict, Vetting

AT_ONCE = 200
"""Versions that one round vets in one client; the next round goes on."""


def vet_version(actor: Actor, *, version_id: UUID) -> Vetting:
    """Look at a version, write down whether people may open it, and return that.

    For the portal itself, in the background: it reads as many bytes as the version has. Doing it again does no
    harm, and leaves an entry only when the verdict is another one.

    Raises:
        NotFound: there is no such version.
    """
    blob_id, name, media_type = _what(actor, version_id)
    vetting, is_new = vault.vet_blob(actor.client, blob_id, name=name, media_type=media_type)
    if is_new:
        _record(actor, version_id=version_id, vetting=vetting)
    return vetting


def vet_waiting(actor: Actor, *, older_than: timedelta = timedelta()) -> int:
    """Vet the versions of the bound client that wait, or whose vetting could not be finished; return how many.

    For the portal itself: it catches what a killed worker left, what was there before vetting was, and all that was
    held while the scanner was down.
    """
    waiting = _waiting(actor, clock.now() - older_than)
    for version_id in waiting:
        vet_version(actor, version_id=version_id)
    return len(waiting)


@query
def _waiting(actor: Actor, before: datetime) -> list[UUID]:
    rows = Version.objects.filter(client_id=actor.client, blob__deleted_at=None)
    left = rows.filter(blob__verdict=Verdict.WAITING, added_at__lte=before)
    again = rows.filter(blob__verdict=Verdict.HELD, blob__verdict_reason__in=FOR_NOW)
    return list(left.union(again).order_by("id").values_list("id", flat=True)[:AT_ONCE])


@query
def _what(actor: Actor, version_id: UUID) -> tuple[UUID, str, str]:
    version = _version(actor, version_id)
    return version.blob_id, version.document.name, version.media_type


@action
def _record(actor: Actor, *, version_id: UUID, vetting: Vetting) -> None:
    version = _version(actor, version_id)
    event = Event.VERSION_VETTED if vetting.is_open else Event.VERSION_HELD
    if vetting.is_open:
        indexing.read_text_later(actor.client, version.document_id)
    facts = {"verdict": str(vetting.verdict), "reason": vetting.reason, "scanner": vetting.scanner}
    audit.record(actor, event, version, document=version.document_id, **facts)


def _version(actor: Actor, version_id: UUID) -> Version:
    version = Version.objects.filter(client_id=actor.client, id=version_id).select_related("document").first()
    if version is None:
        raise NotFound
    return version
