"""Which addresses the firm's links and mails may lead to."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 400


def is_link(url: str) -> bool:
    """Tell whether this is an address that a link may lead to: https with a host, or mailto, and nothing that runs."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that is no address of IPv6
        return False
    if len(url) > LONGEST or not url.isprintable() or any(char in url for char in " <>\"'`"):
        return False
    return (parts.scheme == "https" and bool(parts.hostname)) or (parts.scheme == "mailto" and is_address(parts.path))


def is_address(text: str) -> bool:
    """Tell whether this is one e-mail address and nothing else."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        return False
    return bool(address.username) and "." in address.domain and text.isprintable() and " " not in text
