"""What every client's row has, and the shapes other apps may use."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from muniment.core import ids

if TYPE_CHECKING:
    _ForeignKey = models.ForeignKey[Any, Any]
else:  # Django's fields take no type arguments while running
    _ForeignKey = models.ForeignKey


class ClientRow(models.Model):
    """A row that belongs to one client; `rls.protect` in its migration hides it from all others."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+", db_index=False)

    client_id: UUID

    class Meta:
        abstract = True


class ClientReference(_ForeignKey):
    """A reference to a row of the same client.

    The constraint in the database is on (client_id, column) and is made by `rls.protect`, so Django
    makes none of its own; nor an index, because indexes here lead with client_id.
    """

    def __init__(self, to: str, on_delete: Any = models.PROTECT, **options: Any) -> None:
        """Point at `to` ("app.Model")."""
        options.setdefault("related_name", "+")
        options["db_constraint"] = False
        options.setdefault("db_index", False)
        super().__init__(to, on_delete, **options)


@dataclass(frozen=True)
class MembershipFacts:
    """One person's belonging to one client."""

    id: UUID
    client_id: UUID
    person_id: UUID
    kind: str
    started_at: datetime
