"""Read delivery reports (DSN): which of our mails failed, for whom, and why."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from typing import Final

from muniment.trust.identity.mailing.errors import NotAReport

MOST_BYTES: Final = 96 * 1024
"""What is read of a report: its beginning says it all, the mail that came back follows."""
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ID: Final = re.compile(r"<([A-Za-z0-9_-]{22})@[^>\s]+>")


@dataclass(frozen=True)
class Failure:
    """What a report says about one recipient; `is_final` when their server gave up."""

    recipient: str
    status: str
    is_final: bool


@dataclass(frozen=True)
class Report:
    """The mail that a report is about (the first part of its Message-ID), and what became of it."""

    letter: str
    failures: tuple[Failure, ...]


def read_report(data: bytes) -> Report:
    """Return what a delivery report says.

    Raises:
        NotAReport: it is none, or does not bring the headers of a mail that this portal may have sent.

    Source: RFC 3464, sections 2.1 to 2.3; RFC 6522.
    """
    try:
        message = message_from_bytes(data[:MOST_BYTES], policy=policy.default)
        letter, failures = _letter(message), tuple(_failures(message))
    except (MessageError, LookupError, ValueError, AttributeError, TypeError) as error:
        raise NotAReport from error  # the library's parser has more ways to fail than it names
    if not letter or not failures:
        raise NotAReport
    return Report(letter, failures)


def _failures(message: Message) -> list[Failure]:
    told = [part.get_payload() for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    blocks = [block for blocks in told if isinstance(blocks, list) for block in blocks if isinstance(block, Message)]
    return [_failure(block) for block in blocks if "final-recipient" in block]


def _failure(block: Message) -> Failure:
    kind, _, address = str(block["final-recipient"]).partition(";")
    status = _STATUS.search(str(block.get("status", "")))
    return Failure(
        recipient=(address or kind).strip().strip("<>").casefold(),
        status=status.group(1) if status else "",
        is_final=str(block.get("action", "")).strip().casefold() == "failed",
    )


def _letter(message: Message) -> str:
    """Return the first part of the Message-ID of the mail that came back, whole or as its headers alone."""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            text = str(inner[0]["message-id"]) if isinstance(inner, list) and isinstance(inner[0], Message) else ""
        elif kind == "text/rfc822-headers" and isinstance(part, EmailMessage):
            headers = part.get_payload(decode=True)
            text = str(message_from_bytes(headers)["message-id"]) if isinstance(headers, bytes) else ""
        else:
            continue
        if found := _ID.search(text):
            return found.group(1)
    return ""
