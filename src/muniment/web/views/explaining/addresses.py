"""What an address of this portal is about: a client, a document or folder in it, and what its page needs."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.urls import Resolver404, resolve

SCOPES = ("document", "folder")


@dataclass(frozen=True)
class Address:
    """Where an address leads: the client, the verb its page needs, and the thing it names, if any."""

    path: str
    client_id: UUID
    verb: str
    kind: str = "client"
    thing_id: UUID | None = None


def read_address(text: str) -> Address | None:
    """Return what an address or a path is about; None where no page of a client stands there.

    Only its shape is read: whether anything is there is for the decision to say.
    """
    path = urlsplit(text.strip()).path
    try:
        match = resolve(path)
    except Resolver404:
        return None
    client_id, verb = match.kwargs.get("client_id"), getattr(match.func, "permission", "")
    if not isinstance(client_id, UUID) or not verb:
        return None
    for kind in SCOPES:
        thing_id = match.kwargs.get(f"{kind}_id")
        if isinstance(thing_id, UUID):
            return Address(path, client_id, verb, kind, thing_id)
    return Address(path, client_id, verb)
