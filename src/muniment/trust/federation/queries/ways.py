"""Which provider signs in the people of a domain; asked before anybody is known, so the domain alone decides."""

import re
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse

from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.federation.models import Provider
from muniment.trust.federation.types import Way
from muniment.trust.identity.actions import Elsewhere
from muniment.trust.vault.fields import email_as_sealed

LONGEST_NAME: Final = 253
_NAME: Final = re.compile(r"(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def domain_of(email: str) -> str:
    """Return the domain of an address in lower case, or nothing where it has none."""
    name = email.strip().lower().rpartition("@")[2].rstrip(".")
    return name if is_domain(name) else ""


def is_domain(name: str) -> bool:
    """Return whether a text is the name of a domain, as DNS writes it."""
    return len(name) <= LONGEST_NAME and _NAME.fullmatch(name) is not None


def is_proved(name: str) -> bool:
    """Return whether any client proved a domain; until the transaction ends nobody else can."""
    with connection.cursor() as cursor:
        cursor.execute("select app.domain_is_proved(%s)", [email_as_sealed(name)])
        found = cursor.fetchone()
    return bool(found and found[0])


def way_of(email: str) -> Way | None:
    """Return which provider signs in the people of an address's domain; None where none does.

    Nothing of it depends on whether the address has an account.
    """
    name = domain_of(email)
    if not name:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select client_id, provider_id from app.provider_of(%s)", [email_as_sealed(name)])
        found = cursor.fetchone()
    if not found or found[0] is None:
        return None
    client_id, provider_id = found
    with bound(Binding(client_id)):
        row = Provider.objects.filter(client_id=client_id, id=provider_id).first()
        return Way(client_id, provider_id, row.name, row.state == "enforced") if row is not None else None


def elsewhere(email: str) -> Elsewhere | None:
    """Return where people with an address of this domain sign in, as identity asks it."""
    way = way_of(email)
    return None if way is None else Elsewhere(start_path(way.client_id, way.provider_id), way.name, way.is_enforced)


def start_path(client_id: UUID, provider_id: UUID) -> str:
    """Return the path at which signing in through a provider begins."""
    return reverse("federation:start", kwargs={"place_id": client_id, "provider_id": provider_id})
