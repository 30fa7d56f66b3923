"""Close folders to those around them, and open them again."""

from collections.abc import Collection
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.documents.actions.folders import create_folder, live_folder, one_at_a_time
from muniment.portal.documents.errors import AlreadySo, NobodyLeft
from muniment.portal.documents.models import Folder
from muniment.portal.documents.queries import widening
from muniment.portal.documents.queries.closing import is_left_to_somebody, ways_around
from muniment.portal.documents.queries.folders import folder_facts
from muniment.portal.documents.types import FolderFacts
from muniment.trust.access import actions as grants
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def close_folder(actor: Actor, *, folder_id: UUID, stay: Collection[UUID]) -> FolderFacts:
    """Close a folder: from now on, only grants on it, or on something in it, let anybody in.

    `stay` are grants from around it whose holders stay in: they get the same on the folder itself.

    Raises:
        NotFound: there is no such folder, it is in the trash, the actor may not close it, or a grant is none that
            lets somebody in from around it.
        AlreadySo: it is closed.
        NobodyLeft: nobody who stays in could open it again.
    """
    one_at_a_time(actor)
    folder = live_folder(actor, "folder:close", folder_id)
    return folder_facts(_close(actor, folder, stay))


@action
def open_folder(actor: Actor, *, folder_id: UUID, widen: bool = False) -> FolderFacts:
    """Open a closed folder to the grants from around it; those on it stay.

    Raises:
        NotFound: there is no such folder, it is in the trash, or the actor may not open it.
        AlreadySo: it is open.
        WouldWiden: people would see it who cannot see it now, and `widen` is not said.
    """
    one_at_a_time(actor)
    folder = live_folder(actor, "folder:close", folder_id)
    if not folder.is_closed:
        raise AlreadySo
    widening.refuse(actor, folder, widening.by_opening(actor, folder), agreed=widen)
    folder.is_closed = False
    folder.save(update_fields=["is_closed"])
    audit.record(actor, Event.FOLDER_OPENED, folder)
    return folder_facts(folder)


@action
def create_closed_folder(actor: Actor, *, name: str, parent_id: UUID | None, stay: Collection[UUID]) -> FolderFacts:
    """Make a folder that is closed from the beginning; refusals are those of making and of closing one."""
    made = create_folder(actor, name=name, parent_id=parent_id)
    return close_folder(actor, folder_id=made.id, stay=stay)


def _close(actor: Actor, folder: Folder, stay: Collection[UUID]) -> Folder:
    if folder.is_closed:
        raise AlreadySo
    if not set(stay) <= {grant.id for grant in ways_around(actor, folder)}:
        raise NotFound
    if not is_left_to_somebody(actor, folder, frozenset(stay)):
        raise NobodyLeft
    if stay:
        grants.copy_grants(actor, grant_ids=stay, scope=("folder", folder.id))
    folder.is_closed = True
    folder.save(update_fields=["is_closed"])
    audit.record(actor, Event.FOLDER_CLOSED, folder, stay=len(set(stay)))
    return folder
