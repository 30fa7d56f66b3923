"""The words of mails in the language and the zone of who reads them, from the firm that sends them."""

from uuid import UUID

from django.utils.functional import Promise

from muniment.trust.identity.queries.reading import reading_as
from muniment.trust.presentation import queries as presentation


def spoken(person_id: UUID | None, subject: str, body: str) -> tuple[str, str]:
    """Return subject and body of a mail as its reader is to see them: see `types.letter_text`.

    Words that are said already stay as they are, and nobody is asked how their reader reads.
    """
    if not isinstance(subject, Promise) and not isinstance(body, Promise):
        return subject, body
    with reading_as(person_id):
        return str(subject), str(body)


def sender() -> dict[str, str]:
    """Return what a mail says of its sender beside the address: `sender_name` and `reply_to`, where they are set."""
    texts = presentation.presentation().texts
    found = {"sender_name": texts.sender_name, "reply_to": texts.reply_to}
    return {name: value for name, value in found.items() if value}
