"""What the portal understands of what a directory says: a name, an address, and nothing else."""

from typing import Any

from muniment.core.errors import Invalid
from muniment.trust.identity.queries import clean_email, clean_name

UNSEEN = ("id", "meta", "password", "groups")
"""What is never kept: the portal's own, what nobody may read, and what follows from groups."""


def kept(body: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of a resource."""
    return {name: value for name, value in body.items() if name not in UNSEEN}


def user_name_of(body: dict[str, Any]) -> str:
    """Return what the directory calls the user; it compares names without regard to case."""
    return str(body.get("userName") or "").strip()


def address_of(body: dict[str, Any]) -> str | None:
    """Return where the user gets mail: the primary address, the first one, or a user name that is an address."""
    listed = [one for one in body.get("emails") or () if isinstance(one, dict) and one.get("value")]
    listed.sort(key=lambda one: not one.get("primary"))
    for text in [*(str(one["value"]) for one in listed), user_name_of(body)]:
        try:
            return clean_email(text)
        except Invalid:
            continue
    return None


def name_of(body: dict[str, Any], address: str) -> str:
    """Return what the user is called: as displayed, formatted, of its parts, or what stands before the @."""
    name = body.get("name") or {}
    parts = " ".join(str(name.get(part) or "") for part in ("givenName", "familyName"))
    for text in (body.get("displayName"), name.get("formatted"), parts, address.partition("@")[0]):
        try:
            return clean_name(str(text or ""))
        except Invalid:
            continue
    return address
