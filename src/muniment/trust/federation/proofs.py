"""Look whether whoever names a domain holds it: by a DNS record, or by a file where DNS is not possible."""

from typing import Literal

from muniment.core import names
from muniment.core.errors import PortalError
from muniment.trust.federation import fetching
from muniment.trust.federation.types import DomainFacts


def found(domain: DomainFacts) -> Literal["", "dns", "file"]:
    """Return where the proof of a domain was found, or nothing."""
    if domain.record_text in _texts(domain.record):
        return "dns"
    return "file" if _is_in_file(domain) else ""


def _texts(name: str) -> list[str]:
    try:
        return names.texts(name)
    except names.NoAnswer:
        return []


def _is_in_file(domain: DomainFacts) -> bool:
    try:
        answer = fetching.fetch(domain.file_address, most_bytes=4096)
    except PortalError:
        return False
    lines = answer.body.decode("ascii", "replace").splitlines()
    return answer.status == 200 and domain.record_text in {line.strip() for line in lines}  # noqa: PLR2004 - OK
