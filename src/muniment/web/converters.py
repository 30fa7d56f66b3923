"""Ids in URLs: public outside, UUID inside."""

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


def register() -> None:
    """Make `<id:name>` usable in URL patterns."""
    register_converter(PublicId, "id")
