"""Every write on documents, folders, uploads and shares; and every opening, which leaves an entry too."""

from muniment.portal.documents.actions.documents import (
    move_document,
    move_documents,
    rename_document,
    restore_document,
    trash_document,
    trash_documents,
)
from muniment.portal.documents.actions.folders import (
    create_folder,
    move_folder,
    rename_folder,
    restore_folder,
    trash_folder,
)
from muniment.portal.documents.actions.openings import (
    download_document,
    open_viewed,
    pack_documents,
    view_document,
)
from muniment.portal.documents.actions.proving import prove_version
from muniment.portal.documents.actions.shares import end_share, share_document, share_folder
from muniment.portal.documents.actions.uploads import (
    PROVE_VERSION,
    begin_upload,
    cancel_upload,
    expire_uploads,
    finish_upload,
    receive_chunk,
)

__all__ = [
    "PROVE_VERSION",
    "begin_upload",
    "cancel_upload",
    "create_folder",
    "download_document",
    "end_share",
    "expire_uploads",
    "finish_upload",
    "move_document",
    "move_documents",
    "move_folder",
    "open_viewed",
    "pack_documents",
    "prove_version",
    "receive_chunk",
    "rename_document",
    "rename_folder",
    "restore_document",
    "restore_folder",
    "share_document",
    "share_folder",
    "trash_document",
    "trash_documents",
    "trash_folder",
    "view_document",
]
