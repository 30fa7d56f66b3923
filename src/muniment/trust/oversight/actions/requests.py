"""Ask for access, decide as the second person, and let it end by itself."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as, action
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.access.errors import AskedAlready
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import actions as belonging
from muniment.trust.clients import queries as clients
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.oversight import letter_texts
from muniment.trust.oversight.actions import refusing
from muniment.trust.oversight.errors import DecidedAlready, NobodyToDecide, NotDecidedByYou
from muniment.trust.oversight.models import AccessRequest, DocketLine
from muniment.trust.oversight.queries import asking as queries
from muniment.trust.oversight.types import RequestFacts

NAME_MOST = 120
DECIDED_BY_CLIENT = "the client's manager decided, as its profile says"


@action
def ask_access(
    actor: Actor,
    *,
    role: str,
    reason: str,
    hours: int,
    scope: tuple[str, UUID] | None = None,
    is_emergency: bool = False,
    named: str = "",
) -> RequestFacts:
    """Ask for a role on the bound client, or on one `scope` (kind, id) in it, for some hours; somebody else decides.

    People of the firm may ask on any client; contacts on things of their own company. Whether the thing exists is
    found out when somebody decides, so that asking tells nothing. `named` is what they called the client, if they did.

    Raises:
        NotFound: `actor` is neither of the firm nor a contact here, or asks as a contact for the whole client.
        ReasonMissing: nobody said why.
        UnknownRole: the role is not one that can be asked for.
        TooLong: the time is not offered, or an emergency would last more than a day.
        AskedAlready: the same is asked for, and not decided yet.
        HeldAlready: the access is there.
        NobodyToDecide: nobody else may decide.
    """
    is_staff = refusing.may_ask(actor, scope)
    person_id = refusing.person(actor)
    refusing.refuse_wrong(role, reason, hours, is_staff=is_staff, is_emergency=is_emergency)
    kind, scope_id = scope or ("client", None)
    refusing.refuse_held(actor, person_id, role, kind, scope_id)
    second = queries.deciders(actor, is_staff=is_staff)
    if not second:
        raise NobodyToDecide
    _lapse_old(actor, person_id, scope_id)
    row = AccessRequest(
        client_id=actor.client,
        asked_by=person_id,
        asked_at=clock.now(),
        is_staff=is_staff,
        role=role,
        scope_kind=kind,
        scope_id=scope_id,
        reason=reason.strip(),
        hours=hours,
        is_emergency=is_emergency,
    )
    try:
        with transaction.atomic():  # the database decides, so that two at once cannot both
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AskedAlready from error
    _record(actor, Event.ACCESS_ASKED, row, hours=hours)
    if is_staff:
        _put_on_docket(actor.within(clients.firm_id()), named or people.company(actor.client).name, row)
    for person in second:
        subject, body = letter_texts.asked(actor, row, person)
        identity.write_letter(to=person.email, subject=subject, body=body, person_id=person.id)
    return queries.request_facts(actor, row)


@action
def ask_by_name(actor: Actor, *, named: str, role: str, reason: str, hours: int, is_emergency: bool = False) -> None:
    """Ask, from the firm's own space, for access to the client with this name.

    To who asks, a name that no client has looks the same as one that a client has.

    Raises:
        NotFound: `actor` is not of the firm, or acts not in its space.
        ReasonMissing, UnknownRole, TooLong, AskedAlready, HeldAlready, NobodyToDecide: as for `ask_access`.
    """
    if actor.kind != "staff" or actor.client_id != clients.find_firm_id():
        raise NotFound
    of_client = queries.client_named(named)
    if of_client is not None:
        there = actor.within(of_client)
        ask_access(there, role=role, reason=reason, hours=hours, is_emergency=is_emergency, named=named)
    else:
        refusing.refuse_as_there_would_be(actor, named, role, reason, hours, is_emergency=is_emergency)
        _put_on_docket(actor, named, None)
    audit.record(actor, Event.ACCESS_ASKED, role=role, emergency=is_emergency)


@action
def give_access(actor: Actor, *, request_id: UUID, reason: str = "") -> RequestFacts:
    """Give, as the second person, what somebody asked for; it ends by itself, and the client is told.

    Raises:
        NotFound: there is no such request, `actor` may not decide, or the thing or who asked is not there.
        NotDecidedByYou: `actor` asked.
        ConfirmFirst: they did not confirm lately that it is them.
        DecidedAlready: it was decided, taken back or lapsed.
        HeldAlready: the access is there by now.
        MoreThanYouHave: the role holds a verb that `actor` may not give.
    """
    row = _to_decide(actor, request_id)
    if not queries.is_there(actor.client, row.scope_kind, row.scope_id):
        raise NotFound
    refusing.refuse_gone(actor, row.asked_by, is_staff=row.is_staff)
    refusing.refuse_held(actor, row.asked_by, row.role, row.scope_kind, row.scope_id)
    now = clock.now()
    row.state, row.decided_by, row.decided_at, row.decision = "given", actor.person_id, now, reason.strip()
    row.ends_at = now + timedelta(hours=row.hours)
    row.joined = row.is_staff and _join(actor, row)
    row.grant_id = _give(actor, row)
    row.save()
    _record(actor, Event.ACCESS_GIVEN, row, asked_by=row.asked_by, until=row.ends_at, joined=row.joined)
    _tell(actor, row)
    return queries.request_facts(actor, row)


@action
def decline_access(actor: Actor, *, request_id: UUID, reason: str = "") -> RequestFacts:
    """Decline as the second person.

    Raises:
        NotFound, NotDecidedByYou, ConfirmFirst, DecidedAlready: as for `give_access`.
    """
    row = _to_decide(actor, request_id)
    row.state, row.decided_by, row.decided_at, row.decision = "declined", actor.person_id, clock.now(), reason.strip()
    row.save()
    _record(actor, Event.ACCESS_DECLINED, row, asked_by=row.asked_by)
    letter = letter_texts.declined(actor)
    _write_to(row.asked_by, letter)
    return queries.request_facts(actor, row)


@action
def end_access(actor: Actor, *, request_id: UUID) -> RequestFacts:
    """Take a request back, or give back or take away what was given for it, before its time is over.

    Raises:
        NotFound: there is no such request, or it is neither the actor's own nor theirs to decide.
        DecidedAlready: it is over.
    """
    row = _locked(actor, request_id)
    if row.asked_by != actor.person_id and not _decides(actor, row):
        raise NotFound
    if row.state == "given":
        return _end(actor, row, by=actor.person_id)
    if row.asked_by != actor.person_id or not queries.is_open(row):
        raise DecidedAlready
    row.state, row.ended_by, row.ended_at = "taken-back", actor.person_id, clock.now()
    row.save()
    _record(actor, Event.ACCESS_TAKEN_BACK, row)
    return queries.request_facts(actor, row)


@action
def end_due(actor: Actor, *, request_id: UUID) -> RequestFacts:
    """End what is over by itself: access whose time is over, a request that nobody answered. For the worker alone.

    The grant ended to the second by its own end; this ends the membership that came with it, and says so in the log.

    Raises:
        NotFound: there is no such request, or it is not over.
    """
    if actor.kind != "system" or request_id not in queries.due(actor):
        raise NotFound
    row = _locked(actor, request_id)
    if row.state == "given":
        return _end(actor, row, by=None)
    row.state, row.ended_at = "lapsed", clock.now()
    row.save()
    _record(actor, Event.ACCESS_LAPSED, row)
    return queries.request_facts(actor, row)


def _put_on_docket(actor: Actor, named: str, row: AccessRequest | None) -> None:
    """Put what somebody of the firm asked for on the firm's own list, where every administrator finds it."""
    line = DocketLine(client_id=actor.client, asked_by=refusing.person(actor), asked_at=clock.now())
    line.named = named.strip()[:NAME_MOST]
    if row is not None:
        line.of_client, line.request_id = row.client_id, row.id
    with acting_as(actor):
        line.save(force_insert=True)


