"""Files for an item: they go into its folder, under its name, with its label; when one is there, it is answered."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import action
from muniment.portal.checklists.actions.answering import ANSWERING, answered, insist_side
from muniment.portal.checklists.actions.settling import item_to_change, keep, settle
from muniment.portal.checklists.errors import MoveRefused, NoFileHere
from muniment.portal.checklists.filing import file_name
from muniment.portal.checklists.models import Checklist, Item, ItemFile, ItemLink
from muniment.portal.checklists.moves import after, possible
from muniment.portal.checklists.states import State
from muniment.portal.documents import actions as documents
from muniment.portal.documents.errors import LooserThanItsFolder
from muniment.portal.documents.types import UploadFacts
from muniment.trust.access.types import Label
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event

FILING = "File what came in for a checklist"


@action
def begin_file(actor: Actor, *, item_id: UUID, name: str, size_bytes: int) -> UploadFacts:
    """Begin the upload of a file for an item; `name` is what it is called where it comes from.

    It goes on and ends as any upload does. With its last byte the item is answered.

    Raises:
        NotFound: there is no such item, the actor may not answer, or may not add anything to its folder.
        OtherSide, NotAsked, ChecklistClosed: the actor is not asked.
        NoFileHere: no file is asked for.
        MoveRefused: it is accepted.
        TooLarge, TooManyUploads, StoreFull: as of any upload.
    """
    _, item = item_to_change(actor, ANSWERING, item_id)
    insist_side(actor, item)
    if item.kind != "upload":
        raise NoFileHere
    if "answer" not in possible(State(item.state)):
        raise MoveRefused
    number = ItemFile.objects.filter(client_id=actor.client, item_id=item.id).exclude(document=None).count() + 1
    upload = documents.begin_upload(
        actor, name=file_name(item.file_name, name, number), size_bytes=size_bytes, folder_id=item.folder_id
    )
    ItemFile.objects.create(client_id=actor.client, item_id=item.id, upload_id=upload.id, person_id=_person(actor))
    audit.record(actor, Event.ITEM_FILE_BEGUN, item, checklist=item.checklist_id, upload=upload.id, size=size_bytes)
    return upload


def take_file(actor: Actor, upload_id: UUID) -> None:
    """Take in what an upload became, if it was for an item; within the act that ended the upload.

    What came by a link is called as the item says now. On an item that was accepted meanwhile, or is asked for no
    more, it is kept with the others and moves nothing.
    """
    file = ItemFile.objects.filter(client_id=actor.client, upload_id=upload_id).first()
    if file is None:
        file = _by_link(actor, upload_id)
    if file is None or file.upload is None or file.upload.became is None:
        return
    file.document_id = file.upload.became.document_id
    file.save(update_fields=["document_id"])
    checklist = Checklist.objects.select_for_update().get(client_id=actor.client, id=file.item.checklist_id)
    item = Item.objects.get(client_id=actor.client, id=file.item_id)
    _label(actor, item, file.upload.became.document_id)
    if checklist.closed_at is None and item.is_asked and "answer" in possible(State(item.state)):
        item.answer = item.reason = ""
        answered(actor, item, after(State(item.state), "answer"))
    audit.record(
        actor,
        Event.ITEM_FILE_ADDED,
        item,
        checklist=checklist.id,
        document=file.document_id,
        state=item.state,
    )
    settle(actor, checklist)


@action
def remove_file(actor: Actor, *, item_id: UUID, file_id: UUID) -> None:
    """Take a file away from an item and put it into the trash; without any file the item is open again.

    Raises:
        NotFound: there is no such file here, or the actor may not answer, or may not trash it.
        OtherSide, NotAsked, ChecklistClosed: the actor is not asked.
        MoveRefused: the item is accepted.
    """
    checklist, item = item_to_change(actor, ANSWERING, item_id)
    insist_side(actor, item)
    if item.state == State.ACCEPTED:
        raise MoveRefused
    files = ItemFile.objects.filter(client_id=actor.client, item_id=item.id).exclude(document=None)
    file = files.filter(id=file_id).first()
    if file is None or file.document_id is None:
        raise NotFound
    documents.trash_document(actor, document_id=file.document_id)
    audit.record(actor, Event.ITEM_FILE_REMOVED, item, checklist=checklist.id, document=file.document_id)
    file.delete()
    if item.state == State.ANSWERED and not files.exists():
        item.state = after(State(item.state), "take back")
        keep(item, "state")
    settle(actor, checklist)


def _by_link(actor: Actor, upload_id: UUID) -> ItemFile | None:
    """Return the file of a guest whose link is for one item; None for everybody else."""
    if actor.guest_link_id is None:
        return None
    rows = ItemLink.objects.filter(client_id=actor.client, link_id=actor.guest_link_id).select_related("item")
    link = rows.first()
    if link is None:
        return None
    number = ItemFile.objects.filter(client_id=actor.client, item_id=link.item_id).exclude(document=None).count() + 1
    file = ItemFile.objects.create(
        client_id=actor.client, item_id=link.item_id, upload_id=upload_id, person_id=_person(actor)
    )
    upload = file.upload
    if upload is not None and upload.became is not None:
        name = file_name(link.item.file_name, upload.name, number)
        documents.rename_document(_portal(actor), document_id=upload.became.document_id, name=name)
    return file


def _label(actor: Actor, item: Item, document_id: UUID) -> None:
    """Give a document the label of its item, unless its folder guards it more."""
    labels: dict[str, Label] = {"confidential": "confidential", "restricted": "restricted"}
    label = labels.get(item.label)
    if label is None:
        return
    try:
        documents.set_label(_portal(actor), target="document", target_id=document_id, label=label)
    except LooserThanItsFolder:
        return


def _portal(actor: Actor) -> Actor:
    return Actor.system(actor.client, purpose=FILING)


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotFound  # the portal itself sends no files
    return actor.person_id
