"""Documents, folders, shares and uploads: how each of their actions is called."""

from collections.abc import Callable
from typing import Any

from muniment.core import ids
from muniment.portal.documents import actions as documents
from muniment.portal.documents.types import CheckFacts
from muniment.trust.audit.types import Event
from muniment.trust.vault.types import Collected, Moved, Verdict, Vetting
from tests.guarantees.callers.case import Call, Case, link_terms, own, reader

DOCUMENTS = "muniment.portal.documents.actions."


def _document(case: Case, event: Event, **more: Any) -> Call:
    document_id = case.id("document_id")
    return Call(case.cleo, event, {"document_id": document_id, **more}, object_id=document_id)


def _folder(case: Case, event: Event, **more: Any) -> Call:
    folder_id = case.id("folder_id")
    return Call(case.cleo, event, {"folder_id": folder_id, **more}, object_id=folder_id)


def _trashed_document(case: Case) -> Call:
    documents.trash_document(case.cleo, document_id=case.id("document_id"))
    return _document(case, Event.DOCUMENT_RESTORED)


def _trashed_folder(case: Case) -> Call:
    documents.trash_folder(case.cleo, folder_id=case.id("folder_id"))
    return _folder(case, Event.FOLDER_RESTORED)


def _version(case: Case, event: Event, **more: Any) -> Call:
    version_id = case.id("version_id")
    return Call(case.system, event, {"version_id": version_id, **more}, object_id=version_id)


