"""The actor behind a request."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from muniment.core.actor import Actor, Kind
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import countries, devices, models, origin, purposes
from muniment.trust.identity.queries.looking import looking_as
from muniment.trust.identity.queries.people import logs_of
from muniment.trust.identity.types import PROVED_HERE

RECORDS = "account_authentication_methods"  # where the sign-in library keeps how the person proved who they are


def visitor(request: HttpRequest, client_id: UUID | None = None) -> Actor:
    """Return somebody nobody knows yet, with where they come from."""
    address = origin.ip(request)
    return Actor(
        kind="anonymous",
        client_id=client_id,
        ip=address,
        country=countries.country(address),
        device=origin.device(request),
        request_id=getattr(request, "request_id", ""),
    )


def actor_for(request: HttpRequest, client_id: UUID | None) -> Actor:
    """Return who makes this request within a client; decided anew every time.

    Without a client, staff act within the firm's own space and contacts within none. A person of the
    firm with administering roles may act in any client, with those verbs alone.

    Raises:
        NotFound: there is no such client, or the person neither belongs to it nor administers it.
    """
    somebody = visitor(request, client_id)
    person = request.user
    if not isinstance(person, models.Person):
        return somebody
    records = _records(request)
    somebody = replace(
        somebody,
        kind=_kind(person.kind),
        person_id=person.id,
        session_id=getattr(request.session, "row_id", None),
        factors=factors(request),
        authenticated_at=datetime.fromtimestamp(records[-1]["at"], UTC) if records else None,
        proved_at=proved_at(request),
        credentials_changed_at=person.credentials_changed_at,
        device_known=devices.is_known(request.session),
    )
    actor = _within(somebody, client_id)
    if client_id is None or actor.kind != "staff":
        return actor
    if not actor.purpose or access.purposes_to_state(actor):
        actor = replace(actor, purpose=purposes.stated(request.session, client_id) or actor.purpose)
    return looking_as(actor, request.session)


def in_logs(actor: Actor, shown: Iterable[UUID] = ()) -> list[Actor]:
    """Return the actor within each client whose log an act of theirs belongs in: their client's, or their own places'.

    And within each of the `shown` clients, with the purpose they have there.
    """
    also = set(shown)
    if actor.client_id and not also:
        return [actor]
    if actor.person_id is None:
        return [actor.within(place) for place in logs_of(None)]
    belonging = {membership.client_id: membership.id for membership in clients.memberships(actor.person_id)}
    why = access.purposes(actor) if also else {}
    own = {actor.client_id} if actor.client_id else set(logs_of(actor.person_id)) - also
    here = [replace(actor.within(place), membership_id=belonging.get(place)) for place in own]
    there = [
        replace(actor.within(place), membership_id=belonging.get(place), purpose=why.get(place, "")) for place in also
    ]
    return here + there


def guest(request: HttpRequest, client_id: UUID) -> Actor:
    """Return who opens an invitation to a client: somebody signed in, belonging there or not, or a visitor."""
    return replace(actor_for(request, None), client_id=client_id, firm_verbs=frozenset(), by_link=True)


def proved_at(request: HttpRequest) -> datetime | None:
    """Return when the person last proved a strong factor in this session.

    A record says so by its kind, or by `strong`, where a sign-in elsewhere proved that it was made anew.
    """
    strong = [one["at"] for one in _records(request) if one.get("type") in PROVED_HERE or one.get("strong") is True]
    return datetime.fromtimestamp(max(strong), UTC) if strong else None


def factors(request: HttpRequest) -> tuple[str, ...]:
    """Return what the person proved in this session: "password", "totp", "recovery_codes", "webauthn"."""
    found = [record.get("type") or record.get("method", "") for record in _records(request)]
    return tuple(dict.fromkeys(found))


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    records = request.session.get(RECORDS)
    return records if isinstance(records, list) else []


def _within(person: Actor, client_id: UUID | None) -> Actor:
    """Return the person bound to the client, with how they belong there and what that allows."""
    if person.person_id is None:
        return person
    is_staff = person.kind == "staff"
    verbs = access.firm_verbs(person.person_id) if is_staff else frozenset()
    if client_id is None and not is_staff:
        return person
    belonging = {membership.client_id: membership for membership in clients.memberships(person.person_id)}
    firm_id = clients.find_firm_id() if is_staff else None
    home = belonging.get(firm_id) if firm_id else None
    if client_id is None:
        at_home = replace(person, client_id=firm_id, firm_verbs=verbs, membership_id=home.id if home else None)
        return replace(at_home, rules=access.rules_hash(at_home) if firm_id else "")
    found = belonging.get(client_id)
    if found is None and not (verbs and _exists(client_id)):
        raise NotFound
    kind = _kind(found.kind) if found else person.kind
    by = found or home  # who administers from outside does so as one of the firm
    membership_id = by.id if by else None
    actor = replace(person, client_id=client_id, firm_verbs=verbs, kind=kind, membership_id=membership_id)
    standing = access.standing(actor)
    return replace(
        actor,
        verbs=standing.verbs,
        purpose=standing.purpose,
        emergency=standing.emergency,
        rules=standing.rules,
    )


def _exists(client_id: UUID) -> bool:
    return clients.is_open(client_id)


def _kind(text: str) -> Kind:
    return "staff" if text == "staff" else "contact"
