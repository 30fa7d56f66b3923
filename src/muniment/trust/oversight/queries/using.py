"""When each grant was last used, as the log has it, who should decide about it, and why it may not be needed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.apps import apps

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.trust.access import queries as access
from muniment.trust.access.types import SCOPES, GrantFacts
from muniment.trust.audit import queries as log
from muniment.trust.audit.types import Event
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity
from muniment.trust.oversight.types import UNUSED_DAYS, Proposed

LOOKED_BACK: Final = timedelta(days=400)
NO_USE: Final = frozenset(
    {
        Event.REFUSED,
        Event.SIGNED_IN,
        Event.SIGNED_OUT,
        Event.SIGN_IN_FAILED,
        Event.SIGN_IN_LOCKED,
        Event.FACTOR_ADDED,
        Event.FACTOR_REMOVED,
        Event.FACTOR_FAILED,
        Event.FACTOR_RENAMED,
        Event.FACTOR_COPIED,
        Event.CONFIRMED,
        Event.RECOVERY_CODES_MADE,
        Event.CODE_MAILED,
        Event.DEVICE_TRUSTED,
        Event.DEVICE_FORGOTTEN,
        Event.SIGN_IN_DENIED,
        Event.RECOVERY_ASKED,
        Event.RECOVERY_STOPPED,
        Event.RECOVERY_DONE,
        Event.PASSWORD_CHANGED,
        Event.PASSWORD_RESET_ASKED,
        Event.PERSON_JOINED,
    }
)
"""What a person does about their own sign-in uses no access."""

USES: Final = tuple(event for event in Event if event not in NO_USE)


class Uses:
    """What the log of one client says of its people's acts, read once a person."""

    def __init__(self, actor: Actor) -> None:
        """Look at the log of the client that `actor` acts within."""
        self._actor = actor
        self._since = clock.now() - LOOKED_BACK
        self._acts: dict[UUID, dict[UUID, datetime]] = {}
        self._last: dict[UUID, datetime | None] = {}

    def last(self, people: Iterable[UUID], kind: str, scope_id: UUID | None) -> datetime | None:
        """Return when any of `people` last did something with a thing, with what lies in a folder, or at all."""
        found = [self._of(person_id, kind, scope_id) for person_id in people]
        return max((moment for moment in found if moment is not None), default=None)

    def _of(self, person_id: UUID, kind: str, scope_id: UUID | None) -> datetime | None:
        if scope_id is None:
            if person_id not in self._last:
                times = log.last_times(self._actor, person_id, USES, self._since)
                self._last[person_id] = times[0] if times else None
            return self._last[person_id]
        if person_id not in self._acts:
            self._acts[person_id] = log.last_acts(self._actor, person_id, USES, self._since)
        acts = self._acts[person_id]
        things = acts.keys() & {scope_id} if kind != "folder" else self._within(scope_id, set(acts))
        return max((acts[thing] for thing in things), default=None)

    def _within(self, folder_id: UUID, things: set[UUID]) -> set[UUID]:
        """Return those of `things` that lie in a folder, however deep, and the folder itself."""
        allowed = access.reach_of(self._actor, [("folder", folder_id)])
        found = things & allowed.folders
        for scope in SCOPES.values():
            if scope.kind != "folder":
                rows = apps.get_model(scope.model)._default_manager.filter(client_id=self._actor.client, pk__in=things)  # noqa: SLF001 - Django's documented manager
                inside = rows.filter(**{f"{scope.container}_id__in": allowed.folders})
                found |= set(inside.values_list("pk", flat=True))
        return found


class Owners:
    """Who should decide about grants of one client."""

    def __init__(self, actor: Actor) -> None:
        """Look at who belongs to the client that `actor` acts within."""
        belonging = {member.person_id: member.kind for member in clients.members(actor)}
        self.reviewers = access.holders(actor, "review:decide")
        self.active = {person.id for person in identity.people({*belonging, *self.reviewers}).values() if person.active}
        self.staff = {person_id for person_id, kind in belonging.items() if kind == "staff"}
        self.contacts = {person_id for person_id, kind in belonging.items() if kind == "contact"}

    def is_of_firm(self, people: Iterable[UUID]) -> bool:
        """Return whether these are people of the firm, and none of the client."""
        return bool(set(people)) and not set(people) & self.contacts

    def of(self, grant: GrantFacts, people: set[UUID], *, is_staff: bool) -> UUID | None:
        """Return who should decide: the giver, else a reviewer of the person's own side, else any; None for nobody.

        Never who has it themselves, by the grant of a group either (`people` are those behind it).
        """
        own_access = {grant.person_id} if grant.group_id is None else people
        here = (self.staff | self.contacts | self.reviewers) & self.active - own_access
        if grant.given_by in here:
            return grant.given_by
        own = self.reviewers & here & (self.staff if is_staff else self.contacts)
        return min(own or self.reviewers & here, default=None)

    def proposed(self, grant: GrantFacts, people: set[UUID], used_at: datetime | None) -> Proposed:
        """Return why a grant may not be needed any more; empty where it may."""
        if not people & self.active:
            return "left"
        long_ago = clock.now() - timedelta(days=UNUSED_DAYS)
        if grant.starts_at <= long_ago and (used_at is None or used_at <= long_ago):
            return "unused"
        if grant.given_by is not None and grant.given_by not in (self.staff | self.contacts | self.reviewers):
            return "giver-left"
        return ""
