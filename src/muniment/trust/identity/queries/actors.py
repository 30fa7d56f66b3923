"""The actor behind a request."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from muniment.core.actor import Actor, Kind
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models, origin

RECORDS = "account_authentication_methods"  # where the sign-in library keeps how the person proved who they are


def visitor(request: HttpRequest, client_id: UUID | None = None) -> Actor:
    """Return somebody nobody knows yet, with where they come from."""
    return Actor(
        kind="anonymous",
        client_id=client_id,
        ip=origin.ip(request),
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
        credentials_changed_at=person.credentials_changed_at,
    )
    return _within(somebody, client_id)


def guest(request: HttpRequest, client_id: UUID) -> Actor:
    """Return who opens an invitation to a client: somebody signed in, belonging there or not, or a visitor."""
    return replace(actor_for(request, None), client_id=client_id, firm_verbs=frozenset())


def factors(request: HttpRequest) -> tuple[str, ...]:
    """Return what the person proved in this session: "password", "totp", "recovery_codes"."""
    found = [record.get("type") or record.get("method", "") for record in _records(request)]
    return tuple(dict.fromkeys(found))


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    records = request.session.get(RECORDS)
    return records if isinstance(records, list) else []


def _within(person: Actor, client_id: UUID | None) -> Actor:
    """Return the person bound to the client, with what their place there allows."""
    if person.person_id is None:
        return person
    verbs = access.firm_verbs(person.person_id) if person.kind == "staff" else frozenset()
    if client_id is None:
        return replace(person, client_id=clients.find_firm_id() if person.kind == "staff" else None, firm_verbs=verbs)
    found = next((m for m in clients.memberships(person.person_id) if m.client_id == client_id), None)
    if found is None and not (verbs and _exists(client_id)):
        raise NotFound
    kind = _kind(found.kind) if found else person.kind
    actor = replace(person, client_id=client_id, firm_verbs=verbs, kind=kind)
    standing = access.standing(actor)
    return replace(actor, verbs=standing.verbs, purpose=standing.purpose)


def _exists(client_id: UUID) -> bool:
    return clients.is_open(client_id)


def _kind(text: str) -> Kind:
    return "staff" if text == "staff" else "contact"
