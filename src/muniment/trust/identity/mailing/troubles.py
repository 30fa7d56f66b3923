"""What a failed try to send a mail means: whether to try again, and whether there is no such address."""

import re
import smtplib
import ssl
from typing import Final

from muniment.trust.identity.mailing.types import Trouble

_ENHANCED: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_PERMANENT: Final = 500
_NO_SUCH: Final = frozenset({550, 551, 553})
_OURS: Final = ((ssl.SSLError, "certificate"), (smtplib.SMTPAuthenticationError, "sign-in"))


def trouble_of(error: OSError | smtplib.SMTPException) -> Trouble:
    """Return what an error of a try to send means.

    What is wrong with this portal or its server (certificate, sign-in, sender) is tried again: somebody can put it
    right. What the server says of the recipient or of the mail itself is final from 500 on.

    Source: RFC 5321, section 4.2.1; RFC 3463.
    """
    for kind, word in _OURS:
        if isinstance(error, kind):
            return Trouble(word)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Trouble(f"sender {error.smtp_code}")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        number, text = next(iter(error.recipients.values()))
        return _of_recipient(number, text)
    if isinstance(error, smtplib.SMTPDataError):
        return Trouble(code_of(error.smtp_code, error.smtp_error), is_final=error.smtp_code >= _PERMANENT)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Trouble("no-tls")
    return Trouble("away")


def code_of(number: int, text: bytes | str) -> str:
    """Return a server's answer as its codes alone: its words may name people."""
    said = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    found = _ENHANCED.search(said)
    return f"{number} {found.group(1)}" if found else str(number)


def says_no_such_address(code: str) -> bool:
    """Return whether codes of a server say for good that there is no such address, or that it takes no mails any more.

    A full mailbox, a mail that is too large or one that was taken for spam says nothing about the address.
    """
    found = _ENHANCED.search(code)
    if found:
        return found.group(1).startswith("5.1.") or found.group(1) == "5.2.1"
    return code[:3].isdigit() and int(code[:3]) in _NO_SUCH


def _of_recipient(number: int, text: bytes) -> Trouble:
    code = code_of(number, text)
    is_final = number >= _PERMANENT
    return Trouble(code, is_final=is_final, is_address=is_final and says_no_such_address(code))
