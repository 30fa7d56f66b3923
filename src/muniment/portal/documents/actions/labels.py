"""Say how guarded a document or folder is."""

from typing import cast
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.portal.documents import labels
from muniment.portal.documents.actions.folders import inherited, one_at_a_time, raise_labels
from muniment.portal.documents.errors import FirmsLabel, LooserThanItsFolder
from muniment.portal.documents.models import Document, Folder
from muniment.portal.documents.queries import widening
from muniment.portal.documents.queries.folders import ids_below
from muniment.portal.documents.types import Target
from muniment.trust.access import queries as access
from muniment.trust.access.types import GUARDED, LABELS, Label
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event


@action
def set_label(
    actor: Actor, *, target: Target, target_id: UUID, label: Label, with_all: bool = False, widen: bool = False
) -> int:
    """Give a document or a folder a label; return how many things have another one now.

    A stricter label of a folder is given to all in it that is guarded less. A looser one stays with the folder itself;
    `with_all` gives it to all in it that has the folder's label of before, and to nothing that is guarded more.

    Raises:
        NotFound: there is no such thing, it is in the trash, or the actor may not set its label.
        Invalid: there is no such label.
        FirmsLabel: somebody of the client would hide it from the client.
        LooserThanItsFolder: the folder around it is guarded more.
        WouldWiden: people would see it who cannot see it now, and `widen` is not said.
        ConfirmFirst: it is restricted or internal and would be guarded less, and they did not confirm lately.
    """
    one_at_a_time(actor)
    model: type[Document | Folder] = Document if target == "document" else Folder
    row = access.find(actor, "label:set", model, target_id)
    if row.trashed_at is not None:
        raise NotFound
    if label not in LABELS:
        raise Invalid
    if label == "internal" and actor.kind == "contact":
        raise FirmsLabel
    around = row.folder_id if isinstance(row, Document) else row.parent_id
    if around is not None and labels.is_looser(label, inherited(actor, around)):
        raise LooserThanItsFolder
    widening.refuse(actor, row, widening.by_label(actor, row, label, with_all=with_all), agreed=widen)
    before = cast("Label", row.label)
    if before in GUARDED and labels.is_looser(label, before):
        access.insist_proved(actor, "share")  # or sharing it would ask no more
    row.label = label
    row.save(update_fields=["label"])
    changed = int(before != label)
    if isinstance(row, Folder):
        changed += _carry(actor, row.id, before, label, with_all=with_all)
    audit.record(actor, Event.LABEL_SET, row, before=before, after=label, things=changed)
    return changed


def _carry(actor: Actor, folder_id: UUID, before: Label, label: Label, *, with_all: bool) -> int:
    """Give a folder's new label to what is in it; return to how many things."""
    if not labels.is_looser(label, before):
        return raise_labels(actor, folder_id, label)
    if not with_all:
        return 0
    inside = ids_below(actor, folder_id)
    folders = Folder.objects.filter(client_id=actor.client, id__in=inside, label=before).update(label=label)
    rows = Document.objects.filter(client_id=actor.client, folder_id__in=inside, label=before)
    return folders + rows.update(label=label)
