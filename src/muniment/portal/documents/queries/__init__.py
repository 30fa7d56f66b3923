"""Every read of documents, folders, uploads and shares."""

from muniment.portal.documents.queries.choosing import document_choices
from muniment.portal.documents.queries.closing import may_close_in, ways_in, ways_inside
from muniment.portal.documents.queries.documents import (
    document,
    document_details,
    documents_by_ids,
    not_open,
    readable_version,
    recent_documents,
    versions,
)
from muniment.portal.documents.queries.explaining import explained, seen_by
from muniment.portal.documents.queries.folders import count_below, folder_choices, folder_place, folders_in, may_at_top
from muniment.portal.documents.queries.lists import documents_in, folder_page
from muniment.portal.documents.queries.overview import names, new_documents, totals, unopened
from muniment.portal.documents.queries.quarantine import HeldVersion, quarantine, upload_rules
from muniment.portal.documents.queries.search import SEARCHED_BYTES_MOST, is_search_on, search, search_everywhere
from muniment.portal.documents.queries.shares import (
    groups_to_share_with,
    links_to,
    preview,
    readers,
    roles_to_share,
    shared_name,
    shares,
)
from muniment.portal.documents.queries.trash import trash
from muniment.portal.documents.queries.uploads import finished_uploads, unfinished_uploads, upload
from muniment.portal.documents.queries.widening import labelled, newly_by_label, newly_by_move, newly_by_opening

__all__ = [
    "SEARCHED_BYTES_MOST",
    "HeldVersion",
    "count_below",
    "document",
    "document_choices",
    "document_details",
    "documents_by_ids",
    "documents_in",
    "explained",
    "finished_uploads",
    "folder_choices",
    "folder_page",
    "folder_place",
    "folders_in",
    "groups_to_share_with",
    "is_search_on",
    "labelled",
    "links_to",
    "may_at_top",
    "may_close_in",
    "names",
    "new_documents",
    "newly_by_label",
    "newly_by_move",
    "newly_by_opening",
    "not_open",
    "preview",
    "quarantine",
    "readable_version",
    "readers",
    "recent_documents",
    "roles_to_share",
    "search",
    "search_everywhere",
    "seen_by",
    "shared_name",
    "shares",
    "totals",
    "trash",
    "unfinished_uploads",
    "unopened",
    "upload",
    "upload_rules",
    "versions",
    "ways_in",
    "ways_inside",
]
