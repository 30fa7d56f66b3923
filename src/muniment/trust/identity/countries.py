"""The country of an address, by a database that the operator brings: nobody on the network is asked."""

import ipaddress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

import maxminddb
import structlog

from muniment.core import config

log = structlog.get_logger("muniment.identity")
_opened: dict[tuple[str, int, int], maxminddb.Reader] = {}
_opening = Lock()
_LETTERS = 2


def country(address: str) -> str:
    """Return the two letters (ISO 3166) of the country an address is in; empty when that is not known."""
    path = config.current().countries
    if path is None:
        return ""
    try:
        found = _reader(path).get(ipaddress.ip_address(address))
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        if address:
            log.warning("no country", kind=type(error).__name__)
        return ""
    return _letters(found)


def built_at() -> datetime | None:
    """Return when the database of countries was built; None where there is none, or it cannot be read."""
    path = config.current().countries
    try:
        return None if path is None else datetime.fromtimestamp(_reader(path).metadata().build_epoch, UTC)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        return None


def _reader(path: Path) -> maxminddb.Reader:
    """Return the open database; a newer file in its place is opened anew."""
    facts = path.stat()
    key = (str(path), facts.st_mtime_ns, facts.st_size)
    with _opening:
        if key not in _opened:
            reader = maxminddb.open_database(path, maxminddb.MODE_MEMORY)  # a mapped file could be cut off under us
            _opened.clear()
            _opened[key] = reader
        return _opened[key]


def _letters(found: object) -> str:
    """Return the country in a record: of MaxMind's own shape, or of the flat one others publish."""
    record = found if isinstance(found, dict) else {}
    place = record.get("country") or record.get("registered_country") or record.get("country_code")
    code = place.get("iso_code") if isinstance(place, dict) else place
    return code.upper() if isinstance(code, str) and len(code) == _LETTERS and code.isalpha() else ""
