"""Make a space of one of six kinds, with its folders, its label and what each role gets."""

from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import Invalid
from muniment.core.unit import action
from muniment.portal.documents.actions.closing import close_folder
from muniment.portal.documents.actions.folders import create_folder
from muniment.portal.documents.models import Folder
from muniment.portal.documents.queries.closing import ways_around
from muniment.portal.documents.queries.folders import folder_facts
from muniment.portal.documents.spaces import GROUPS, LEADING, SPACES
from muniment.portal.documents.types import FolderFacts
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def create_space(actor: Actor, *, kind: str, name: str = "") -> FolderFacts:
    """Make a closed folder at the top, with the label, the folders and the grants of its kind.

    The grants go to groups of the client, one for each role ("Engineers"). A group that is not there yet is made, of
    those who have the role on the client now and without an end; one that is there stays as it is. Who advises the
    client, and who makes the space, stay in it as what they are.

    Raises:
        NotFound: the actor may not make spaces here.
        Invalid: there is no such kind.
        NameRefused: the name cannot be used.
    """
    access.require(actor, "space:create")
    if kind not in SPACES:
        raise Invalid
    space = SPACES[kind]
    made = create_folder(actor, name=name or str(space.title))
    top = Folder.objects.get(client_id=actor.client, id=made.id)
    top.label = space.label
    top.save(update_fields=["label"])
    for inner in space.folders:
        create_folder(actor, name=inner, parent_id=top.id)
    for role, given in space.gives.items():
        purpose, group_id = f"Belongs to the space: {kind}", _group(actor, role)
        grants.give_grant(actor, group_id=group_id, role=given, purpose=purpose, scope=("folder", top.id))
    ways = ways_around(actor, top)
    close_folder(actor, folder_id=top.id, stay=[way.id for way in ways if _leads(actor, way)])
    audit.record(actor, Event.SPACE_CREATED, top, kind=kind, label=space.label, folders=len(space.folders))
    top.is_closed = True
    return folder_facts(top)


def _leads(actor: Actor, way: GrantFacts) -> bool:
    return way.role == LEADING or (way.person_id is not None and way.person_id == actor.person_id)


def _group(actor: Actor, role: str) -> UUID:
    """Return the client's group of a role, made of those who have the role here if it is not there.

    A place in a group has no end: who has the role for a time, or only later, does not come to it by this.
    """
    name = GROUPS[role]
    for group in access.list_groups(actor):
        if group.name == name and not group.is_firms:
            return group.id
    made = grants.make_group(actor, name=name)
    now = clock.now()
    lasting = [grant for grant in access.grants(actor) if grant.ends_at is None and grant.starts_at <= now]
    held = [grant for grant in lasting if grant.role == role and grant.scope_kind == "client"]
    for person_id in sorted({grant.person_id for grant in held if grant.person_id}):
        grants.add_to_group(actor, group_id=made.id, person_id=person_id)
    return made.id
