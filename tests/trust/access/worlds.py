"""Random worlds of folders, documents, people, groups, roles and grants; and who may what in them, in plain Python.

`allowed` is a second opinion: it is written from the rules in words and shares nothing with the code that decides.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.documents.models import Document, Folder
from muniment.trust.access.models import Grant, Group, GroupMember, Role, RoleAction
from muniment.trust.access.types import LABELS
from muniment.trust.clients.models import Membership
from muniment.trust.identity.models import Person
from tests.cast import Portal

VERBS = ("document:view", "document:download", "folder:rename")
FOLDERS, DOCUMENTS, GRANTS = 9, 12, 14


@dataclass
class Span:
    """From a moment (included) to another (excluded), or without an end."""

    start: datetime
    end: datetime | None

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass
class Thing:
    """A folder or a document in `inside` (None: at the top)."""

    id: UUID
    kind: str
    inside: UUID | None
    label: str
    is_closed: bool = False


@dataclass
class Given:
    """One grant: to a person, a group, or everyone (neither)."""

    person: UUID | None
    group: UUID | None
    role: UUID
    scope: tuple[str, UUID | None]
    span: Span


@dataclass
class World:
    """What there is in one client, and two moments to ask about."""

    client_id: UUID
    now: datetime
    past: datetime
    things: dict[UUID, Thing] = field(default_factory=dict)
    contacts: list[UUID] = field(default_factory=list)
    staff: list[UUID] = field(default_factory=list)
    belonging: dict[UUID, Span] = field(default_factory=dict)
    members: list[tuple[UUID, UUID, Span]] = field(default_factory=list)  # group, person
    verbs: list[tuple[UUID, str, Span]] = field(default_factory=list)  # role
    given: list[Given] = field(default_factory=list)

    @property
    def people(self) -> list[UUID]:
        return self.contacts + self.staff

    def actor(self, person_id: UUID) -> Actor:
        kind: Any = "contact" if person_id in self.contacts else "staff"
        return Actor(kind=kind, person_id=person_id, client_id=self.client_id)


def allowed(
    world: World, person_id: UUID, verb: str, thing: Thing, moment: datetime, *, asks: UUID | None = None
) -> bool:
    """Return whether somebody may do `verb` with a thing at a moment, by the rules as docs/access.md says them.

    Who asks (the person, if nobody else does) must belong here now: to anybody else the database shows nothing.
    """
    if not world.belonging[asks or person_id].holds(world.now):
        return False
    is_contact = person_id in world.contacts
    if thing.label == "internal" and is_contact:
        return False
    scopes = {given.scope for given in world.given if _has(world, given, person_id, verb, moment)}
    if (thing.kind, thing.id) in scopes:
        return True
    place = thing if thing.kind == "folder" else None
    if place is None and thing.inside is not None:
        place = world.things[thing.inside]
    while place is not None:
        if ("folder", place.id) in scopes:
            return True
        if place.is_closed:
            return False
        place = world.things[place.inside] if place.inside else None
    return ("client", None) in scopes


def _has(world: World, given: Given, person_id: UUID, verb: str, moment: datetime) -> bool:
    if not given.span.holds(moment):
        return False
    if not any(role == given.role and held == verb and span.holds(moment) for role, held, span in world.verbs):
        return False
    if given.person is not None:
        return given.person == person_id
    if given.group is not None:
        return any(g == given.group and p == person_id and span.holds(moment) for g, p, span in world.members)
    return person_id in world.contacts and world.belonging[person_id].holds(moment)


def build(portal: Portal, seed: int) -> World:
    """Write a world into Okoye, past every action, and return it."""
    chance, now = random.Random(seed), clock.now()
    world = World(portal.okoye, now, now - timedelta(days=30))
    roles = _roles(portal, world, chance)
    with acting_as(Actor.system(portal.okoye, purpose="Tests")):
        _things(world, chance)
        groups = _people(world, chance)
        for _ in range(GRANTS):
            _grant(world, chance, roles, groups)
    return world


def _span(world: World, chance: random.Random) -> Span:
    """Return a time that often holds now, and sometimes is over, is to come, or began after the past moment."""
    day = timedelta(days=1)
    start = world.now - day * chance.choice([60, 60, 10, 10, 10, -5])
    ends = [None, None, world.now + 5 * day, world.now - 3 * day, world.now]  # what ends now has ended
    return Span(start, next(end for end in (chance.choice(ends), None) if end is None or end > start))


def _roles(portal: Portal, world: World, chance: random.Random) -> list[Role]:
    found = []
    with acting_as(Actor.system(portal.firm_id, purpose="Tests")):
        for number in range(4):
            role = Role.objects.create(name=f"made-{number}", title=f"Made {number}", side="share")
            for verb in chance.sample(VERBS, chance.randint(1, 3)):
                span = _span(world, chance)
                RoleAction.objects.create(role=role, verb=verb, since=span.start, until=span.end)
                world.verbs.append((role.id, verb, span))
            found.append(role)
    return found


def _things(world: World, chance: random.Random) -> None:
    labels = [*LABELS, "normal", "normal"]
    folders: list[UUID | None] = [None]
    for _ in range(FOLDERS):
        thing = Thing(ids.new(), "folder", chance.choice(folders), chance.choice(labels), chance.random() < 0.35)
        folder = Folder(id=thing.id, client_id=world.client_id, parent_id=thing.inside, name="Folder")
        folder.label, folder.is_closed = thing.label, thing.is_closed
        folder.save(force_insert=True)
        world.things[thing.id] = thing
        folders.append(thing.id)
    for _ in range(DOCUMENTS):
        thing = Thing(ids.new(), "document", chance.choice(folders), chance.choice(labels))
        row = Document(id=thing.id, client_id=world.client_id, folder_id=thing.inside, name="A.pdf", kind="pdf")
        row.media_type, row.size_bytes, row.label = "application/pdf", 1, thing.label
        row.save(force_insert=True)
        world.things[thing.id] = thing


def _people(world: World, chance: random.Random) -> list[Group]:
    world.contacts, world.staff = [ids.new() for _ in range(4)], [ids.new() for _ in range(2)]
    for person_id in world.people:
        ended_at = world.now - timedelta(days=1) if chance.random() < 0.2 else None
        span = Span(world.now - timedelta(days=chance.choice([90, 20])), ended_at)
        kind = "contact" if person_id in world.contacts else "staff"
        Person.objects.create(id=person_id, email=f"{person_id}@okoye.example", name="Somebody", kind=kind)
        Membership.objects.create(
            client_id=world.client_id, person_id=person_id, kind=kind, started_at=span.start, ended_at=span.end
        )
        world.belonging[person_id] = span
    groups = [Group.objects.create(client_id=world.client_id, name="Group") for _ in range(3)]
    for group in groups:
        for person_id in chance.sample(world.people, chance.randint(1, 4)):
            span = _span(world, chance)
            GroupMember.objects.create(
                client_id=world.client_id, group=group, person_id=person_id, since=span.start, until=span.end
            )
            world.members.append((group.id, person_id, span))
    return groups


def _grant(world: World, chance: random.Random, roles: list[Role], groups: list[Group]) -> None:
    person, group = chance.choice([(p, None) for p in world.people] + [(None, g) for g in groups] * 2 + [(None, None)])
    thing = chance.choice(list(world.things.values()))
    scope = ("client", None) if chance.random() < 0.25 else (thing.kind, thing.id)
    role, span = chance.choice(roles), _span(world, chance)
    Grant.objects.create(
        client_id=world.client_id,
        person_id=person,
        group=group,
        role=role,
        scope_kind=scope[0],
        scope_id=scope[1],
        purpose="Tests",
        starts_at=span.start,
        ends_at=span.end,
    )
    world.given.append(Given(person, group.id if group else None, role.id, scope, span))
