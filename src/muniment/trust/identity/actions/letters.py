"""Write mails and hand them to the mail server. Until then they lie sealed."""

import json
import os
import smtplib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from muniment.core import clock, config, ids
from muniment.trust.identity import mail, models
from muniment.trust.identity.mailing.actions import note_bounce
from muniment.trust.identity.mailing.composing import compose
from muniment.trust.identity.mailing.troubles import trouble_of
from muniment.trust.identity.queries.reading import reading_as
from muniment.trust.identity.speaking import sender, spoken
from muniment.trust.identity.types import Attachment, LetterKind
from muniment.trust.vault import actions as vault

SEND = "identity.send_letter"
MOST_TRIES = 17  # about two days: 1 s, 2 s, 4 s ... 18 h
ATTACHED_BYTES_MOST = 256 * 1024  # the whole mail is one sealed value, and many servers take no large mails


def write_letter(
    *,
    to: str,
    subject: str,
    body: str,
    person_id: UUID | None = None,
    attachments: Sequence[Attachment] = (),
    kind: LetterKind = "account",
    headers: Mapping[str, str] | None = None,
    stop: str = "",
) -> UUID:
    """Put a mail with the others to be sent, within the transaction of the act that it tells of; return its id.

    A mail says who, what kind, and a link: never what a client wrote. Attachments are sealed with it. `stop` is the
    address that ends mails like this one; those about an account have none.

    Raises:
        ValueError: they are larger than 256 KiB together; send a link instead.
    """
    if sum(len(file.data) for file in attachments) > ATTACHED_BYTES_MOST:
        raise ValueError("too much for a mail")
    subject, body = spoken(person_id, subject, body)
    message: dict[str, Any] = {"to": [to], "subject": subject, "body": body, "from": config.current().mail_from}
    message |= sender()
    if attachments:
        message["attachments"] = [
            {"name": file.name, "media_type": file.media_type, "data": b64encode(file.data).decode()}
            for file in attachments
        ]
    if headers:
        message["headers"] = dict(headers)
    if stop:
        message["stop"] = stop
    letter = models.Letter.objects.create(person_id=person_id, message=message, kind=kind)
    put_in_queue(letter.id)
    return letter.id


def put_in_queue(letter_id: UUID, *, before_others: bool = False) -> None:
    """Let the worker send a mail; two jobs about the same mail wait for each other.

    `before_others` lets this one begin while an earlier one waits for its next try: a job waits for all with its lock
    that are of the same priority and came earlier.
    """
    lock, priority = f"letter {letter_id}", int(clock.now().timestamp()) if before_others else None
    app.configure_task(SEND, allow_unknown=True, lock=lock, priority=priority).defer(letter_id=str(letter_id))


def deliver_letter(letter_id: UUID) -> None:
    """Hand one mail to the mail server and forget what it says; without a server, keep it sealed in the data directory.

    Repeating it after success does nothing. What the server refuses for good, or did not take in about two days, has
    failed; a person whose address it says does not exist is marked.

    Raises:
        OSError, smtplib.SMTPException: the server is not there or does not take it now; the job tries again later.
    """
    letter = models.Letter.objects.filter(id=letter_id, sent_at=None, failed_at=None, dropped_at=None).first()
    if letter is None:
        return
    server = config.current().smtp_url
    letter.tries, letter.tried_at = letter.tries + 1, clock.now()
    letter.save(update_fields=["tries", "tried_at"])  # before the attempt: what kills the process counts too
    if server is None:
        _keep(letter)
    else:
        try:
            with reading_as(letter.person_id):
                composed = compose(letter.id, letter.kind, letter.message)
            mail.send(server, composed)
        except (OSError, smtplib.SMTPException) as error:
            if _has_failed(letter, error):
                return
            raise
        letter.message = None
    letter.sent_at, letter.trouble = clock.now(), ""
    letter.save(update_fields=["message", "sent_at", "trouble"])


def _has_failed(letter: models.Letter, error: OSError | smtplib.SMTPException) -> bool:
    """Note why a try failed; return whether it was the last."""
    trouble = trouble_of(error)
    letter.trouble = trouble.code
    if trouble.is_final or letter.tries >= MOST_TRIES:
        letter.failed_at = clock.now()
    letter.save(update_fields=["trouble", "failed_at"])
    if trouble.is_address and letter.person_id is not None:
        note_bounce(letter.person_id, letter.message["to"][0], trouble.code)
    return letter.failed_at is not None


def sealed_path(letter_id: UUID) -> Path:
    """Return where a mail lies that no server took."""
    return config.current().data / "mail" / f"{ids.public(letter_id)}.sealed"


def _keep(letter: models.Letter) -> None:
    sealed = vault.seal_for_people(b"letter" + letter.id.bytes, json.dumps(letter.message).encode())
    path = sealed_path(letter.id)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
