"""Do in the portal what a directory says: let people in, take them out, and put them into its groups."""

from typing import Final
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.access import actions as grants
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.federation.scim.attributes import name_of
from muniment.trust.federation.scim.errors import BeyondDirectory, TooManyRequests
from muniment.trust.federation.scim.models import DirectoryRecord
from muniment.trust.federation.scim.types import BROUGHT_A_DAY, DAY_SECONDS
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.errors import LinkOver

GROUP_NAME_MOST = 80
DIRECTORY: Final = "directory"


def follow_user(actor: Actor, row: DirectoryRecord, role: str, *, is_switched_on: bool) -> None:
    """Let a user of the directory in, or take them out.

    A new person is made without a password. Who has an account already is invited, and joins by themselves; nobody is
    told by this whether there is one. People of the firm are no business of a client's directory, nor is who
    administers the firm of any. Whose place was ended in the portal, or who left, stays out until the directory
    switches them off and on again.
    """
    if not row.is_active:
        let_go_of(actor, row)
        return
    if row.person_id is None:
        _find_or_make(actor, row, role)
    elif is_switched_on and not _belongs(actor, row.person_id):
        _bring_back(actor, row, role)
    if row.person_id is not None and row.is_made_here:
        _name(actor, row, row.person_id)


def let_go_of(actor: Actor, row: DirectoryRecord) -> None:
    """End everything a user has in the actor's client, or remove a group: it holds from their next request.

    Somebody whom this directory made, and who belongs nowhere any more, cannot sign in either.

    Raises:
        BeyondDirectory: they administer the firm.
        HereByGroup, LastAdministrator: as for `identity.end_membership`.
    """
    if row.group_id is not None and _group_is_there(actor, row.group_id):
        grants.remove_group(actor, group_id=row.group_id)
        return
    if row.asked_at is not None:
        if row.email and row.person_id is None:
            identity.withdraw_invitations_to(actor, email=row.email)
        row.asked_at = None
        _save(row)
    if row.person_id is None or _is_somebody_else_too(actor, row):
        return
    _refuse_administrators(row.person_id)
    places = {membership.client_id for membership in clients.memberships(row.person_id)}
    is_last = places <= {actor.client} or actor.client == clients.firm_id()  # who leaves the firm has no place left
    if row.is_made_here and is_last and people.person(row.person_id).active:
        identity.disable_person(actor, person_id=row.person_id, why=DIRECTORY)
    if actor.client in places:
        identity.end_membership(actor, person_id=row.person_id)


def follow_group(actor: Actor, row: DirectoryRecord) -> None:
    """Make the directory's group one of the client's groups, and put those of its users into it who belong here.

    Raises:
        BeyondDirectory: the group has more than a directory may give.
        ContentNeedsRequest: it would let somebody administer the firm and read content.
    """
    name = " ".join(str(row.body.get("displayName") or "").split())[:GROUP_NAME_MOST] or "Group"
    if row.group_id is None or not _group_is_there(actor, row.group_id):
        row.group_id = grants.make_group(actor, name=name).id
        _save(row)
    group = next(found for found in access.groups(actor) if found.id == row.group_id)
    if group.name != name:
        grants.rename_group(actor, group_id=group.id, name=name)
    brought = _brought(actor)
    named = {str(member.get("value")) for member in row.body.get("members") or ()}
    wanted = {person_id for reference, person_id in brought.items() if reference in named}
    here = {member.person_id for member in clients.members(actor)}
    coming = (wanted & here) - set(group.members)
    if coming:
        _refuse_beyond(actor, group.id)
    for person_id in sorted(coming):
        grants.add_to_group(actor, group_id=group.id, person_id=person_id)
    for person_id in sorted((set(group.members) & set(brought.values())) - wanted):
        grants.remove_from_group(actor, group_id=group.id, person_id=person_id)


def _find_or_make(actor: Actor, row: DirectoryRecord, role: str) -> None:
    if not row.email:
        return
    person = people.find_person(row.email)
    if person is None:
        row.person_id = _admit(actor, row.email, name_of(row.body, row.email), role)
        row.is_made_here = True
        _save(row)
        identity.welcome_person(actor, person_id=row.person_id)
    elif person.kind != _kind(actor) or person.id in access.administering():
        return
    elif _belongs(actor, person.id):
        row.person_id = person.id
        _save(row)
    elif row.asked_at is None:
        _ask(actor, row, role)


