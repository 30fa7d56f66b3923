"""Try a rule on the last month of accesses, as the log has them: with the engine that decides, not a second one."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.apps import apps

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.actor import Kind as ActorKind
from muniment.trust.access.conditions.context import circumstances, side_of
from muniment.trust.access.conditions.engine import verdict
from muniment.trust.access.conditions.in_force import Current
from muniment.trust.access.conditions.loading import loaded
from muniment.trust.access.conditions.rules import Replay, Replayed, Rule
from muniment.trust.access.conditions.types import Profile
from muniment.trust.access.types import SCOPES
from muniment.trust.access.words import Action, Label
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import EntryFacts, Event

MONTH: Final = timedelta(days=30)
MOST: Final = 10_000
SHOWN: Final = 5
KINDS: Final[dict[str, ActorKind]] = {"staff": "staff", "contact": "contact"}
ACCESSES: Final[dict[Event, Action]] = {
    Event.DOCUMENT_VIEWED: "view",
    Event.DOCUMENT_DOWNLOADED: "download",
    Event.DOCUMENTS_PACKED: "download",
    Event.DOCUMENT_ADDED: "upload",
    Event.VERSION_ADDED: "upload",
    Event.DOCUMENT_RENAMED: "edit",
    Event.DOCUMENT_MOVED: "edit",
    Event.DOCUMENT_RESTORED: "edit",
    Event.FOLDER_CREATED: "edit",
    Event.FOLDER_RENAMED: "edit",
    Event.FOLDER_MOVED: "edit",
    Event.FOLDER_RESTORED: "edit",
    Event.DOCUMENT_TRASHED: "delete",
    Event.FOLDER_TRASHED: "delete",
    Event.DOCUMENT_SHARED: "share",
    Event.FOLDER_SHARED: "share",
    Event.SHARE_ENDED: "share",
    Event.PERSON_INVITED: "administer",
    Event.PERSON_LEFT: "administer",
    Event.GRANT_GIVEN: "administer",
    Event.GRANT_ENDED: "administer",
    Event.UPLOAD_RULES_SET: "administer",
    Event.LOG_RETENTION_SET: "administer",
    Event.HOLD_PLACED: "administer",
    Event.HOLD_LIFTED: "administer",
    Event.LOG_READ: "view",
}
"""Which acts in the log are accesses, and which of the nine actions each is."""


def replayed(actor: Actor, rule: Rule, roles_of: Callable[[Actor, datetime], frozenset[str]]) -> Replay:
    """Return what a rule, and it alone, would have refused of the newest 10,000 accesses of the last month.

    Labels are those that things have today. What an entry does not say, a demand cannot be tried on: such accesses
    are counted apart, and as not refused. `roles_of` tells which roles somebody had at a moment.
    """
    now = clock.now()
    wanted = LogFilter(events=tuple(ACCESSES), since=now - MONTH)
    entries = [one for one in log.entries(actor, wanted, limit=MOST) if one.person_kind in KINDS and one.allowed]
    in_force = loaded(actor.client)
    alone = Current(Profile(zone=in_force.profile.zone), in_force.networks, (("tried", rule),))
    labels = _labels(entries)
    first: list[Replayed] = []
    refused = unknown = 0
    for entry in entries:
        action, label = ACCESSES[Event(entry.event)], labels.get(entry.object_id)
        if not _says_enough(entry, rule):
            unknown += 1
            continue
        then = _as_then(actor, entry)
        roles = roles_of(then, entry.at) if rule.roles else frozenset[str]()
        seen = circumstances(then, alone.profile, alone.networks, entry.at, roles=roles)
        if verdict(alone, side_of(then), action, label, seen).allowed:
            continue
        refused += 1
        if len(first) < SHOWN:
            first.append(Replayed(ids.public(entry.id), entry.at, _public(entry.person_id), action, label))
    return Replay(now - MONTH, len(entries), refused, unknown, len(entries) == MOST, tuple(first))


def _public(person_id: UUID | None) -> str:
    return ids.public(person_id) if person_id else ""


def _as_then(actor: Actor, entry: EntryFacts) -> Actor:
    """Return who did what an entry tells of, as they came then."""
    return Actor(
        kind=KINDS[entry.person_kind],
        person_id=entry.person_id,
        client_id=actor.client_id,
        ip=entry.ip or "",
        country=entry.country or "",
        device_known=bool(entry.device_known),
        via_api=bool(entry.via_api),
        factors=entry.factors or (),
        authenticated_at=datetime.fromisoformat(entry.authenticated) if entry.authenticated else None,
        purpose=entry.purpose,
    )


def _says_enough(entry: EntryFacts, rule: Rule) -> bool:
    """Return whether an entry says everything that the rule asks about."""
    asked = (
        (bool(rule.countries or rule.not_countries or rule.networks), entry.ip),
        (bool(rule.factor), entry.factors),
        (rule.fresh_minutes is not None, entry.authenticated),
        (rule.known_device, entry.device_known),
        (rule.by_browser, entry.via_api),
        (bool(rule.roles), entry.person_id),
    )
    return all(said is not None for is_asked, said in asked if is_asked)


def _labels(entries: Iterable[EntryFacts]) -> dict[UUID | None, Label]:
    """Return the labels that the things in entries have today; what is gone, or has none, is left out."""
    wanted = {entry.object_id for entry in entries if entry.object_id is not None}
    found: dict[UUID | None, Label] = {}
    for scope in SCOPES.values():
        if scope.label:
            rows = apps.get_model(scope.model)._default_manager.filter(pk__in=wanted)  # noqa: SLF001 - Django's documented manager
            found |= dict(rows.values_list("pk", scope.label))
    return found
