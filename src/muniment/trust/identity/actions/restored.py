"""After the portal was restored: what a backup brought back of ways in works no more.

A link that was used or withdrawn after the backup would work again, and so would a session that somebody had ended.
"""

from collections import Counter

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.trust.access import actions as grants
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.actions.entries import record_own


@action
def end_ways_in(actor: Actor) -> int:
    """End each guest link and invitation of the actor's client, in the firm's space all sessions and setup links, too.

    Each leaves an entry of its own, and all together one; returns how many there were. Repeating it ends what is left.
    The portal's own act, before anybody is let in.

    Raises:
        NotFound: somebody else would do it.
    """
    if actor.kind != "system":
        raise NotFound
    links, invitations = grants.end_guest_links(actor), _end_invitations(actor)
    sessions = _end_sessions(actor) if actor.client == clients.firm_id() else 0
    audit.record(actor, Event.WAYS_IN_ENDED, links=links, invitations=invitations, sessions=sessions)
    return links + invitations + sessions


def _end_invitations(actor: Actor) -> int:
    rows = list(models.Invitation.objects.filter(client_id=actor.client, used_at=None, withdrawn_at=None))
    for row in rows:
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        audit.record(actor, Event.INVITATION_WITHDRAWN, row)
    return len(rows)


def _end_sessions(actor: Actor) -> int:
    """End every session, with an entry in the logs of each person who had one; setup links work no more either."""
    running = Counter(models.Session.objects.values_list("person_id", flat=True))
    models.Session.objects.all().delete()
    models.SetupLink.objects.filter(used_at=None).update(used_at=clock.now())
    for person_id, count in running.items():
        if person_id is not None:
            record_own(actor, Event.SIGNED_OUT, person_id, about=person_id, others=count)
    return running.total()
