"""Every read of documents, folders, uploads and shares."""

from muniment.portal.documents.queries.choosing import document_choices
from muniment.portal.documents.queries.documents import (
    document,
    document_details,
    documents_by_ids,
    not_open,
    readable_version,
    recent_documents,
    versions,
)
from muniment.portal.documents.queries.folders import count_below, folder_choices, folder_place, folders_in, may_at_top
from muniment.portal.documents.queries.lists import documents_in, folder_page
from muniment.portal.documents.queries.overview import names, new_documents, totals, unopened
from muniment.portal.documents.queries.quarantine import HeldVersion, quarantine, upload_rules
from muniment.portal.documents.queries.search import SEARCHED_BYTES_MOST, is_search_on, search, search_everywhere
from muniment.portal.documents.queries.shares import preview, readers, shared_name, shares
from muniment.portal.documents.queries.trash import trash
from muniment.portal.documents.queries.uploads import unfinished_uploads, upload

__all__ = [
    "SEARCHED_BYTES_MOST",
    "HeldVersion",
    "count_below",
    "document",
    "document_choices",
    "document_details",
    "documents_by_ids",
    "documents_in",
    "folder_choices",
    "folder_page",
    "folder_place",
    "folders_in",
    "is_search_on",
    "may_at_top",
    "names",
    "new_documents",
    "not_open",
    "preview",
    "quarantine",
    "readable_version",
    "readers",
    "recent_documents",
    "search",
    "search_everywhere",
    "shared_name",
    "shares",
    "totals",
    "trash",
    "unfinished_uploads",
    "unopened",
    "upload",
    "upload_rules",
    "versions",
]
