"""Threads, messages, notes and templates: how each of their actions is called."""

from collections.abc import Callable
from typing import Any

from muniment.portal.conversations import actions
from muniment.trust.audit.types import Event
from tests.guarantees.callers.case import Call, Case

CONVERSATIONS = "muniment.portal.conversations.actions."


def _thread(case: Case, event: Event, **more: Any) -> Call:
    thread_id = case.id("thread_id")
    return Call(case.cleo, event, {"thread_id": thread_id, **more}, object_id=thread_id)


def _message(case: Case, event: Event, **more: Any) -> Call:
    message_id = case.id("message_id")
    values = {"thread_id": case.id("thread_id"), "message_id": message_id, "version": 1, **more}
    return Call(case.cleo, event, values, object_id=message_id)


def _note(case: Case) -> Call:
    note_id = case.id("thread_note_id")
    values = {"thread_id": case.id("thread_id"), "note_id": note_id}
    return Call(case.who("ben"), Event.NOTE_REMOVED, values, object_id=note_id)


def _solved(case: Case) -> Call:
    actions.solve_thread(case.cleo, thread_id=case.id("thread_id"))
    return _thread(case, Event.THREAD_REOPENED)


def _assigned(case: Case) -> Call:
    thread_id = case.id("thread_id")
    values = {"thread_id": thread_id, "person_id": case.portal.people["ben"], "before": None}
    return Call(case.who("ben"), Event.THREAD_ASSIGNED, values, object_id=thread_id)


CALLS: dict[str, Callable[[Case], Call]] = {
    f"{CONVERSATIONS}threads.start_thread": lambda c: Call(
        c.cleo, Event.THREAD_STARTED, {"title": "Taxes", "body": "When?"}
    ),
    f"{CONVERSATIONS}threads.read_thread": lambda c: _thread(c, Event.THREAD_READ),
    f"{CONVERSATIONS}threads.solve_thread": lambda c: _thread(c, Event.THREAD_SOLVED),
    f"{CONVERSATIONS}threads.reopen_thread": _solved,
    f"{CONVERSATIONS}threads.assign_thread": _assigned,
    f"{CONVERSATIONS}messages.send_message": lambda c: Call(
        c.cleo, Event.MESSAGE_SENT, {"thread_id": c.id("thread_id"), "body": "Thanks"}
    ),
    f"{CONVERSATIONS}messages.edit_message": lambda c: _message(c, Event.MESSAGE_EDITED, body="Until Friday?"),
    f"{CONVERSATIONS}messages.remove_message": lambda c: _message(c, Event.MESSAGE_REMOVED),
    f"{CONVERSATIONS}notes.write_note": lambda c: Call(
        c.who("ben"), Event.NOTE_WRITTEN, {"thread_id": c.id("thread_id"), "body": "Call her"}
    ),
    f"{CONVERSATIONS}notes.remove_note": _note,
    f"{CONVERSATIONS}templates.set_template": lambda c: Call(
        c.ada, Event.MESSAGE_TEMPLATE_SET, {"title": "Reminder", "body": "Dear {client}"}
    ),
    f"{CONVERSATIONS}templates.remove_template": lambda c: Call(
        c.ada,
        Event.MESSAGE_TEMPLATE_REMOVED,
        {"template_id": c.id("message_template_id")},
        object_id=c.id("message_template_id"),
    ),
}
