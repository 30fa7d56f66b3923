"""Find an item to work on, one person at a time, and bring its checklist's counts and conditions up to date."""

from uuid import UUID

from muniment.core import following
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.checklists.errors import ChangedMeanwhile, ChecklistClosed, NotAsked
from muniment.portal.checklists.models import Checklist, Item
from muniment.portal.checklists.states import TO_DO, TO_REVIEW, State
from muniment.trust.access import queries as access


def item_to_change(actor: Actor, verb: str, item_id: UUID, version: int | None = None) -> tuple[Checklist, Item]:
    """Return an item that `verb` is allowed with and its checklist, locked until the end of the act.

    With a version, it must be the one that the person saw.

    Raises:
        NotFound: there is no such item, or the actor may not.
        ChecklistClosed: its checklist is closed.
        NotAsked: the condition it depends on does not hold.
        ChangedMeanwhile: somebody wrote since.
    """
    found = access.find(actor, verb, Item, item_id)
    checklist = locked(actor, found.checklist_id)
    item = Item.objects.get(client_id=actor.client, id=item_id)  # as it is now that nobody else can change it
    if checklist.closed_at is not None:
        raise ChecklistClosed
    if not item.is_asked:
        raise NotAsked
    if version is not None and item.version != version:
        raise ChangedMeanwhile
    return checklist, item


def locked(actor: Actor, checklist_id: UUID) -> Checklist:
    """Return a checklist of the bound client, locked until the end of the act.

    Raises:
        NotFound: there is none.
    """
    checklist = Checklist.objects.select_for_update().filter(client_id=actor.client, id=checklist_id).first()
    if checklist is None:
        raise NotFound
    return checklist


def keep(item: Item, *columns: str) -> None:
    """Save columns of an item as its next version."""
    item.version += 1
    item.save(update_fields=[*columns, "version"])


def settle(actor: Actor, checklist: Checklist) -> None:
    """Ask what conditions now ask for, count anew, and tell who follows the checklist."""
    items = list(Item.objects.filter(client_id=actor.client, checklist_id=checklist.id).order_by("number"))
    _ask(items)
    asked = [item for item in items if item.is_asked]
    to_do = [item for item in asked if item.state in TO_DO]
    to_review = [item for item in asked if item.state in TO_REVIEW]
    checklist.to_do, checklist.to_review = len(to_do), len(to_review)
    checklist.sent_back = sum(item.state == State.SENT_BACK for item in to_do)
    checklist.accepted = len(asked) - len(to_do) - len(to_review)
    checklist.next_due = min((item.due for item in to_do if item.due), default=None)
    checklist.reviewing_since = min((item.answered_at for item in to_review if item.answered_at), default=None)
    checklist.save(
        update_fields=["to_do", "to_review", "sent_back", "accepted", "next_due", "reviewing_since", "reminded_at"]
    )
    following.moved(actor, "checklist", checklist.id)


def _ask(items: list[Item]) -> None:
    """Say of each item with a condition whether it is asked for; conditions rest on earlier items alone."""
    known = {item.id: item for item in items}
    for item in items:
        rests_on = known.get(item.only_item_id) if item.only_item_id else None
        if rests_on is None:
            continue
        answered = rests_on.is_asked and rests_on.state in {State.ANSWERED, State.ACCEPTED}
        is_asked = answered and rests_on.answer == item.only_answer
        if is_asked != item.is_asked:
            item.is_asked = is_asked
            keep(item, "is_asked")
