"""Addresses inside settings."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine and nothing else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def split(text: str) -> SplitResult | None:
    """Return the parts of an address, or None where it has none."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # read here, because a wrong one is found only when it is asked for
    except ValueError:
        return None
    return parts


def is_private_web_address(text: str) -> bool:
    """Tell whether `text` is `https://host[:port]` and nothing more; plain `http://` only to this machine."""
    url = split(text)
    if url is None or not url.hostname or url.username or url.password or url.query or url.fragment:
        return False
    return url.path in {"", "/"} and (url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname)))
