"""What keeps somebody from asking for access."""

from uuid import UUID

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access import queries as access
from muniment.trust.access.errors import AskedAlready, ReasonMissing, UnknownRole
from muniment.trust.clients import queries as clients
from muniment.trust.oversight.errors import HeldAlready, NobodyToDecide, TooLong
from muniment.trust.oversight.models import DocketLine
from muniment.trust.oversight.queries import asking as queries
from muniment.trust.oversight.types import CONTACT_ROLES, EMERGENCY_HOURS_MOST, HOURS, STAFF_ROLES


def may_ask(actor: Actor, scope: tuple[str, UUID] | None) -> bool:
    """Return whether somebody of the firm asks; anybody else must be a contact here, and ask for a thing.

    Raises:
        NotFound: neither.
    """
    person_id = person(actor)
    if actor.guest_link_id is not None or actor.looking_as is not None:
        raise NotFound
    firm_id = clients.firm_id()
    if actor.client == firm_id:
        raise NotFound
    if any(member.person_id == person_id for member in clients.members(actor.within(firm_id))):
        return True
    if scope is None or not clients.contacts(actor.client, person_id).exists():
        raise NotFound
    return False


def refuse_gone(actor: Actor, person_id: UUID, *, is_staff: bool) -> None:
    """Keep what somebody asked for from being given once they left: the firm, or as a contact the client.

    Raises:
        NotFound: they did.
    """
    if is_staff:
        firm = Actor.system(clients.firm_id())  # who decides may be the client's manager
        there = any(one.person_id == person_id for one in clients.members(firm))
    else:
        there = clients.contacts(actor.client, person_id).exists()
    if not there:
        raise NotFound


def person(actor: Actor) -> UUID:
    """Return who acts.

    Raises:
        NotFound: nobody is signed in.
    """
    if actor.person_id is None:
        raise NotFound
    return actor.person_id


def refuse_wrong(role: str, reason: str, hours: int, *, is_staff: bool, is_emergency: bool) -> None:
    """Refuse a request without a reason, for a role that cannot be asked for, or for too long."""
    if not reason.strip():
        raise ReasonMissing
    if role not in (STAFF_ROLES if is_staff else CONTACT_ROLES):
        raise UnknownRole
    if hours not in HOURS or (is_emergency and hours > EMERGENCY_HOURS_MOST):
        raise TooLong


def refuse_as_there_would_be(
    actor: Actor, named: str, role: str, reason: str, hours: int, *, is_emergency: bool
) -> None:
    """Refuse what would be refused for a client with this name, although there is none."""
    refuse_wrong(role, reason, hours, is_staff=True, is_emergency=is_emergency)
    if not queries.deciders(actor, is_staff=True):
        raise NobodyToDecide
    mine = DocketLine.objects.filter(client_id=actor.client, asked_by=person(actor), of_client=None)
    if any(queries.same_name(known.named, named) for known in mine.filter(asked_at__gt=queries.oldest_open())):
        raise AskedAlready


def refuse_held(actor: Actor, person_id: UUID, role: str, kind: str, scope_id: UUID | None) -> None:
    """Keep a request from moving the end of a grant that runs already."""
    running = access.grants(actor, person_id=person_id)
    if any((grant.role, grant.scope_kind, grant.scope_id) == (role, kind, scope_id) for grant in running):
        raise HeldAlready
