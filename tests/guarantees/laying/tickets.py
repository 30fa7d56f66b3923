"""Something that Okoye asked the firm for, with a document beside it and a note of the firm about it."""

from typing import Any

from muniment.portal.tickets import actions
from tests.cast import Portal


def lay(portal: Portal, values: dict[str, Any]) -> dict[str, object]:
    """Let Cleo ask for something with the lease beside it, and Ben note something about it."""
    asked = actions.ask_ticket(
        portal.actor("cleo"),
        kind="question",
        title="Which form?",
        text="For the loan.",
        document_ids=[values["document_id"]],
    )
    actions.write_note(portal.actor("ben"), ticket_id=asked.id, text="They change banks.")
    return {"ticket_id": asked.id}
