"""Find tickets by words of their titles and texts, for the one search box. The index proposes, access decides."""

from django.utils.translation import gettext as _

from muniment.core.actor import Actor
from muniment.core.finding import Found
from muniment.core.unit import query
from muniment.portal.tickets.models import Ticket
from muniment.portal.tickets.queries.needs import ticket_url
from muniment.trust.access import queries as access
from muniment.trust.vault import actions as vault

_HITS_MOST = 200


@query
def search(actor: Actor, words: str, limit: int) -> list[Found]:
    """Return at most `limit` tickets of the client that hold the words, the last moved first.

    Who sees no tickets finds nothing; nor does anybody where the client's search is switched off.
    """
    if not access.reach(actor, "ticket:view").whole:
        return []
    question = vault.index.ask(actor.client, words)
    if question is None or not question.is_answerable:
        return []
    hits = vault.index.find(actor.client, question, sort="ticket", most=_HITS_MOST)
    said = {hit.id for hit in hits if hit.has_words}
    rows = access.visible(actor, "ticket:view", Ticket).filter(id__in=[hit.id for hit in hits])
    found: list[Found] = []
    for row in rows.order_by("-moved_at", "-id"):
        if len(found) == limit:
            break
        if row.id in said or all(vault.index.is_in_name(term, row.title) for term in question.terms):
            found.append(_told(row))
    return found


def _told(row: Ticket) -> Found:
    about = _("Asked for, no. %(number)s") % {"number": row.number}
    return Found("ticket", row.client_id, row.id, row.title, ticket_url(row.client_id, row.id), row.moved_at, about)
