"""Who asked for which access, what came of it, and who may decide."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, desk, query
from muniment.trust.access import queries as access
from muniment.trust.access.types import SCOPES
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.identity.types import Person
from muniment.trust.oversight.models import AccessRequest, DocketLine
from muniment.trust.oversight.types import ANSWER_DAYS, DocketFacts, RequestFacts

SHOWN = 100


@query
def requests(actor: Actor) -> list[RequestFacts]:
    """Return what was asked for in the actor's client, newest first: all of it to who decides, else one's own."""
    rows = AccessRequest.objects.filter(client_id=actor.client).order_by("-id")
    if not access.may(actor, "request:decide"):
        rows = rows.filter(asked_by=actor.person_id) if actor.person_id else rows.none()
    found = [request_facts(actor, row) for row in rows[:SHOWN]]
    return [request for request in found if request.asked_by == actor.person_id or is_known(actor, request)]


@query
def docket(actor: Actor) -> list[DocketFacts]:
    """Return what people of the firm asked for anywhere, newest first: what the actor may decide, and their own.

    Raises:
        NotFound: `actor` is not of the firm, or acts not in its space.
    """
    if actor.kind != "staff" or actor.client_id != clients.find_firm_id():
        raise NotFound
    since = clock.now() - timedelta(days=4 * ANSWER_DAYS)
    lines = DocketLine.objects.filter(client_id=actor.client, asked_at__gte=since).order_by("-id")
    found = []
    for line in lines[:SHOWN]:
        request = _behind(actor, line)
        mine = line.asked_by == actor.person_id
        unknown = request is None and "request:decide" in actor.firm_verbs
        if mine or unknown or (request is not None and _decides(actor.within(request.client_id))):
            found.append(DocketFacts(line.id, line.asked_by, line.asked_at, line.named, request))
    return found


def to_decide(actor: Actor) -> list[RequestFacts]:
    """Return the requests that wait for the actor's answer, in every client they belong to or administer, oldest first.

    One look for all of them; only those that wait are looked at one by one.
    """
    with desk(actor):
        rows = AccessRequest.objects.filter(state="asked", asked_at__gt=oldest_open())
        places = dict(rows.values_list("id", "client_id"))
    if "request:decide" in actor.firm_verbs:
        places |= _on_docket(actor)
    found = []
    for request_id, place in sorted(places.items()):
        inside = actor.within(place)
        with acting_as(inside):
            row = AccessRequest.objects.filter(client_id=place, id=request_id).first()
            facts = request_facts(inside, row) if row else None
            if facts is not None and facts.may_decide and is_known(inside, facts):
                found.append(facts)
    return found


def _on_docket(actor: Actor) -> dict[UUID, UUID]:
    """Return what people of the firm asked for lately, each with its client."""
    firm = actor.within(clients.firm_id())
    with acting_as(firm):
        lines = DocketLine.objects.filter(client_id=firm.client, asked_at__gt=oldest_open(), request_id__isnull=False)
        return {request: place for request, place in lines.values_list("request_id", "of_client") if request and place}


def request_facts(actor: Actor, row: AccessRequest) -> RequestFacts:
    """Return a request as a value, with what the actor may do about it."""
    mine = row.asked_by == actor.person_id
    decides = not mine and is_second(actor, is_staff=row.is_staff) and access.may(actor, "request:decide")
    return RequestFacts(
        id=row.id,
        client_id=row.client_id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        is_staff=row.is_staff,
        role=row.role,
        scope_kind=row.scope_kind,
        scope_id=row.scope_id,
        reason=row.reason,
        hours=row.hours,
        is_emergency=row.is_emergency,
        state="lapsed" if row.state == "asked" and row.asked_at <= oldest_open() else row.state,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision=row.decision,
        grant_id=row.grant_id,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        may_decide=decides and is_open(row),
        may_end=(mine and is_open(row)) or ((mine or decides) and row.state == "given"),
    )


def is_open(row: AccessRequest) -> bool:
    """Return whether a request still waits for an answer."""
    return row.state == "asked" and row.asked_at > oldest_open()


def oldest_open() -> datetime:
    """Return when a request must have been asked at the earliest to be open now (excluded)."""
    return clock.now() - timedelta(days=ANSWER_DAYS)


def is_second(actor: Actor, *, is_staff: bool) -> bool:
    """Return whether people of the actor's side decide: about the firm's people, those whom the profile names.

    What a contact asks for is decided by whoever may decide at all.
    """
    if not is_staff:
        return True
    approver = access.profile_of(Actor.system(actor.client)).profile.approver
    return actor.kind == ("contact" if approver == "manager" else "staff")


def deciders(actor: Actor, *, is_staff: bool) -> list[Person]:
    """Return who could decide what the actor asks for: everybody who holds the verb here, but themselves."""
    found = identity.people(access.holders(actor, "request:decide") - {actor.person_id})
    return [
        person
        for person in found.values()
        if person.active and is_second(replace(actor, kind=_kind(person)), is_staff=is_staff)
    ]


def is_there(client_id: UUID, kind: str, scope_id: UUID | None) -> bool:
    """Return whether the bound client has such a thing; the whole client always is."""
    if kind == "client":
        return scope_id is None
    model = next((scope.model for scope in SCOPES.values() if scope.kind == kind), None)
    rows = apps.get_model(model)._default_manager if model else None  # noqa: SLF001 - Django's documented manager
    return rows is not None and rows.filter(client_id=client_id, pk=scope_id).exists()


def is_known(actor: Actor, request: RequestFacts) -> bool:
    """Return whether the actor may know of the thing that was asked for: who may not open it is not told of it.

    Those who administer know of the request but not what the thing is called.
    """
    if request.scope_id is None or "request:decide" in actor.firm_verbs:
        return True
    scope = next((scope for scope in SCOPES.values() if scope.kind == request.scope_kind), None)
    if scope is None:
        return False
    model = apps.get_model(scope.model)
    return access.visible(actor, "document:share", model).filter(pk=request.scope_id).exists()


def client_named(named: str) -> UUID | None:
    """Return the client with just this name, however it is written large or small; None for none, or more than one."""
    companies = identity.companies(clients.client_ids()).values()
    found = [company.id for company in companies if same_name(company.name, named)]
    return found[0] if len(found) == 1 else None


def same_name(one: str, other: str) -> bool:
    """Return whether two names are the same but for spaces and capitals."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def due(actor: Actor) -> list[UUID]:
    """Return the requests of the bound client whose access is over, or that nobody answered in time."""
    with acting_as(actor):
        rows = AccessRequest.objects.filter(client_id=actor.client)
        over = Q(state="given", ends_at__lte=clock.now()) | Q(state="asked", asked_at__lte=oldest_open())
        return list(rows.filter(over).order_by("id").values_list("id", flat=True))


def _behind(actor: Actor, line: DocketLine) -> RequestFacts | None:
    if line.of_client is None or line.request_id is None:
        return None
    with acting_as(actor.within(line.of_client)):
        row = AccessRequest.objects.filter(client_id=line.of_client, id=line.request_id).first()
        return request_facts(actor.within(line.of_client), row) if row else None


def _decides(inside: Actor) -> bool:
    return access.may(inside, "request:decide")


def _kind(person: Person) -> Literal["staff", "contact"]:
    return "staff" if person.kind == "staff" else "contact"
