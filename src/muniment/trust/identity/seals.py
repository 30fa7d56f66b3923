"""Seal the columns of the sign-in library's own tables.

Addresses: we make no rows there, a person's address is `Person.email`. But the library looks there first,
and no address may reach the database in clear, not even as a parameter. Factors: what proves a second
factor is sealed as a whole, bound to its person.
"""

import base64
import json
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import models

from muniment.trust.vault import actions as vault
from muniment.trust.vault.fields import PeopleEmail, PeopleJSON, Sealed, take_over

_OLD_PLACE = b"second factor"


class LibraryEmail(PeopleEmail):
    """Sealed like our own addresses; to the migrations of the library it is still its own field."""

    def deconstruct(self) -> Any:
        """Return the field as the library declared it, so that its migrations find nothing to change."""
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.EmailField", arguments, options


class LibraryFactor(PeopleJSON):
    """The secret of an app, the seed of recovery codes, or what is kept of a passkey: sealed for a person and kind."""

    typed = False
    of = "user_id"

    def place(self, instance: models.Model) -> bytes:
        """Return the place the value is bound to: rows get their ids only when they are saved."""
        person_id: UUID = instance.user_id  # type: ignore[attr-defined] # of an Authenticator
        return person_id.bytes + str(instance.type).encode() + b"\0" + self._where()  # type: ignore[attr-defined]

    def open(self, instance: models.Model, sealed: Sealed) -> Any:
        """Return what is kept of the factor; older rows are JSON in which the secrets alone are sealed."""
        if sealed[:1] != b"{":
            return super().open(instance, sealed)
        found: dict[str, Any] = json.loads(sealed)
        for name in ("secret", "seed"):
            if name in found:
                found[name] = vault.open_for_people(_OLD_PLACE, base64.urlsafe_b64decode(found[name])).decode()
        return found

    def deconstruct(self) -> Any:
        """Return the field as the library declared it, so that its migrations find nothing to change."""
        name, _, arguments, _ = super().deconstruct()
        return name, "django.db.models.JSONField", arguments, {}


def seal_library_fields() -> None:
    """Turn the library's fields into sealed ones; called once, when models are ready."""
    take_over(EmailAddress._meta.get_field("email"), LibraryEmail)
    take_over(Authenticator._meta.get_field("data"), LibraryFactor)
