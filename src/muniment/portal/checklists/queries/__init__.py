"""Every read of checklists, items, templates and drafts."""

from muniment.portal.checklists.queries.checklists import (
    checklist,
    checklist_names,
    checklist_page,
    checklists,
    is_complete,
)
from muniment.portal.checklists.queries.concerned import CONCERNED, item_url
from muniment.portal.checklists.queries.everywhere import clients_to_ask, late_everywhere, to_review_everywhere
from muniment.portal.checklists.queries.items import item, item_names, item_page, names_of, visible_ids
from muniment.portal.checklists.queries.templates import (
    draft,
    drafts,
    template,
    template_to_begin,
    templates,
    templates_to_send,
)

__all__ = [
    "CONCERNED",
    "checklist",
    "checklist_names",
    "checklist_page",
    "checklists",
    "clients_to_ask",
    "draft",
    "drafts",
    "is_complete",
    "item",
    "item_names",
    "item_page",
    "item_url",
    "late_everywhere",
    "names_of",
    "template",
    "template_to_begin",
    "templates",
    "templates_to_send",
    "to_review_everywhere",
    "visible_ids",
]