def _bring_back(actor: Actor, row: DirectoryRecord, role: str) -> None:
    person = people.person(row.person_id) if row.person_id else None
    if person is None or not row.email:
        return
    if not row.is_made_here:
        row.person_id = None
        _save(row)
        _find_or_make(actor, row, role)
        return
    _admit(actor, person.email, person.name, role)
    if not person.active and people.why_disabled(person.id) == DIRECTORY:
        identity.enable_person(actor, person_id=person.id)


def _ask(actor: Actor, row: DirectoryRecord, role: str) -> None:
    """Invite somebody who has an account: only they themselves let this client have it."""
    name = name_of(row.body, row.email or "")
    _refuse_role(actor, role)
    _bound_mails(actor, row.email or "")
    identity.invite_person(actor, email=row.email or "", name=name, role=role, purpose=actor.purpose)
    row.asked_at = clock.now()
    _save(row)


def _admit(actor: Actor, email: str, name: str, role: str) -> UUID:
    """Let somebody in; an invitation whose giver may not invite any more is none."""
    _refuse_role(actor, role)
    _bound_mails(actor, email)
    try:
        with acting_as(actor):
            return identity.admit_person(actor, email=email, name=name, role=role, purpose=actor.purpose)
    except LinkOver:
        identity.withdraw_invitations_to(actor, email=email)
        return identity.admit_person(actor, email=email, name=name, role=role, purpose=actor.purpose)


def _name(actor: Actor, row: DirectoryRecord, person_id: UUID) -> None:
    """Call a person as the directory does, who is its own and nobody else's."""
    person = people.person(person_id)
    name = name_of(row.body, row.email or person.email)
    elsewhere = {membership.client_id for membership in clients.memberships(person_id)} - {actor.client}
    if name != person.name and not elsewhere:
        identity.name_person(actor, person_id=person_id, name=name)


def _belongs(actor: Actor, person_id: UUID) -> bool:
    return any(member.person_id == person_id for member in clients.members(actor))


def _brought(actor: Actor) -> dict[str, UUID]:
    """Return who the users of the directory are here, by the ids under which it knows them."""
    rows = DirectoryRecord.objects.filter(client_id=actor.client, kind="User", is_active=True)
    found = rows.filter(person_id__isnull=False).values_list("id", "person_id")
    return {ids.public(record_id): person_id for record_id, person_id in found if person_id}


def _group_is_there(actor: Actor, group_id: UUID) -> bool:
    return any(found.id == group_id for found in access.groups(actor))


def _is_somebody_else_too(actor: Actor, row: DirectoryRecord) -> bool:
    """Return whether another user of the directory is the same person, who then stays; it takes over the name."""
    rows = DirectoryRecord.objects.filter(client_id=actor.client, person_id=row.person_id, is_active=True)
    other = rows.exclude(id=row.id).first()
    if other is not None and row.is_made_here and not other.is_made_here:
        other.is_made_here = True
        _save(other)
    return other is not None


def _refuse_role(actor: Actor, role: str) -> None:
    """Refuse the token's role where it administers by now, or is none any more.

    Raises:
        BeyondDirectory: it does, or is.
    """
    side = "firm" if actor.client == clients.firm_id() else "client"
    if role not in {found.name for found in access.list_roles(side) if not found.administers}:
        raise BeyondDirectory


def _bound_mails(actor: Actor, email: str) -> None:
    """Refuse to bring somebody again and again, who gets a mail each time.

    Raises:
        TooManyRequests: they were brought as often as they may be in a day.
    """
    what = f"directory mail {actor.client} {email.lower()}"
    if identity.count_from(what, "", window_seconds=DAY_SECONDS) > BROUGHT_A_DAY:
        raise TooManyRequests


def _refuse_beyond(actor: Actor, group_id: UUID) -> None:
    """Refuse to put anybody into a group that has more than a directory may give.

    Raises:
        BeyondDirectory: it has.
    """
    in_the_firm = actor.client == clients.firm_id()
    sides = {role.name: role for role in access.list_roles()}
    allowed = set(access.managers_may_give(actor))
    for grant in access.grants(actor, group_id=group_id):
        role = sides.get(grant.role)
        if role is None or role.administers:
            raise BeyondDirectory
        if not in_the_firm and role.side == "client" and role.name not in allowed:
            raise BeyondDirectory


def _refuse_administrators(person_id: UUID) -> None:
    if person_id in access.administering():
        raise BeyondDirectory


def _kind(actor: Actor) -> str:
    return "staff" if actor.client == clients.firm_id() else "contact"


def _save(row: DirectoryRecord) -> None:
    row.save(update_fields=["person_id", "group_id", "is_made_here", "asked_at"])
