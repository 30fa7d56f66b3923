"""What the settings of single sign-on may not be."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from muniment.core.config.addresses import split
from muniment.core.config.fields import Config

CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"
_NAME: Final = re.compile(r"[A-Za-z0-9.-]{1,253}")


def problems(config: Config) -> Iterator[str]:
    """Yield a sentence for each unsafe or impossible value."""
    if not all(_NAME.fullmatch(name) for name in config.provider_hosts or ()):
        yield "provider_hosts must hold names of hosts alone, without https:// and without ports."
    path = config.provider_authority
    if path is not None and not path.is_file():
        yield f"provider_authority: there is no file {path}."
    elif path is not None and CERTIFICATE not in path.read_bytes():
        yield f"provider_authority: {path} holds no certificate in PEM."
    if config.domain_resolver is not None and resolver_address(config.domain_resolver) is None:
        yield "domain_resolver must be an IP address, with `:` and a port if it is not 53."


def resolver_address(text: str) -> tuple[str, int] | None:
    """Return address and port of a DNS server as a setting names it, or None where it names none."""
    url = split(f"//{text}")
    try:
        address = str(ipaddress.ip_address((url.hostname or "") if url else ""))
    except ValueError:
        return None
    return address, (url.port or 53) if url else 53
