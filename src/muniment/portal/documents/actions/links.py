"""Send links to people without an account, and end them."""

from datetime import datetime
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.documents.queries.shares import insist_confirmed, places_of
from muniment.portal.documents.types import Target
from muniment.trust.access import actions as access
from muniment.trust.access import queries as known_links
from muniment.trust.access.types import GuestLinkFacts, LinkTask
from muniment.trust.identity import actions as identity


@action
def send_link(
    actor: Actor,
    *,
    target: Target,
    target_id: UUID,
    email: str,
    task: LinkTask,
    purpose: str,
    until: datetime,
    most_uses: int = 5,
) -> GuestLinkFacts:
    """Mail somebody without an account a link to view a document or folder, or to upload into a folder.

    It works until `until` (exclusive, 92 days ahead at most), as long as the actor may share the thing.

    Raises:
        NotFound: there is no such thing here, or the actor may not share it.
        Invalid: the address is malformed, the task does not go with the thing, or the uses are not 1 to 100.
        LinkForStaff: the address is of somebody of the firm.
        PurposeMissing, EndsInThePast, LinkTooLong: see the links.
    """
    places_of(actor, target, target_id)  # decides
    insist_confirmed(actor, target, target_id)
    return identity.make_guest_link(
        actor,
        email=email,
        task=task,
        scope=(target, target_id),
        purpose=purpose,
        until=until,
        most_uses=most_uses,
    )


@action
def end_link(actor: Actor, *, target: Target, target_id: UUID, link_id: UUID) -> GuestLinkFacts:
    """End a link to a document or folder now; who is in by it is out at the next request.

    Raises:
        NotFound: there is no such link to this thing, it has ended, or the actor may not share the thing.
    """
    places_of(actor, target, target_id)  # decides
    if not any(link.id == link_id for link in known_links.guest_links(actor, scope_id=target_id)):
        raise NotFound
    return access.revoke_guest_link(actor, link_id=link_id)
