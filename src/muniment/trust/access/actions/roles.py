"""Make, change and retire roles; decide which of them managers of a client may give."""

from collections.abc import Collection

from django.utils.text import slugify

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import action
from muniment.trust.access import queries
from muniment.trust.access.actions import separating
from muniment.trust.access.actions.gathering import keeping_an_administrator
from muniment.trust.access.errors import MoreThanYouHave, RoleFixed, RoleNameTaken, UnknownRole, VerbNotForRole
from muniment.trust.access.models import ManagerRoles, Role, RoleAction
from muniment.trust.access.roles import FIXED
from muniment.trust.access.types import PERMISSIONS, RoleFacts
from muniment.trust.audit import actions as audit
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.vault import queries as vault

TITLE_MOST, DESCRIPTION_MOST = 80, 500


@action
def make_role(
    actor: Actor,
    *,
    title: str,
    side: str,
    description: str = "",
    verbs: Collection[str] = (),
    administers: bool = False,
) -> RoleFacts:
    """Make a role of one side ("firm", "client", "share"). A role that `administers` follows into every client.

    Raises:
        NotFound: `actor` may not set roles.
        Invalid: there is no title, or it or the description is too long, or no such side.
        RoleNameTaken: there is or was a role of this name.
        VerbNotForRole: a verb is unknown, or not for such a role.
        MoreThanYouHave: a verb is more than the actor may give.
    """
    _require_setting(actor)
    if side not in {"firm", "client", "share"} or (administers and side != "firm"):
        raise Invalid
    row = _made(actor, title, description, side, administers=administers, copied_from=None)
    _add(actor, row, set(verbs))
    audit.record(actor, Event.ROLE_MADE, row, role=row.name, side=side, verbs=sorted(verbs))
    return queries.role_facts(row, frozenset(verbs))


@action
def copy_role(actor: Actor, *, name: str, title: str, description: str = "") -> RoleFacts:
    """Make a role that may do what another one may now.

    Raises:
        NotFound: `actor` may not set roles, or there is no such role.
        Invalid, RoleNameTaken, MoreThanYouHave: as for `make_role`.
    """
    _require_setting(actor)
    source = _role(name)
    verbs = set(queries.role(actor, name).verbs)
    row = _made(actor, title, description, source.side, administers=source.administers, copied_from=source)
    _add(actor, row, verbs)
    audit.record(actor, Event.ROLE_MADE, row, role=row.name, side=row.side, copied_from=name, verbs=sorted(verbs))
    return queries.role_facts(row, frozenset(verbs))


@action
def describe_role(actor: Actor, *, name: str, title: str, description: str) -> RoleFacts:
    """Change what people read of a role; its name in addresses and in the log stays. Built-in titles stay too.

    Raises:
        NotFound: `actor` may not set roles, or there is no such role.
        Invalid: there is no title, or it or the description is too long.
    """
    _require_setting(actor)
    row = _role(name)
    clean_title, row.description = _texts(title or row.name, description)
    row.title = "" if row.is_built_in else clean_title
    row.save(update_fields=["title", "description"])
    audit.record(actor, Event.ROLE_CHANGED, row, role=name)
    return queries.role(actor, name)


@action
def set_role_verbs(actor: Actor, *, name: str, verbs: Collection[str]) -> RoleFacts:
    """Say what a role may do: for everyone who has it, from their next request on.

    Raises:
        NotFound: `actor` may not set roles, or there is no such role.
        RoleFixed: it is the one that stays as it is.
        VerbNotForRole: a verb is unknown, or not for such a role.
        MoreThanYouHave: a new verb is more than the actor may give, or the actor has the role.
        ContentNeedsRequest: a new verb reaches content, and somebody who administers the firm has the role.
        LastAdministrator: nobody would administer the firm any more.
    """
    _require_setting(actor)
    row, wanted = _role(name), set(verbs)
    if row.name in FIXED:
        raise RoleFixed
    separating.one_at_a_time()
    held = set(queries.role(actor, name).verbs)
    with keeping_an_administrator(actor):
        _end(row, held - wanted)
        _add(actor, row, wanted - held)
        separating.refuse_content_in(row, wanted - held)
    added, ended = sorted(wanted - held), sorted(held - wanted)
    audit.record(actor, Event.ROLE_CHANGED, row, role=name, added=added, ended=ended)
    return queries.role(actor, name)


