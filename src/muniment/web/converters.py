"""Ids and secrets in URLs."""

from uuid import UUID

from django.urls import register_converter

from muniment.core import ids


class PublicId:
    """Turns the 22 characters of a public id into a UUID; anything else is no address of ours."""

    regex = ids.PUBLIC_PATTERN

    def to_python(self, value: str) -> UUID:
        """Return the id behind its public form; a ValueError means that the URL does not exist."""
        return ids.private(value)

    def to_url(self, value: UUID) -> str:
        """Return the public form."""
        return ids.public(value)


class LinkSecret:
    """Takes the 43 characters of 32 random bytes, as in links from mails; so no other word is taken for one."""

    regex = r"[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        """Return the secret as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return the secret as it is."""
        return value


def register() -> None:
    """Make `<id:name>` and `<secret:name>` usable in URL patterns."""
    register_converter(PublicId, "id")
    register_converter(LinkSecret, "secret")
