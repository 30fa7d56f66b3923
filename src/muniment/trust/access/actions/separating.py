"""Who administers the firm reads no content: what would mix the two is refused, by whichever way it comes."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Q

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.access import queries
from muniment.trust.access.errors import ContentNeedsRequest
from muniment.trust.access.models import Grant, Role
from muniment.trust.access.queries.rows import anywhere, held_at, roles_with
from muniment.trust.access.roles import OF_THE_LOG
from muniment.trust.access.types import PERMISSIONS


def one_at_a_time() -> None:
    """Let one change of who may what wait for another: two at once, each right by itself, could mix or shut out."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('muniment/who-may-what'))")


def refuse_mixing(roles: Collection[Role], people: Iterable[UUID]) -> None:
    """Refuse roles with content for who administers, and those that administer for who has content.

    What a second person gave for a time, because it was asked for, does not come this way. Grants that begin later
    count as those that run. The caller holds `one_at_a_time`.

    Raises:
        ContentNeedsRequest: it would let one person do both.
    """
    reaches_content = held_at(clock.now()).filter(role__in=roles, verb__in=_content()).exists()
    administer = any(role.administers for role in roles)
    if not (reaches_content or administer):
        return
    administering = queries.administering()
    for person_id in people:
        known = person_id in administering
        if reaches_content and (known or administer):
            raise ContentNeedsRequest
        if administer and not known and _has_content(person_id):
            raise ContentNeedsRequest


def refuse_content_in(role: Role, verbs: Iterable[str]) -> None:
    """Refuse verbs with content for a role that somebody who administers has, in any client, by a group as well.

    The caller holds `one_at_a_time`.

    Raises:
        ContentNeedsRequest: it would let them read it without a request.
    """
    if not set(verbs) & set(_content()):
        return
    if any(_has(person_id, Q(role=role)) for person_id in sorted(queries.administering())):
        raise ContentNeedsRequest


def _content() -> list[str]:
    return [verb for verb, known in PERMISSIONS.items() if not known.administers and verb != OF_THE_LOG]


def _has_content(person_id: UUID) -> bool:
    """Return whether a person has, or will have, a grant with content anywhere, of their own or by a group."""
    return _has(person_id, Q(role__in=roles_with(_content(), clock.now())))


def _has(person_id: UUID, such: Q) -> bool:
    now = clock.now()
    with bound(Binding(None, person_id, "muniment_desk")):
        rows = Grant.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), such)
        return rows.filter(anywhere(person_id, now)).exists()
