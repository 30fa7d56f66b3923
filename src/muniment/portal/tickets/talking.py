"""Tickets can be talked about: what conversations ask of them."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from muniment.core.actor import Actor
from muniment.portal.conversations.types import declare_subject
from muniment.portal.tickets import queries


def declare() -> None:
    """Let threads be about tickets."""
    declare_subject("ticket", word=_("Asked of the firm"), name_of=_names, url_of=queries.ticket_url, may_see=_seen)


def _names(actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    return queries.names(actor, ids)


def _seen(actor: Actor, ids: Collection[UUID]) -> frozenset[UUID]:
    return queries.seen(actor, ids)
