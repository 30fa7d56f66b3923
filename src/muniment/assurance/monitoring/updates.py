"""The notice about new versions: asked for once a day where the operator wants it, kept as signed, shown on Health.

Nothing of the portal is told to whoever gives it, and nothing of it is believed without the release key's signature.
"""

import http.client
import importlib.metadata
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import structlog
from django.utils.translation import gettext as _

from muniment.core import clock, config, releases
from muniment.core.health import HealthLine
from muniment.core.releases import LARGEST_BYTES, Notice, NotReleased

NAME: Final = "New version"
SECONDS: Final = 10.0

log = structlog.get_logger("muniment.updates")


class NoNotice(Exception):
    """The address gave no notice; the message says why."""


def renew_notice() -> Notice | None:
    """Renew the notice, as `renew` does, with the release key of this package."""
    return renew(releases.release_key())


def renew(key: bytes | None) -> Notice | None:
    """Fetch the notice and keep it; None where nobody is to be asked. One older than the one that is kept is refused.

    Without a `key` (32 bytes) nobody is asked either: no answer could be believed.

    Raises:
        NoNotice: the address does not answer with one.
        NotReleased: it is not signed by those who release, too old, or older than the one before.
    """
    present = config.current()
    if present.updates_url is None:
        return None
    if key is None:
        raise NotReleased("This build holds no release key, so nobody was asked.")
    envelope = _fetch(present.updates_url)
    found = releases.read_notice(envelope, key, now=clock.now())
    known = _kept(key)
    if known is not None and found.issued_at < known.issued_at:
        raise NotReleased("The notice is older than the one before.")
    _keep(envelope)
    return found


def updates() -> Iterator[HealthLine]:
    """Tell whether there is a newer version, and whether ours has a known hole."""
    return lines(releases.release_key(), importlib.metadata.version("muniment"))


def lines(key: bytes | None, ours: str) -> Iterator[HealthLine]:
    """Tell the same of a version, by the notice that is kept and a release key (32 bytes)."""
    if config.current().updates_url is None:
        return
    if key is None:
        sentence = _("This build holds no release key, so no notice about new versions can be believed.")
        yield HealthLine(NAME, "notice", sentence, _("Install a release, or leave MUNIMENT_UPDATES_URL out."))
        return
    found = _kept(key)
    if found is None:
        sentence = _("There is no fresh notice about new versions.")
        yield HealthLine(NAME, "notice", sentence, _("See that MUNIMENT_UPDATES_URL answers; logs say what it said."))
        return
    yield _line(found, ours)


def _line(found: Notice, ours: str) -> HealthLine:
    """Return the line about a notice, for one version of ours."""
    words = {"version": found.version, "link": found.link, "ours": ours}
    if releases.number(ours) < releases.number(found.safe_from):
        sentence = _("This version (%(ours)s) has a known security hole, which %(version)s mends.") % words
        return HealthLine(NAME, "bad", sentence, _("Upgrade today: docs/operating.md, “Updating”. %(link)s") % words)
    if releases.number(ours) < releases.number(found.version):
        sentence = _("Version %(version)s is there; this is %(ours)s.") % words
        return HealthLine(NAME, "notice", sentence, _("Read what is new, and upgrade when it suits: %(link)s") % words)
    return HealthLine(NAME, "good", _("This is the newest version (%(ours)s).") % words)


def _place() -> Path:
    return config.current().watch / "updates.json"


def _kept(key: bytes | None) -> Notice | None:
    """Return the notice that is kept; None where there is none, or none that still says something."""
    try:
        return releases.read_notice(_place().read_bytes(), key, now=clock.now())
    except (OSError, NotReleased):
        return None


def _keep(envelope: bytes) -> None:
    place = _place()
    part = place.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(envelope)
    part.replace(place)


def _fetch(url: str) -> bytes:
    """Return what `url`, https or of this machine, answers; its certificate is verified, redirects are refusals."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept": "application/json", "User-Agent": "Muniment"})
        answer = connection.getresponse()
        content = answer.read(LARGEST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoNotice(type(error).__name__) from error
    finally:
        connection.close()
    if answer.status != 200 or len(content) > LARGEST_BYTES:  # noqa: PLR2004 - HTTP's own
        raise NoNotice(f"status {answer.status}, {len(content)} bytes")
    return content
