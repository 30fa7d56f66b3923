"""Mails that wait, and those the demo shows."""

from django.db.models import Max, Min

from muniment.core import config
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.types import Letter, MailState

SHOWN = 100


@query
def letters(actor: Actor) -> list[Letter]:
    """Return the newest mails of the demo, newest first; the firm's admin reads them in its own space.

    Raises:
        NotFound: this is no demo, not the firm's space, or `actor` may not read them.
    """
    access.require(actor, "mail:read")
    if not config.current().demo or actor.client_id != clients.find_firm_id():
        raise NotFound
    return [
        Letter(
            id=row.id,
            to=", ".join(row.message["to"]),
            subject=row.message["subject"],
            body=row.message["body"],
            created_at=row.created_at,
            sent_at=row.sent_at,
            attached=tuple(file["name"] for file in row.message.get("attachments", [])),
        )
        for row in models.Letter.objects.order_by("-id")[:SHOWN]
    ]


def mail_state() -> MailState:
    """Return whether mails go out."""
    waiting = models.Letter.objects.filter(sent_at=None)
    facts = waiting.aggregate(oldest=Min("created_at"), tries=Max("tries"))
    return MailState(
        server=config.current().smtp_url is not None,
        waiting=waiting.count(),
        oldest_at=facts["oldest"],
        tries=facts["tries"] or 0,
    )
