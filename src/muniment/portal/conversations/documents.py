"""Documents as what a thread can be about."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from muniment.core.actor import Actor
from muniment.portal.conversations.types import declare_subject
from muniment.portal.documents import queries as documents


def declare() -> None:
    """Let threads be about documents."""
    declare_subject("document", word=_("Document"), name_of=_names, url_of=_url, may_see=_seen)


def _names(actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    return documents.names(actor, documents.viewable(actor, ids))


def _seen(actor: Actor, ids: Collection[UUID]) -> frozenset[UUID]:
    return documents.viewable(actor, ids)


def _url(client_id: UUID, document_id: UUID) -> str:
    return reverse("documents:document", kwargs={"client_id": client_id, "document_id": document_id})
