"""Look up TXT records of the DNS, through the resolver of the settings or that of the machine."""

from typing import Final

import dns.exception
import dns.resolver

from muniment.core import config
from muniment.core.config.federating import resolver_address

SECONDS: Final = 6.0
MOST_RECORDS: Final = 50


class NoAnswer(OSError):
    """The DNS did not answer: it is not known whether there is such a record."""


def texts(name: str) -> list[str]:
    """Return the TXT records of a name; none where it has none, or there is no such name.

    Raises:
        NoAnswer: no server answered in time, or none that can be understood.
    """
    try:
        answer = _resolver().resolve(name, "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer("the DNS does not answer") from error
    records = list(answer)[:MOST_RECORDS]
    return [b"".join(record.strings).decode("ascii", "replace").strip() for record in records]


def _resolver() -> dns.resolver.Resolver:
    given = config.current().domain_resolver
    address = resolver_address(given) if given else None
    if address is None:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [address[0]], address[1]
    return resolver
