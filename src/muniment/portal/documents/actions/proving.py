"""Prove that a stored version opens and is whole."""

from uuid import UUID

import structlog

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action, query
from muniment.portal.documents.models import Version
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.vault import actions as vault
from muniment.trust.vault.errors import VaultError

logger = structlog.get_logger("muniment.documents")


def prove_version(actor: Actor, *, version_id: UUID) -> bool:
    """Read a version back, open every segment, and write its SHA-256 down; return whether it is whole.

    For the portal itself, in the background: it reads as many bytes as the version has. Damage leaves its
    own entry and an error in the log; proving again later does no harm.

    Raises:
        NotFound: there is no such version.
    """
    blob_id = _blob_of(actor, version_id)
    try:
        digest = vault.prove_blob(actor.client, blob_id)
    except VaultError as error:
        logger.critical("version damaged", version=ids.public(version_id), what=type(error).__name__)
        _record_damage(actor, version_id=version_id, what=type(error).__name__)
        return False
    _record_proof(actor, version_id=version_id, digest_hex=digest.hex())
    return True


@query
def _blob_of(actor: Actor, version_id: UUID) -> UUID:
    return _version(actor, version_id).blob_id


@action
def _record_proof(actor: Actor, *, version_id: UUID, digest_hex: str) -> None:
    version = _version(actor, version_id)
    audit.record(actor, Event.VERSION_PROVED, version, document=version.document_id, sha256=digest_hex)


@action
def _record_damage(actor: Actor, *, version_id: UUID, what: str) -> None:
    version = _version(actor, version_id)
    audit.record(actor, Event.VERSION_DAMAGED, version, document=version.document_id, what=what)


def _version(actor: Actor, version_id: UUID) -> Version:
    version = Version.objects.filter(client_id=actor.client, id=version_id).first()
    if version is None:
        raise NotFound
    return version
