"""Make, rename, move, trash and restore folders."""

from typing import cast
from uuid import UUID

from django.db import connection

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.documents import labels, names
from muniment.portal.documents.actions.indexing import forget, read_later
from muniment.portal.documents.errors import FolderIntoItself, FolderInTrash, TooDeep
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries import widening
from muniment.portal.documents.queries.folders import chain_to, folder_facts, ids_below
from muniment.portal.documents.types import FolderFacts
from muniment.trust.access import queries as access
from muniment.trust.access.types import Label
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

DEPTH_MOST = 32


@action
def create_folder(actor: Actor, *, name: str, parent_id: UUID | None = None) -> FolderFacts:
    """Make a folder in another one, or at the top; it has the label of the folder it lies in.

    Raises:
        NotFound: there is no such place, or the actor may not make folders there.
        NameRefused: the name cannot be used.
        TooDeep: the place lies too many folders deep.
    """
    require_place(actor, parent_id)
    if len(chain_to(actor, parent_id)) >= DEPTH_MOST:
        raise TooDeep
    folder = Folder.objects.create(
        client_id=actor.client,
        parent_id=parent_id,
        name=names.clean(name),
        label=inherited(actor, parent_id),
        created_by=actor.person_id,
    )
    audit.record(actor, Event.FOLDER_CREATED, folder, parent=parent_id)
    return folder_facts(folder)


@action
def rename_folder(actor: Actor, *, folder_id: UUID, name: str) -> FolderFacts:
    """Give a folder another name.

    Raises:
        NotFound: there is no such folder, or the actor may not rename it.
        NameRefused: the name cannot be used.
    """
    folder = live_folder(actor, "folder:rename", folder_id)
    folder.name = names.clean(name)
    folder.save(update_fields=["name"])
    audit.record(actor, Event.FOLDER_RENAMED, folder)
    return folder_facts(folder)


@action
def move_folder(actor: Actor, *, folder_id: UUID, parent_id: UUID | None, widen: bool = False) -> FolderFacts:
    """Put a folder, with all in it, into another one or to the top.

    In a stricter folder all of it gets that one's label; out of it, it keeps its own.

    Raises:
        NotFound: there is no such folder or place, or the actor may not move it there.
        WouldWiden: people would see it there who cannot see it now, and `widen` is not said.
        FolderIntoItself: the place is the folder itself or lies inside it.
        TooDeep: the place lies too many folders deep.
    """
    one_at_a_time(actor)
    folder = live_folder(actor, "folder:move", folder_id)
    require_place(actor, parent_id)
    chain = chain_to(actor, parent_id)
    if any(row.id == folder_id for row in chain):
        raise FolderIntoItself
    if len(chain) >= DEPTH_MOST:
        raise TooDeep
    widening.refuse(actor, folder, widening.by_move(actor, folder, parent_id), agreed=widen)
    before, folder.parent_id = folder.parent_id, parent_id
    folder.save(update_fields=["parent_id"])
    label = labels.strictest(cast("Label", folder.label), inherited(actor, parent_id))
    raise_labels(actor, folder_id, label)
    folder.label = label
    audit.record(actor, Event.FOLDER_MOVED, folder, before=before, after=parent_id, label=label)
    return folder_facts(folder)


@action
def trash_folder(actor: Actor, *, folder_id: UUID) -> int:
    """Put a folder with all in it into the trash; return how many documents went with it.

    All of it carries the same moment, by which it comes back together.

    Raises:
        NotFound: there is no such folder, or the actor may not trash it.
    """
    one_at_a_time(actor)
    folder = live_folder(actor, "folder:trash", folder_id)
    marks = {"trashed_at": clock.now(), "trashed_by": actor.person_id}
    inside = ids_below(actor, folder_id)
    folders = Folder.objects.filter(client_id=actor.client, id__in=inside, trashed_at=None).update(**marks)
    together = Document.objects.filter(client_id=actor.client, folder_id__in=inside, trashed_at=None)
    forget(actor.client, together.values_list("id", flat=True))
    documents = together.update(**marks)
    audit.record(actor, Event.FOLDER_TRASHED, folder, folders=folders, documents=documents)
    return documents


@action
def restore_folder(actor: Actor, *, folder_id: UUID) -> FolderFacts:
    """Take a folder out of the trash, with what went there together with it; restoring twice finds nothing.

    Raises:
        NotFound: there is no such folder in the trash, or the actor may not restore it.
        FolderInTrash: the folder it was in is in the trash itself.
    """
    one_at_a_time(actor)
    folder = access.find(actor, "folder:restore", Folder, folder_id)
    moment = folder.trashed_at
    if moment is None:
        raise NotFound
    refuse_trashed_place(actor, folder.parent_id)
    inside = ids_below(actor, folder_id)
    marks = {"trashed_at": None, "trashed_by": None}
    Folder.objects.filter(client_id=actor.client, id__in=inside, trashed_at=moment).update(**marks)
    together = Document.objects.filter(client_id=actor.client, folder_id__in=inside, trashed_at=moment)
    documents = together.update(**marks)
    read_later(actor.client)
    audit.record(actor, Event.FOLDER_RESTORED, folder, documents=documents)
    folder.trashed_at = None
    return folder_facts(folder)


def live_folder(actor: Actor, verb: str, folder_id: UUID) -> Folder:
    """Return a folder outside the trash that the actor may do `verb` with.

    Raises:
        NotFound: there is none.
    """
    folder = access.find(actor, verb, Folder, folder_id)
    if folder.trashed_at is not None:
        raise NotFound
    return folder


def require_place(actor: Actor, parent_id: UUID | None) -> None:
    """Insist that the actor may make folders in a folder, or at the top.

    Raises:
        NotFound: there is no such place, or not for this actor.
    """
    if parent_id is None:
        access.require(actor, "folder:create")
    else:
        live_folder(actor, "folder:create", parent_id)


def inherited(actor: Actor, folder_id: UUID | None) -> Label:
    """Return the label that new things in a folder get; "normal" at the top.

    The folder stays locked: what comes into it cannot miss that it is made stricter at the same time.
    """
    if folder_id is None:
        return "normal"
    rows = Folder.objects.select_for_update(no_key=True).filter(client_id=actor.client, id=folder_id)
    return cast("Label", rows.values_list("label", flat=True).get())


def raise_labels(actor: Actor, folder_id: UUID, label: Label) -> int:
    """Give a label to a folder and to everything in it that is guarded less, the trash included; return how many."""
    looser, inside = labels.looser_than(label), ids_below(actor, folder_id)
    folders = Folder.objects.filter(client_id=actor.client, id__in=inside, label__in=looser).update(label=label)
    rows = Document.objects.filter(client_id=actor.client, folder_id__in=inside, label__in=looser)
    return folders + rows.update(label=label)


def refuse_trashed_place(actor: Actor, folder_id: UUID | None) -> None:
    """Refuse to bring something back into a folder that is in the trash.

    Raises:
        FolderInTrash: it is.
    """
    if any(row.trashed_at is not None for row in chain_to(actor, folder_id)):
        raise FolderInTrash


def one_at_a_time(actor: Actor) -> None:
    """Let one change of the client's tree wait for another: two moves at once could close a ring."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"folders {actor.client}"])
