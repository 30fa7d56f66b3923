"""Let somebody without an account send the files for one item."""

from datetime import datetime
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import action
from muniment.portal.checklists.actions.settling import item_to_change
from muniment.portal.checklists.errors import LinkNeedsFolder, MoveRefused, NoFileHere
from muniment.portal.checklists.models import Item, ItemLink
from muniment.portal.checklists.moves import possible
from muniment.portal.checklists.states import State
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as access
from muniment.trust.access import queries as known_links
from muniment.trust.access.types import GuestLinkFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

ENDING = "What a link was for is done"


@action
def send_item_link(
    actor: Actor, *, item_id: UUID, email: str, purpose: str, until: datetime, most_uses: int = 5
) -> GuestLinkFacts:
    """Mail somebody without an account a link by which they send files for one item, and see nothing.

    It works until `until` (exclusive, 92 days ahead at most), as long as the actor may share the item's folder, and
    until the item is accepted.

    Raises:
        NotFound: there is no such item, or the actor may not ask, or may not share its folder.
        ChecklistClosed, NotAsked, MoveRefused: nothing is asked for any more.
        NoFileHere: no file is asked for.
        LinkNeedsFolder: the item names no folder.
        Invalid, LinkForStaff, PurposeMissing, EndsInThePast, LinkTooLong: as of any link.
    """
    _, item = item_to_change(actor, "checklist:send", item_id)
    if item.kind != "upload":
        raise NoFileHere
    if "answer" not in possible(State(item.state)):
        raise MoveRefused
    if item.folder_id is None:
        raise LinkNeedsFolder
    link = documents.send_link(
        actor,
        target="folder",
        target_id=item.folder_id,
        email=email,
        task="upload",
        purpose=purpose,
        until=until,
        most_uses=most_uses,
        part="requests",
    )
    ItemLink.objects.create(client_id=actor.client, item_id=item.id, link_id=link.id)
    audit.record(actor, Event.ITEM_LINK_SENT, item, checklist=item.checklist_id, link=link.id)
    return link


def end_links(actor: Actor, item: Item) -> None:
    """End every link for files of an item that still works."""
    rows = ItemLink.objects.filter(client_id=actor.client, item_id=item.id)
    for link_id in rows.values_list("link_id", flat=True):
        if not known_links.guest_link(actor, link_id).has_ended(clock.now()):
            access.revoke_guest_link(Actor.system(actor.client, purpose=ENDING), link_id=link_id)