def _lapse_old(actor: Actor, person_id: UUID, scope_id: UUID | None) -> None:
    """Let what was asked too long ago stand in the way of no new request, if the worker did not come by yet."""
    rows = AccessRequest.objects.filter(client_id=actor.client, asked_by=person_id, scope_id=scope_id, state="asked")
    rows.filter(asked_at__lte=queries.oldest_open()).update(state="lapsed", ended_at=clock.now())


def _locked(actor: Actor, request_id: UUID) -> AccessRequest:
    row = AccessRequest.objects.select_for_update().filter(client_id=actor.client, id=request_id).first()
    if row is None:
        raise NotFound
    return row


def _decides(actor: Actor, row: AccessRequest) -> bool:
    """Return whether the actor is one who decides about this request."""
    if not queries.is_second(actor, is_staff=row.is_staff) or not access.may(actor, "request:decide"):
        return False
    return queries.is_known(actor, queries.request_facts(actor, row))


def _to_decide(actor: Actor, request_id: UUID) -> AccessRequest:
    row = _locked(actor, request_id)
    if row.asked_by == actor.person_id:
        raise NotDecidedByYou
    if actor.person_id is None or not _decides(actor, row):
        raise NotFound
    access.insist_fresh(actor, "request:decide")
    if not queries.is_open(row):
        raise DecidedAlready
    return row


