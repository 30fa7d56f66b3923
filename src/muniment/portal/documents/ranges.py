"""One range of bytes out of a request, as HTTP has it.

Source: RFC 9110, section 14. Several ranges at once are answered with all of it, as section 14.2 allows.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from muniment.core import ids
from muniment.portal.documents.errors import RangeNotThere

_ONE = re.compile(r"bytes=\s*(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """What a request asks for: its Range and If-Range headers; nothing asks for the whole."""

    header: str | None = None
    condition: str | None = None

    def within(self, version_id: UUID, size_bytes: int) -> tuple[int, int] | None:
        """Return start and end (excluded) in a version; None for the whole, also if the range is of another version.

        Raises:
            RangeNotThere: the range is well-formed, and none of it lies inside.
        """
        if self.condition is not None and self.condition != etag(version_id):
            return None
        return parse(self.header, size_bytes)


def etag(version_id: UUID) -> str:
    """Return the strong validator of a version's bytes, which never change."""
    return f'"{ids.public(version_id)}"'


def parse(header: str | None, size_bytes: int) -> tuple[int, int] | None:
    """Return start and end (excluded) of the wanted bytes; None where the whole is the right answer.

    Raises:
        RangeNotThere: the range is well-formed, and none of it lies inside.
    """
    match = _ONE.fullmatch(header) if header else None
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(size_bytes - int(suffix), 0), size_bytes
        if int(suffix) == 0:
            raise RangeNotThere(size_bytes)
    else:
        start = int(first)
        end = min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None  # malformed: ignored
    if start >= end:
        raise RangeNotThere(size_bytes)
    return start, end
