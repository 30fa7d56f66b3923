"""Write mails and hand them to the mail server. Until then they lie sealed."""

import json
import os
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from muniment.core import clock, config, ids
from muniment.trust.identity import mail, models
from muniment.trust.identity.types import Attachment
from muniment.trust.vault import actions as vault

SEND = "identity.send_letter"
ATTACHED_BYTES_MOST = 256 * 1024  # the whole mail is one sealed value, and many servers take no large mails


def write_letter(
    *, to: str, subject: str, body: str, person_id: UUID | None = None, attachments: Sequence[Attachment] = ()
) -> UUID:
    """Put a mail with the others to be sent, within the transaction of the act that it tells of; return its id.

    A mail says who, what kind, and a link: never what a client wrote. Attachments are sealed with it.

    Raises:
        ValueError: they are larger than 256 KiB together; send a link instead.
    """
    if sum(len(file.data) for file in attachments) > ATTACHED_BYTES_MOST:
        raise ValueError("too much for a mail")
    message: dict[str, Any] = {"to": [to], "subject": subject, "body": body, "from": config.current().mail_from}
    if attachments:
        message["attachments"] = [
            {"name": file.name, "media_type": file.media_type, "data": b64encode(file.data).decode()}
            for file in attachments
        ]
    letter = models.Letter.objects.create(person_id=person_id, message=message)
    app.configure_task(SEND, allow_unknown=True).defer(letter_id=str(letter.id))
    return letter.id


def deliver_letter(letter_id: UUID) -> None:
    """Hand one mail to the mail server and forget it; without a server, keep it sealed in the data directory.

    Repeating it after success does nothing. If the server does not take it, it stays and its tries are counted.

    Raises:
        OSError, smtplib.SMTPException: the server is not there or refused; the job tries again later.
    """
    letter = models.Letter.objects.filter(id=letter_id, sent_at=None).first()
    if letter is None:
        return
    server = config.current().smtp_url
    letter.tries += 1
    letter.save(update_fields=["tries"])  # before the attempt: what kills the process counts too
    if server is None:
        _keep(letter)
        letter.sent_at = clock.now()
        letter.save(update_fields=["sent_at"])
        return
    mail.send(server, letter.message)
    letter.delete()


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
