"""Every write on checklists: asking, answering, deciding, reminding."""

from muniment.portal.checklists.actions.answering import answer_item, keep_draft, skip_item
from muniment.portal.checklists.actions.deciding import accept_item, assign_item, close_checklist, send_item_back
from muniment.portal.checklists.actions.drafts import begin_draft, begin_titled, change_draft, discard_draft
from muniment.portal.checklists.actions.files import begin_file, remove_file, take_file
from muniment.portal.checklists.actions.indexing import index_client
from muniment.portal.checklists.actions.links import send_item_link
from muniment.portal.checklists.actions.many import remind_late, send_to_many
from muniment.portal.checklists.actions.reminding import remind_checklist, remind_due
from muniment.portal.checklists.actions.sending import send_draft, send_template
from muniment.portal.checklists.actions.templates import change_template, make_template, retire_template

__all__ = [
    "accept_item",
    "answer_item",
    "assign_item",
    "begin_draft",
    "begin_file",
    "begin_titled",
    "change_draft",
    "change_template",
    "close_checklist",
    "discard_draft",
    "index_client",
    "keep_draft",
    "make_template",
    "remind_checklist",
    "remind_due",
    "remind_late",
    "remove_file",
    "retire_template",
    "send_draft",
    "send_item_back",
    "send_item_link",
    "send_template",
    "send_to_many",
    "skip_item",
    "take_file",
]
