"""Print ids as they may be seen outside."""

from uuid import UUID

from django import template

from muniment.core import ids

register = template.Library()


@register.filter
def public(identifier: UUID | None) -> str:
    """Return the public form of an id; nothing for nothing."""
    return "" if identifier is None else ids.public(identifier)
