"""Companies: the names behind clients, and which of them a person may enter."""

import time
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.db.prepared import Prepared, among
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, bound, known_already, once
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.clients.types import MembershipFacts
from muniment.trust.identity import models
from muniment.trust.identity.types import Company, Place, Space

_KEEP_SECONDS = 5.0  # how long another process goes on showing the name before
_firm_names: dict[UUID, tuple[float, str]] = {}


def _in_sight() -> QuerySet[models.Company]:
    return models.Company.objects.all()


def _of(client_id: UUID) -> QuerySet[models.Company]:
    return models.Company.objects.filter(client_id=client_id)


def _among(client_ids: list[UUID]) -> QuerySet[models.Company]:
    return models.Company.objects.filter(among("client_id", client_ids))


_IN_SIGHT, _OF, _AMONG = Prepared(_in_sight), Prepared(_of), Prepared(_among)


def company(client_id: UUID) -> Company:
    """Return what is known of a client company.

    Raises:
        NotFound: there is none.
    """
    found = companies([client_id])
    if client_id not in found:
        raise NotFound
    return found[client_id]


def companies(client_ids: Iterable[UUID]) -> dict[UUID, Company]:
    """Return companies by the id of their client; one that does not exist is left out.

    Names are sealed with each client's own key, so each is read bound to its own client.
    """
    firm_id = clients.find_firm_id()
    found = {}
    for client_id in dict.fromkeys(client_ids):
        with bound(Binding(client_id)):
            for row in _OF(client_id=client_id):
                found[client_id] = Company(client_id, "firm" if client_id == firm_id else "client", row.name, row.line)
    return found


def firm_name() -> str:
    """Return the firm's name, a few seconds old at most, or the product's before the portal was set up."""
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return "Muniment"
    read_at, name = _firm_names.get(firm_id, (0.0, ""))
    if not name or time.monotonic() - read_at > _KEEP_SECONDS:
        name = company(firm_id).name
        _firm_names[firm_id] = (time.monotonic(), name)
    return name


def firm_renamed() -> None:
    """Read the firm's name anew, now and once what is under way is there to stay."""
    _firm_names.clear()
    if connection.in_atomic_block:
        transaction.on_commit(_firm_names.clear)


def company_names(client_ids: Iterable[UUID]) -> tuple[str, ...]:
    """Return the names of these companies and of the firm."""
    firm_id = clients.find_firm_id()
    wanted = [*client_ids, *([firm_id] if firm_id else [])]
    return tuple(found.name for found in companies(wanted).values())


def spaces(person_id: UUID) -> list[Space]:
    """Return the companies a person belongs to: the firm first, then clients by name. One look at all of them."""
    return once(("spaces", person_id), lambda: _all_spaces(person_id))


def _all_spaces(person_id: UUID) -> list[Space]:
    with bound(Binding(None, person_id, "muniment_desk")):
        return _spaces(clients.memberships_here(person_id), _IN_SIGHT())


def few_spaces(person_id: UUID, most: int, always: Collection[UUID] = ()) -> tuple[list[Space], int]:
    """Return what `spaces` returns, and how many clients that is of; of more than `most` only those in `always`.

    Names are sealed each with another key: to open hundreds of them would take longer than a page may.
    """
    known: list[Space] | None = known_already(("spaces", person_id))
    if known is not None and len(known) <= most:
        return known, len(known)
    with bound(Binding(None, person_id, "muniment_desk")):
        belonging = clients.memberships_here(person_id)
        if len(belonging) <= most:
            return _spaces(belonging, _IN_SIGHT()), len(belonging)
        return _spaces(belonging, _AMONG(client_ids=list(always)) if always else []), len(belonging)


def companies_across(person_id: UUID, client_ids: Collection[UUID]) -> dict[UUID, Company]:
    """Return those of some companies that a person belongs to, by the id of their client: one look at all of them."""
    with bound(Binding(None, person_id, "muniment_desk")):
        rows = _AMONG(client_ids=list(client_ids)) if client_ids else []
        return {row.client_id: Company(row.client_id, "client", row.name, row.line) for row in rows}


def _spaces(belonging: Iterable[MembershipFacts], rows: Iterable[models.Company]) -> list[Space]:
    firm_id = clients.find_firm_id()
    known = {row.client_id: row for row in rows}
    found = [
        Space(
            membership.client_id,
            "firm" if membership.client_id == firm_id else "client",
            known[membership.client_id].name,
            known[membership.client_id].line,
            membership.kind,
            membership.started_at,
        )
        for membership in belonging
        if membership.client_id in known
    ]
    return sorted(found, key=lambda space: (space.kind != "firm", space.name.casefold()))


def places(actor: Actor) -> list[Place]:
    """Return where the actor belongs, with the newest role there and its end."""
    found = []
    for space in spaces(actor.person_id) if actor.person_id else []:
        with acting_as(actor.within(space.id)):
            given = access.grants(actor.within(space.id), person_id=actor.person_id)
        whole = [grant for grant in given if grant.scope_kind == "client"]
        role, until = (whole[0].role, whole[0].ends_at) if whole else ("", None)
        found.append(Place(space.id, space.kind, space.name, role, until))
    return found