def _release(case: Case) -> Call:
    version_id = case.id("version_id")
    asked = documents.ask_release(case.who("ben"), version_id=version_id, reason="Known to us")
    more = {"version_id": version_id, "approval_id": asked.id}
    return Call(case.who("ada", case.portal.okoye), Event.VERSION_RELEASED, more, object_id=version_id)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{DOCUMENTS}documents.move_document": lambda c: _document(c, Event.DOCUMENT_MOVED, folder_id=None),
    f"{DOCUMENTS}documents.move_documents": lambda c: Call(
        c.cleo,
        Event.DOCUMENT_MOVED,
        {"document_ids": [c.id("document_id")], "folder_id": None},
        None,
        c.id("document_id"),
    ),
    f"{DOCUMENTS}documents.rename_document": lambda c: _document(c, Event.DOCUMENT_RENAMED, name="New.pdf"),
    f"{DOCUMENTS}documents.restore_document": _trashed_document,
    f"{DOCUMENTS}documents.trash_document": lambda c: _document(c, Event.DOCUMENT_TRASHED),
    f"{DOCUMENTS}documents.trash_documents": lambda c: Call(
        c.cleo, Event.DOCUMENT_TRASHED, {"document_ids": [c.id("document_id")]}, None, c.id("document_id")
    ),
    f"{DOCUMENTS}folders.create_folder": lambda c: own(c, Event.FOLDER_CREATED, name="Taxes"),
    f"{DOCUMENTS}folders.move_folder": lambda c: _folder(c, Event.FOLDER_MOVED, parent_id=c.other_folder()),
    f"{DOCUMENTS}folders.rename_folder": lambda c: _folder(c, Event.FOLDER_RENAMED, name="Leases"),
    f"{DOCUMENTS}folders.restore_folder": _trashed_folder,
    f"{DOCUMENTS}folders.trash_folder": lambda c: _folder(c, Event.FOLDER_TRASHED),
    f"{DOCUMENTS}closing.close_folder": lambda c: _folder(c, Event.FOLDER_CLOSED, stay=[c.way_of_cleo()]),
    f"{DOCUMENTS}closing.create_closed_folder": lambda c: own(
        c, Event.FOLDER_CLOSED, name="Board", parent_id=None, stay=[c.way_of_cleo()]
    ),
    f"{DOCUMENTS}closing.open_folder": lambda c: _folder(c.closed(), Event.FOLDER_OPENED, widen=True),
    f"{DOCUMENTS}spaces.create_space": lambda c: Call(c.who("ben"), Event.SPACE_CREATED, {"kind": "finance"}),
    f"{DOCUMENTS}labels.set_label": lambda c: own(
        c, Event.LABEL_SET, target="document", target_id=c.id("document_id"), label="restricted"
    ),
    f"{DOCUMENTS}indexing.switch_search": lambda c: own(c, Event.SEARCH_SWITCHED_OFF, is_on=False),
    f"{DOCUMENTS}keeping._record_check": lambda c: Call(
        c.system, Event.STORE_CHECKED, {"facts": CheckFacts(blobs=1, read_bytes=9, damage=())}
    ),
    f"{DOCUMENTS}keeping._record_collection": lambda c: Call(
        c.system, Event.STORE_COLLECTED, {"collected": Collected(objects=1)}
    ),
    f"{DOCUMENTS}keeping._record_damage_found": lambda c: _version(
        c, Event.VERSION_DAMAGED, blob_id=ids.new(), what="SizeDiffers"
    ),
    f"{DOCUMENTS}keeping._record_move": lambda c: Call(
        c.system, Event.STORE_MOVED, {"target": "s3", "moved": Moved(moved=1)}
    ),
    f"{DOCUMENTS}openings.download_document": lambda c: _document(c, Event.DOCUMENT_DOWNLOADED),
    f"{DOCUMENTS}openings.pack_documents": lambda c: _folder(c, Event.DOCUMENTS_PACKED),
    f"{DOCUMENTS}openings.view_document": lambda c: _document(c, Event.DOCUMENT_VIEWED),
    f"{DOCUMENTS}proving._record_damage": lambda c: _version(c, Event.VERSION_DAMAGED, what="SizeDiffers"),
    f"{DOCUMENTS}proving._record_proof": lambda c: _version(c, Event.VERSION_PROVED, digest_hex="0" * 64),
    f"{DOCUMENTS}quarantine.ask_release": lambda c: Call(
        c.who("ben"), Event.APPROVAL_ASKED, {"version_id": c.id("version_id"), "reason": "Known to us"}
    ),
    f"{DOCUMENTS}quarantine.release_version": _release,
    f"{DOCUMENTS}quarantine.destroy_version": lambda c: Call(
        c.who("ben"),
        Event.VERSION_DESTROYED,
        {"version_id": c.id("version_id"), "reason": "Not theirs"},
        object_id=c.id("version_id"),
    ),
    f"{DOCUMENTS}quarantine.set_upload_rules": lambda c: Call(
        c.who("ada", c.portal.okoye), Event.UPLOAD_RULES_SET, {"rules": {"html": "refuse"}}
    ),
    f"{DOCUMENTS}vetting._record": lambda c: _version(c, Event.VERSION_HELD, vetting=Vetting(Verdict.HELD, "macros")),
    f"{DOCUMENTS}shares.end_share": lambda c: Call(
        c.cleo,
        Event.SHARE_ENDED,
        {"target": "document", "target_id": c.id("document_id"), "grant_id": c.id("grant_id")},
    ),
    f"{DOCUMENTS}links.send_link": lambda c: own(
        c,
        Event.GUEST_LINK_MADE,
        target="document",
        target_id=c.id("document_id"),
        email="bank@lender.example",
        **link_terms(c),
    ),
    f"{DOCUMENTS}links.end_link": lambda c: Call(
        c.cleo,
        Event.GUEST_LINK_REVOKED,
        {"target": "document", "target_id": c.id("document_id"), "link_id": c.id("link_id")},
        object_id=c.id("link_id"),
    ),
    f"{DOCUMENTS}shares.share_document": lambda c: _document(c, Event.DOCUMENT_SHARED, **reader(c)),
    f"{DOCUMENTS}shares.share_folder": lambda c: _folder(c, Event.FOLDER_SHARED, **reader(c)),
    f"{DOCUMENTS}uploads._add_version": lambda c: own(c, Event.DOCUMENT_ADDED, upload_id=c.complete_upload()),
    f"{DOCUMENTS}uploads._expire_upload": lambda c: Call(
        c.system, Event.UPLOAD_EXPIRED, {"upload_id": c.id("upload_id")}, None, c.id("upload_id")
    ),
    f"{DOCUMENTS}uploads.begin_upload": lambda c: own(c, Event.UPLOAD_BEGUN, name="A.pdf", size_bytes=10),
    f"{DOCUMENTS}uploads.cancel_upload": lambda c: Call(
        c.cleo, Event.UPLOAD_CANCELLED, {"upload_id": c.id("upload_id")}, None, c.id("upload_id")
    ),
}
