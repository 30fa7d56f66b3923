"""Every write on documents, folders, uploads and shares; and every opening, which leaves an entry too."""

from muniment.portal.documents.actions.closing import close_folder, create_closed_folder, open_folder
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
from muniment.portal.documents.actions.indexing import (
    INDEX_CLIENT,
    INDEX_DOCUMENT,
    index_client,
    index_document,
    read_later,
    switch_search,
)
from muniment.portal.documents.actions.keeping import CHECK_STORE, MONTH, check_store, collect_store, move_store
from muniment.portal.documents.actions.labels import set_label
from muniment.portal.documents.actions.links import end_link, send_link
from muniment.portal.documents.actions.openings import (
    download_document,
    open_viewed,
    pack_documents,
    view_document,
)
from muniment.portal.documents.actions.proving import prove_version
from muniment.portal.documents.actions.quarantine import (
    ask_release,
    destroy_version,
    release_version,
    set_upload_rules,
)
from muniment.portal.documents.actions.shares import end_share, share_document, share_folder
from muniment.portal.documents.actions.spaces import create_space
from muniment.portal.documents.actions.uploads import (
    PROVE_VERSION,
    VET_VERSION,
    begin_upload,
    cancel_upload,
    expire_uploads,
    finish_upload,
    receive_chunk,
)
from muniment.portal.documents.actions.vetting import vet_version, vet_waiting

__all__ = [
    "CHECK_STORE",
    "INDEX_CLIENT",
    "INDEX_DOCUMENT",
    "MONTH",
    "PROVE_VERSION",
    "VET_VERSION",
    "ask_release",
    "begin_upload",
    "cancel_upload",
    "check_store",
    "close_folder",
    "collect_store",
    "create_closed_folder",
    "create_folder",
    "create_space",
    "destroy_version",
    "download_document",
    "end_link",
    "end_share",
    "expire_uploads",
    "finish_upload",
    "index_client",
    "index_document",
    "move_document",
    "move_documents",
    "move_folder",
    "move_store",
    "open_folder",
    "open_viewed",
    "pack_documents",
    "prove_version",
    "read_later",
    "receive_chunk",
    "release_version",
    "rename_document",
    "rename_folder",
    "restore_document",
    "restore_folder",
    "send_link",
    "set_label",
    "set_upload_rules",
    "share_document",
    "share_folder",
    "switch_search",
    "trash_document",
    "trash_documents",
    "trash_folder",
    "vet_version",
    "vet_waiting",
    "view_document",
]
