"""Every write on threads, messages, notes and templates."""

from muniment.portal.conversations.actions.indexing import index_client
from muniment.portal.conversations.actions.messages import edit_message, remove_message, send_message
from muniment.portal.conversations.actions.notes import remove_note, write_note
from muniment.portal.conversations.actions.templates import remove_template, set_template
from muniment.portal.conversations.actions.threads import (
    assign_thread,
    read_thread,
    reopen_thread,
    solve_thread,
    start_thread,
)

__all__ = [
    "assign_thread",
    "edit_message",
    "index_client",
    "read_thread",
    "remove_message",
    "remove_note",
    "remove_template",
    "reopen_thread",
    "send_message",
    "set_template",
    "solve_thread",
    "start_thread",
    "write_note",
]
