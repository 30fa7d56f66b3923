"""Decide about what was held back: let it go, as two people, or destroy it; and say what is let in at all."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.db import transaction

from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.portal.documents.actions import indexing
from muniment.portal.documents.models import Version
from muniment.portal.documents.queries.documents import vetting_of
from muniment.trust.access import actions as approvals
from muniment.trust.access import queries as access
from muniment.trust.access.errors import ReasonMissing
from muniment.trust.access.types import ApprovalFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.custody import queries as custody
from muniment.trust.custody.errors import UnderHold
from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import NotHeld
from muniment.trust.vault.types import RULED, Outcome, Verdict

RELEASE = "version:release"


@action
def ask_release(actor: Actor, *, version_id: UUID, reason: str) -> ApprovalFacts:
    """Ask a second person to let a held version go, with a reason.

    Raises:
        NotFound: there is no such version, or the actor may not release any.
        NotHeld: it is not held, was refused, or is held only until the scanner is back.
        ReasonMissing, AskedAlready: as for every approval.
    """
    version = _version(actor, RELEASE, version_id)
    vetting = vetting_of(version)
    if vetting.verdict != Verdict.HELD or not vetting.is_final:
        raise NotHeld
    return approvals.ask_approval(actor, act=RELEASE, obj=version, reason=reason)


@action
def release_version(actor: Actor, *, version_id: UUID, approval_id: UUID, reason: str = "") -> None:
    """Approve, as the second person, that a held version is let go: from then on it opens like any other.

    Raises:
        NotFound: there is no such version or request, or the actor may not release any.
        SecondPersonNeeded: the actor is who asked.
        NotApproved: it was decided, taken back, or asked for another version.
        NotHeld: it is not held any more.
    """
    version = _version(actor, RELEASE, version_id)
    approvals.approve(actor, approval_id=approval_id, reason=reason)
    approvals.use_approval(actor, approval_id=approval_id, act=RELEASE, object_id=version.id)
    vault.release_blob(actor.client, version.blob_id)
    indexing.read_text_later(actor.client, version.document_id)
    audit.record(actor, Event.VERSION_RELEASED, version, document=version.document_id, approval=approval_id)


@action
def destroy_version(actor: Actor, *, version_id: UUID, reason: str) -> None:
    """Destroy the bytes of a version that was held or refused: its key is gone at once, its file right after.

    What stays is that it was there, who sent it, and why it was destroyed.

    Raises:
        NotFound: there is no such version, or the actor may not destroy any.
        NotHeld: people may open it, or it was not vetted yet.
        UnderHold: a hold is on the document or the client.
        ReasonMissing: nobody said why.
    """
    version = _version(actor, "version:destroy", version_id)
    if not reason.strip():
        raise ReasonMissing
    if vetting_of(version).verdict not in {Verdict.HELD, Verdict.REFUSED} or version.blob.deleted_at is not None:
        raise NotHeld
    if custody.is_held("document", version.document_id, actor.client):
        raise UnderHold
    vault.destroy_blob(actor.client, version.blob_id)
    transaction.on_commit(partial(vault.remove_blob, actor.client, version.blob_id))
    audit.record(actor, Event.VERSION_DESTROYED, version, document=version.document_id, reason=reason.strip())


@action
def set_upload_rules(actor: Actor, *, rules: Mapping[str, str]) -> dict[str, str]:
    """Say what is let into a client, for what is uploaded from now on; what is not named follows the default.

    Raises:
        NotFound: the actor may not.
        Invalid: a rule for something that is no kind of file and no danger, or that does something unknown.
    """
    access.require(actor, "upload-rules:set")
    if not set(rules) <= set(RULED) or not set(rules.values()) <= {str(outcome) for outcome in Outcome}:
        raise Invalid
    kept = vault.set_upload_rules(actor.client, {name: Outcome(outcome) for name, outcome in rules.items()})
    audit.record(actor, Event.UPLOAD_RULES_SET, None, rules=kept)
    return kept


def _version(actor: Actor, verb: str, version_id: UUID) -> Version:
    """Return the row of a version, its blob locked, to somebody who may do `verb` in the whole client."""
    access.require(actor, verb)
    rows = Version.objects.select_for_update(of=("blob",)).select_related("blob")
    version = rows.filter(client_id=actor.client, id=version_id).first()
    if version is None:
        raise NotFound
    return version
