"""What somebody sent when they were asked to confirm first: kept sealed in their session, until they send it again.

It is never sent by itself: an act is done by a person who sees what it is. Files and passwords are not kept.
Each has a name, which stands in the address that the person comes back to: what somebody else sends in the same
session meanwhile, or they themselves in another tab, is not what they confirmed, and is not shown instead.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from muniment.core import clock
from muniment.trust.vault import queries as vault
from muniment.trust.vault.errors import CardNumberRefused

_KEY: Final = "form to send again"
_MOST_BYTES: Final = 60_000
_SECONDS: Final = 900
_LEFT_OUT: Final = ("csrfmiddlewaretoken",)


@dataclass(frozen=True)
class Kept:
    """A form: where it goes, and its fields in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep(request: HttpRequest) -> str:
    """Keep the form of a request; return its name, or "" where it cannot be: files, passwords, or too large."""
    request.session.pop(_KEY, None)
    names = [name for name in request.POST if name not in _LEFT_OUT]
    if request.FILES or any("password" in name for name in names):
        return ""
    try:
        fields = [[name, value] for name in names for value in vault.without_card_numbers(request.POST.getlist(name))]
    except CardNumberRefused:
        return ""
    if sum(len(name) + len(value) for name, value in fields) > _MOST_BYTES:
        return ""
    name, until = secrets.token_urlsafe(16), clock.now().timestamp() + _SECONDS
    request.session[_KEY] = {"name": name, "path": request.get_full_path(), "fields": fields, "until": until}
    return name


def kept(session: SessionBase, name: str) -> Kept | None:
    """Return the form of this name that waits to be sent again, if there is one."""
    found = session.get(_KEY)
    if not isinstance(found, dict) or found["until"] <= clock.now().timestamp() or found.get("name") != name:
        return None
    return Kept(found["path"], tuple((field, value) for field, value in found["fields"]))
