"""Look whether whoever names a domain holds it: by a DNS record, or by a file where DNS is not possible."""

from typing import Final, Literal

import dns.exception
import dns.resolver

from muniment.core import config
from muniment.core.config.federating import resolver_address
from muniment.core.errors import PortalError
from muniment.trust.federation import fetching
from muniment.trust.federation.types import DomainFacts

SECONDS: Final = 6.0
MOST_RECORDS: Final = 50


def found(domain: DomainFacts) -> Literal["", "dns", "file"]:
    """Return where the proof of a domain was found, or nothing."""
    if domain.record_text in _texts(domain.record):
        return "dns"
    return "file" if _is_in_file(domain) else ""


def _texts(name: str) -> list[str]:
    """Return the TXT records of a name; none where there is no answer."""
    try:
        answer = _resolver().resolve(name, "TXT", lifetime=SECONDS, search=False)
    except dns.exception.DNSException:
        return []
    records = list(answer)[:MOST_RECORDS]
    return [b"".join(record.strings).decode("ascii", "replace").strip() for record in records]


def _is_in_file(domain: DomainFacts) -> bool:
    try:
        answer = fetching.fetch(domain.file_address, most_bytes=4096)
    except PortalError:
        return False
    lines = answer.body.decode("ascii", "replace").splitlines()
    return answer.status == 200 and domain.record_text in {line.strip() for line in lines}  # noqa: PLR2004 - OK


def _resolver() -> dns.resolver.Resolver:
    given = config.current().domain_resolver
    address = resolver_address(given) if given else None
    if address is None:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [address[0]], address[1]
    return resolver
