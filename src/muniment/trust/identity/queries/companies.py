"""Companies: the names behind clients, and which of them a person may enter."""

from collections.abc import Iterable
from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, bound
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.types import Company, Place, Space

_firm_names: dict[UUID, str] = {}


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
            row = models.Company.objects.filter(client_id=client_id).first()
            if row is not None:
                found[client_id] = Company(client_id, "firm" if client_id == firm_id else "client", row.name, row.line)
    return found


def firm_name() -> str:
    """Return the firm's name, or the product's before the portal was set up; read once, for nothing changes it."""
    firm_id = clients.find_firm_id()
    if firm_id is None:
        return "Muniment"
    if firm_id not in _firm_names:
        _firm_names[firm_id] = company(firm_id).name
    return _firm_names[firm_id]


def company_names(client_ids: Iterable[UUID]) -> tuple[str, ...]:
    """Return the names of these companies and of the firm."""
    firm_id = clients.find_firm_id()
    wanted = [*client_ids, *([firm_id] if firm_id else [])]
    return tuple(found.name for found in companies(wanted).values())


def spaces(person_id: UUID) -> list[Space]:
    """Return the companies a person belongs to: the firm first, then clients by name. One look at all of them."""
    firm_id = clients.find_firm_id()
    with bound(Binding(None, person_id, "muniment_desk")):
        belonging = clients.memberships_here(person_id)
        known = {row.client_id: row for row in models.Company.objects.all()}
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
