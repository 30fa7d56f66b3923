"""A conversation in Okoye's space, with a note of the firm beside it, and a template of the firm."""

from typing import Any

from muniment.portal.conversations import actions
from tests.cast import Portal


def lay(portal: Portal, values: dict[str, Any]) -> dict[str, object]:
    """Let Cleo ask something, Ben keep a note beside it, and Ada write a template."""
    thread = actions.start_thread(
        portal.actor("cleo"), title="Year end", body="Which receipts?", document_ids=[values["document_id"]]
    )
    sent = actions.send_message(portal.actor("cleo"), thread_id=thread.id, body="And until when?")
    note = actions.write_note(portal.actor("ben"), thread_id=thread.id, body="Ask for all of them.")
    template = actions.set_template(portal.actor("ada"), title="Welcome", body="Dear {client}, I am {me}.")
    return {
        "thread_id": thread.id,
        "message_id": sent.id,
        "thread_note_id": note.id,
        "message_template_id": template.id,
        "cursor": "0-0",
        "about": "document",
        "thing_id": values["document_id"],
    }
