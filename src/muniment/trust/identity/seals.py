"""Seal the address column of the sign-in library's own table.

We make no rows there: a person's address is `Person.email`. But the library looks there first, and no
address may reach the database in clear, not even as a parameter.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import models

from muniment.trust.vault.fields import PeopleEmail


class LibraryEmail(PeopleEmail):
    """Sealed like our own addresses; to the migrations of the library it is still its own field."""

    def deconstruct(self) -> Any:
        """Return the field as the library declared it, so that its migrations find nothing to change."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.EmailField", arguments, options


def seal_library_addresses() -> None:
    """Turn the library's address field into a sealed one; called once, when models are ready."""
    field: models.Field[Any, Any] = EmailAddress._meta.get_field("email")
    field.__class__ = LibraryEmail
