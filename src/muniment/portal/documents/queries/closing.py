"""Read who gets into a folder from around it: what is asked before it is closed."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.unit import query
from muniment.portal.documents.models import Folder
from muniment.portal.documents.queries import folders
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts


@query
def ways_in(actor: Actor, folder_id: UUID | None) -> list[GrantFacts]:
    """Return every grant from around a folder that lets somebody see what is in it, newest first.

    Without a folder, those that let somebody see what lies at the top.

    Raises:
        NotFound: there is no such folder, or the actor may not close it.
    """
    if folder_id is None:
        access.require(actor, "folder:close")
        return access.grants_on(actor, "document:view", set(), actor.client)
    return ways_around(actor, access.find(actor, "folder:close", Folder, folder_id))


@query
def ways_inside(actor: Actor, folder_id: UUID | None) -> list[GrantFacts]:
    """Return every grant that lets somebody see what would be made in a folder (None: at the top), newest first.

    Raises:
        NotFound: there is no such folder, or the actor may not close what is made in it.
    """
    if folder_id is None:
        return ways_in(actor, None)
    folder = access.find(actor, "folder:close", Folder, folder_id)
    return access.grants_on(actor, "document:view", _chain(actor, folder), folder.id)


@query
def may_close_in(actor: Actor, folder_id: UUID | None) -> bool:
    """Return whether the actor may close what they make in a folder (None: at the top)."""
    if folder_id is None:
        return access.reach(actor, "folder:close").whole
    return access.visible(actor, "folder:close", Folder).filter(id=folder_id, trashed_at=None).exists()


def ways_around(actor: Actor, folder: Folder) -> list[GrantFacts]:
    """Return what `ways_in` returns, in the transaction that is open."""
    found = access.grants_on(actor, "document:view", _chain(actor, folder), folder.id)
    return [grant for grant in found if grant.scope_id != folder.id]


def is_left_to_somebody(actor: Actor, folder: Folder, stay: frozenset[UUID]) -> bool:
    """Return whether somebody could open a folder again if only the grants on it and `stay` were left."""
    found = access.grants_on(actor, "folder:close", _chain(actor, folder), folder.id)
    left = [grant for grant in found if grant.scope_id == folder.id or grant.id in stay]
    gathered = {group.id for group in access.list_groups(actor) if group.members}
    return any(grant.group_id in gathered if grant.group_id else True for grant in left)


def _chain(actor: Actor, folder: Folder) -> set[UUID]:
    return {row.id for row in folders.chain_to(actor, folder.id)}