def _give(actor: Actor, row: AccessRequest) -> UUID:
    """Give the grant and return its id.

    Where the client's manager decides about the firm's people, the firm has said so in the profile: then the portal
    gives it on their word, for a role of the firm is not theirs to give.
    """
    by_client = row.is_staff and actor.kind == "contact"
    giver = Actor.system(actor.client, purpose=DECIDED_BY_CLIENT) if by_client else actor
    return grants.give_grant(
        giver,
        person_id=row.asked_by,
        role=row.role,
        purpose=row.reason,
        until=row.ends_at,
        scope=None if row.scope_id is None else (row.scope_kind, row.scope_id),
        approved_by=actor.person_id if by_client else None,
        is_emergency=row.is_emergency,
        on_request=True,
    ).id


def _join(actor: Actor, row: AccessRequest) -> bool:
    """Let somebody of the firm belong to the client for as long as the access lasts; False if they do anyway."""
    if any(member.person_id == row.asked_by for member in clients.members(actor)):
        return False
    belonging.join(actor.client, row.asked_by, "staff")
    return True


def _end(actor: Actor, row: AccessRequest, *, by: UUID | None) -> RequestFacts:
    for grant in access.grants(actor, person_id=row.asked_by):
        # Where a folder was closed meanwhile, the grant was carried over to it, with its end: that goes too.
        if grant.id == row.grant_id or (grant.role, grant.ends_at) == (row.role, row.ends_at):
            grants.end_grant(actor, grant_id=grant.id)
    row.state, row.ended_by, row.ended_at = "ended", by, clock.now()
    row.save()
    if row.joined and not access.has_reason_to_belong(actor, row.asked_by):
        belonging.leave(actor.client, row.asked_by)
        audit.record(actor, Event.PERSON_LEFT, person=row.asked_by)
    _record(actor, Event.ACCESS_ENDED, row, asked_by=row.asked_by, early=by is not None)
    return queries.request_facts(actor, row)


def _tell(actor: Actor, row: AccessRequest) -> None:
    """Write to who asked, and to the client's managers (without any, to who reads its log)."""
    _write_to(row.asked_by, letter_texts.given(actor, row))
    if row.is_staff:
        contacts = {member.person_id for member in clients.members(actor) if member.kind == "contact"}
        deciding = contacts & access.holders(actor, "request:decide")
        for person_id in deciding or contacts & access.holders(actor, "log:read"):
            _write_to(person_id, letter_texts.told(actor, row))


def _write_to(person_id: UUID, letter: letter_texts.Text) -> None:
    person = people.people([person_id]).get(person_id)
    if person is not None and person.active:
        identity.write_letter(to=person.email, subject=letter[0], body=letter[1], person_id=person.id)


def _record(actor: Actor, event: Event, row: AccessRequest, **facts: object) -> None:
    scope = {"scope_kind": row.scope_kind, "scope_id": row.scope_id}
    audit.record(actor, event, row, role=row.role, emergency=row.is_emergency, **scope, **facts)
