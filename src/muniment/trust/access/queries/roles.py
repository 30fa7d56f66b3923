"""Roles as rows: what each may do now."""

from collections import defaultdict
from uuid import UUID

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import query
from muniment.trust.access.models import Role
from muniment.trust.access.queries.rows import held_at
from muniment.trust.access.roles import FIXED, OF_THE_LOG, ORDER, SIDES_MAY
from muniment.trust.access.types import PERMISSIONS, RoleFacts


def role_side(role: str) -> str:
    """Return the side a role belongs to: "firm", "client" or "share"; empty if there is no such role, or not now."""
    return Role.objects.filter(name=role, retired_at=None).values_list("side", flat=True).first() or ""


@query
def roles(actor: Actor, *, side: str = "", with_retired: bool = False) -> list[RoleFacts]:  # noqa: ARG001 - the same for all
    """Return the roles of one side, or all: the built-in ones, the most capable first, then the firm's own by title."""
    return list_roles(side, with_retired=with_retired)


@query
def role(actor: Actor, name: str) -> RoleFacts:  # noqa: ARG001 - the same for all
    """Return one role, a retired one too.

    Raises:
        NotFound: there is none of this name.
    """
    found = next((row for row in list_roles(with_retired=True) if row.name == name), None)
    if found is None:
        raise NotFound
    return found


def list_roles(side: str = "", *, with_retired: bool = False) -> list[RoleFacts]:
    """Return what `roles` returns, in the transaction that is open."""
    rows = Role.objects.select_related("copied_from")
    rows = rows.filter(side=side) if side else rows
    rows = rows if with_retired else rows.filter(retired_at=None)
    verbs: dict[UUID, set[str]] = defaultdict(set)
    for role_id, verb in held_at(clock.now()).values_list("role_id", "verb"):
        verbs[role_id].add(verb)
    return sorted((role_facts(row, frozenset(verbs[row.id])) for row in rows), key=_place)


def assigned_roles() -> tuple[str, ...]:
    """Return the roles of the firm that work for a client: those that do not administer all of them."""
    return tuple(row.name for row in list_roles("firm") if not row.administers)


def is_fixed(facts: RoleFacts) -> bool:
    """Return whether what a role may do stays as it is."""
    return facts.name in FIXED


def fitting_verbs(facts: RoleFacts) -> frozenset[str]:
    """Return every verb that a role of this kind can hold."""
    if facts.side in SIDES_MAY:
        return SIDES_MAY[facts.side]
    if facts.administers:
        return frozenset(verb for verb, known in PERMISSIONS.items() if known.administers or verb == OF_THE_LOG)
    return frozenset(PERMISSIONS)


def role_titles() -> dict[str, str]:
    """Return what the firm calls its own roles, by their names."""
    return dict(Role.objects.exclude(title="").values_list("name", "title"))


def role_facts(row: Role, verbs: frozenset[str]) -> RoleFacts:
    """Return a role as a value."""
    return RoleFacts(
        id=row.id,
        name=row.name,
        side=row.side,
        title=row.title,
        description=row.description,
        verbs=verbs,
        is_built_in=row.is_built_in,
        administers=row.administers,
        copied_from=row.copied_from.name if row.copied_from else "",
        made_by=row.made_by,
        made_at=row.made_at,
        retired_at=row.retired_at,
    )


def _place(facts: RoleFacts) -> tuple[int, str]:
    return (ORDER.index(facts.name) if facts.name in ORDER else len(ORDER), facts.title.casefold())
