"""Mails leave through here: Django's back-end writes letters, the job hands them to the server."""

from base64 import b64decode
from collections.abc import Sequence
from email.message import EmailMessage as Message
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

TIMEOUT_SECONDS = 30


class Backend(BaseEmailBackend):
    """Puts every mail that Django or a library sends with the sealed letters instead of sending it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one letter for each recipient; return how many mails there were."""
        from muniment.trust.identity.actions import write_letter  # noqa: PLC0415 - settings name this class before models exist

        for message in email_messages:
            for to in message.recipients():
                write_letter(to=to, subject=str(message.subject), body=str(message.body))
        return len(email_messages)


def send(server: str, message: dict[str, Any]) -> None:
    """Hand one mail to the mail server at `server` (`smtp_url` of the settings); certificates are verified.

    Raises:
        OSError, smtplib.SMTPException: the server is not there, is not who it should be, or refused.
    """
    url = urlsplit(server)
    smtps = url.scheme == "smtps"
    plain = parse_qs(url.query).get("starttls") == ["no"]
    back_end = EmailBackend(
        host=url.hostname or "",
        port=url.port or (465 if smtps else 587),
        username=unquote(url.username or ""),
        password=unquote(url.password or ""),
        use_ssl=smtps,
        use_tls=not smtps and not plain,
        timeout=TIMEOUT_SECONDS,
    )
    back_end.open()
    try:
        if back_end.connection is None:
            raise OSError("the mail server did not answer")
        back_end.connection.send_message(_message(message))
    finally:
        back_end.close()


def _message(message: dict[str, Any]) -> Message:
    built = Message()
    built["Subject"] = " ".join(message["subject"].split())
    built["From"] = message["from"]
    built["To"] = ", ".join(message["to"])
    built["Date"] = formatdate()
    built["Message-ID"] = make_msgid(domain=message["from"].rpartition("@")[2])
    built["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    built.set_content(message["body"])
    for file in message.get("attachments", []):
        kind, _, detail = file["media_type"].partition("/")
        built.add_attachment(b64decode(file["data"]), maintype=kind, subtype=detail, filename=file["name"])
    return built
