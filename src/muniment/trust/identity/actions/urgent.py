"""Mails that cannot wait for the worker or the database: alarms, handed to the mail server at once."""

from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from muniment.core import config
from muniment.trust.identity import mail


def send_at_once(*, to: str, subject: str, body: str) -> None:
    """Hand a mail to the mail server now, without asking the database for anything; nothing is kept of it.

    For what the portal says about itself, to those who run it: it holds no name and nothing of a client.

    Raises:
        OSError, smtplib.SMTPException: the server is not there, or does not take it; try again later.
    """
    present = config.current()
    if present.smtp_url is None:
        return
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = present.mail_from
    message["To"] = to
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=present.mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message.set_content(body)
    mail.send(present.smtp_url, message)