@action
def retire_role(actor: Actor, *, name: str) -> RoleFacts:
    """End a role: its grants give nothing from the next request on, and nobody can be given it again.

    Raises:
        NotFound: `actor` may not set roles, or there is no such role.
        RoleFixed: it is the one that stays as it is.
        LastAdministrator: nobody would administer the firm any more.
    """
    _require_setting(actor)
    row = _role(name)
    if row.name in FIXED:
        raise RoleFixed
    with keeping_an_administrator(actor):
        _end(row, set(queries.role(actor, name).verbs))
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
    audit.record(actor, Event.ROLE_RETIRED, row, role=name)
    return queries.role(actor, name)


@action
def set_manager_roles(actor: Actor, *, roles: Collection[str]) -> tuple[str, ...]:
    """Decide which roles the managers of the actor's client may give.

    They still give no more than they may themselves.

    Raises:
        NotFound: `actor` may not decide it, or this is the firm's own space.
        UnknownRole: one of them is not a role for a client's people.
    """
    queries.require(actor, "manager-roles:set")
    if actor.kind == "contact" or actor.client == clients.find_firm_id():
        raise NotFound
    known = [role.name for role in queries.list_roles("client")]
    if set(roles) - set(known):
        raise UnknownRole
    chosen = [name for name in known if name in roles]
    row = ManagerRoles.objects.create(client_id=actor.client, roles=chosen, set_by=actor.person_id)
    audit.record(actor, Event.MANAGER_ROLES_SET, row, roles=chosen)
    return tuple(chosen)


def _require_setting(actor: Actor) -> None:
    """Insist on the right to set roles, in the firm's own space: roles are the same for every client."""
    queries.require(actor, "role:set")
    if actor.client != clients.find_firm_id():
        raise NotFound


def _role(name: str) -> Role:
    row = Role.objects.filter(name=name, retired_at=None).first()
    if row is None:
        raise NotFound
    return row


def _made(
    actor: Actor, title: str, description: str, side: str, *, administers: bool, copied_from: Role | None
) -> Role:
    title, description = _texts(title, description)
    identifier = ids.new()
    name = slugify(title) or f"role-{ids.public(identifier)}"
    if name == "new" or Role.objects.filter(name=name).exists():  # "new" is where one is made
        raise RoleNameTaken
    return Role.objects.create(
        id=identifier,
        name=name,
        side=side,
        title=title,
        description=description,
        administers=administers,
        copied_from=copied_from,
        made_by=actor.person_id,
    )


def _texts(title: str, description: str) -> tuple[str, str]:
    title = vault.without_card_numbers(" ".join(title.split()))  # these lie in clear, beside no seal that looks
    description = vault.without_card_numbers(description.strip())
    if not title or len(title) > TITLE_MOST or len(description) > DESCRIPTION_MOST:
        raise Invalid
    return title, description


def _add(actor: Actor, row: Role, verbs: set[str]) -> None:
    """Give a role more verbs: known ones, fit for it, and none that the actor could not give to a person."""
    if verbs - queries.fitting_verbs(queries.role_facts(row, frozenset())):
        raise VerbNotForRole
    administering = {verb for verb in verbs if PERMISSIONS[verb].administers}
    if actor.kind != "system":
        if administering - actor.firm_verbs and row.side == "firm":
            raise MoreThanYouHave
        if verbs - administering and queries.holds_role(actor, row):
            raise MoreThanYouHave
    now = clock.now()
    RoleAction.objects.bulk_create(RoleAction(role=row, verb=verb, since=now) for verb in sorted(verbs))


def _end(row: Role, verbs: set[str]) -> None:
    RoleAction.objects.filter(role=row, verb__in=verbs, until=None).update(until=clock.now())
