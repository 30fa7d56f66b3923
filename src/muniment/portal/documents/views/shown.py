"""What several pages about documents show alike: the way here, names of people, the buttons there are."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from muniment.portal.documents.label_forms import LABEL_WORDS
from muniment.portal.documents.types import FolderFacts
from muniment.trust.access.types import Label
from muniment.trust.audit import actions as audit
from muniment.trust.identity import queries as identity

_BUTTONS = {
    "upload": "document:upload",
    "download": "document:download",
    "share": "document:share",
    "rename": "document:rename",
    "move": "document:move",
    "trash": "document:trash",
    "restore": "document:restore",
    "create_folder": "folder:create",
    "rename_folder": "folder:rename",
    "move_folder": "folder:move",
    "trash_folder": "folder:trash",
    "new_space": "space:create",
    "label": "label:set",
    "close_folder": "folder:close",
}


def may(verbs: frozenset[str]) -> dict[str, bool]:
    """Return which buttons there are."""
    return {button: verb in verbs for button, verb in _BUTTONS.items()}


def crumbs(client_id: UUID, way: Iterable[FolderFacts], here: str = "") -> list[dict[str, Any]]:
    """Return the way from the top through folders to this page."""
    steps = [{"label": _("Documents"), "url": reverse("documents:list", kwargs={"client_id": client_id})}]
    steps += [{"label": folder.name, "url": folder_url(client_id, folder.id)} for folder in way]
    return [*steps, {"label": here, "url": ""}] if here else steps


def folder_url(client_id: UUID, folder_id: UUID | None) -> str:
    """Return the address of a folder's page, or of the top's."""
    where = {"client_id": client_id} | ({"folder_id": folder_id} if folder_id else {})
    return reverse("documents:list", kwargs=where)


def document_url(client_id: UUID, document_id: UUID, name: str = "document") -> str:
    """Return the address of a document's page, or of another page about it."""
    return reverse(f"documents:{name}", kwargs={"client_id": client_id, "document_id": document_id})


def people_of(person_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return the names of people."""
    return {person.id: person.name for person in identity.people(person_ids).values()}


def newly_shown(person_ids: Iterable[UUID]) -> list[str]:
    """Return the names of those who would see something that they cannot see now, in order."""
    return sorted((name for name in people_of(person_ids).values()), key=str.casefold)


def label_shown(label: Label) -> dict[str, Any]:
    """Return the chip of a label; empty words for the usual one, which has none."""
    return {"label": label, "label_words": "" if label == "normal" else str(LABEL_WORDS[label])}


def receipt_url(client_id: UUID) -> str:
    """Return where the receipt of what was just done is, for a message to lead there; empty where it earned none."""
    entry_id = audit.last_earned()
    return reverse("receipts:entry", kwargs={"client_id": client_id, "entry_id": entry_id}) if entry_id else ""
