"""What is explained is what is decided: on random worlds, both ways, and as each way in is taken away in turn."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from muniment.core import clock, ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents.models import Document, Folder
from muniment.trust.access import queries
from muniment.trust.access.models import Grant, Group, GroupMember, Role
from muniment.trust.access.types import LABELS, Way
from muniment.trust.clients.models import Membership
from muniment.trust.identity.models import Person
from muniment.trust.vault.actions import make_person_key
from tests.cast import Portal

VERBS = ("document:view", "document:download", "document:upload", "document:share")
ROLES = ("viewer", "downloader", "editor", "user", "manager", "analyst", "auditor", "guest")
WORLDS = 12
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class World:
    """One client with random people, groups, folders, documents and grants."""

    client_id: UUID
    people: dict[UUID, str]
    folders: list[Folder]
    documents: list[Document]
    grants: list[Grant]

    def actor(self, person_id: UUID) -> Actor:
        is_staff = self.people[person_id] == "staff"
        return Actor(kind="staff" if is_staff else "contact", person_id=person_id, client_id=self.client_id)

    @property
    def things(self) -> list[Folder | Document]:
        return [*self.folders, *self.documents]


@pytest.fixture
def people(portal: Portal) -> dict[UUID, str]:
    """Contacts and staff of Okoye for nine hours, and one contact who has left."""
    found = {}
    for number, kind in enumerate(("contact", "contact", "contact", "staff", "staff", "left")):
        side = "staff" if kind == "staff" else "contact"
        email = f"p{number}@okoye.example"
        person_id = ids.new()
        make_person_key(person_id)
        Person(id=person_id, kind=side, email=email, name=f"P{number}", password="!").save(force_insert=True)
        found[person_id] = kind
        with acting_as(Actor.system(portal.okoye)):
            ended = {"ended_at": clock.now()} if kind == "left" else {}
            row = {"client_id": portal.okoye, "person_id": person_id, "kind": side, **ended}
            Membership.objects.create(**row, started_at=clock.now() - 9 * HOUR)
    return found


def _lay(rng: random.Random, client_id: UUID, people: dict[UUID, str], now: datetime) -> World:
    there = {"client_id": client_id}
    folders: list[Folder] = []
    for number in range(6):
        above = rng.choice([None, *folders])
        is_closed, label = rng.random() < 0.3, rng.choice(LABELS)
        folders.append(
            Folder.objects.create(**there, name=f"F{number}", parent=above, is_closed=is_closed, label=label)
        )
    facts = {**there, "kind": "pdf", "media_type": "application/pdf", "size_bytes": 1}
    documents = [
        Document.objects.create(**facts, name=f"D{n}", folder=rng.choice([None, *folders]), label=rng.choice(LABELS))
        for n in range(8)
    ]
    groups = [Group.objects.create(**there, name=f"G{number}") for number in range(2)]
    for group in groups:
        for person_id in rng.sample(list(people), 3):
            until = rng.choice([None, now - HOUR, now + HOUR])
            GroupMember.objects.create(**there, group=group, person_id=person_id, since=now - 5 * HOUR, until=until)
    things = [*folders, *documents]
    grants = [_grant(rng, there, people, groups, things, now) for _ in range(14)]
    return World(client_id, people, folders, documents, grants)


def _grant(rng: random.Random, there, people, groups, things, now: datetime) -> Grant:
    thing = rng.choice([None, *things, *things])
    kind = "client" if thing is None else "folder" if isinstance(thing, Folder) else "document"
    to = rng.choice(["person", "person", "group", "everyone"])
    starts = now + rng.choice([-8, -4, -2, 1]) * HOUR
    return Grant.objects.create(
        **there,
        person_id=rng.choice(list(people)) if to == "person" else None,
        group=rng.choice(groups) if to == "group" else None,
        role=Role.objects.get(name=rng.choice(ROLES)),
        scope_kind=kind,
        scope_id=thing and thing.id,
        purpose="Year end",
        starts_at=starts,
        ends_at=rng.choice([None, starts + HOUR, starts + 6 * HOUR]),
    )


def _is_open(actor: Actor, verb: str, thing: Folder | Document, at: datetime | None) -> bool:
    try:
        queries.find(actor, verb, type(thing), thing.id, at)
    except NotFound:
        return False
    return True


def _in(ways: list[Way], person_id: UUID) -> list[UUID]:
    return [way.grant.id for way in ways if person_id in way.person_ids]


@pytest.mark.control("need-to-know")
def test_every_way_opens_and_without_one_nothing_does(portal: Portal, people: dict[UUID, str]):
    rng, now, cases, wrong = random.Random(20261121), clock.now(), 0, []

    with acting_as(Actor.system(portal.okoye)):
        for number in range(WORLDS):
            before = transaction.savepoint()
            world = _lay(rng, portal.okoye, people, now)
            asker = Actor.system(portal.okoye)
            for thing in world.things:
                verb, at = rng.choice(VERBS), rng.choice([None, now - 3 * HOUR, now + 2 * HOUR])
                ways = queries.ways(asker, verb, thing, at)
                for person_id, kind in world.people.items():
                    if kind == "left":  # stopped at the door: no actor of theirs is ever made within this client
                        continue
                    cases += 1
                    if bool(_in(ways, person_id)) != _is_open(world.actor(person_id), verb, thing, at):
                        wrong.append((number, thing.name, kind, verb, at))
            transaction.savepoint_rollback(before)

    assert wrong == []
    assert cases >= 800


@pytest.mark.control("need-to-know", "file-level-need")
def test_access_goes_exactly_when_the_last_way_goes(portal: Portal, people: dict[UUID, str]):
    rng, now, cases = random.Random(5), clock.now(), 0

    with acting_as(Actor.system(portal.okoye)):
        for _ in range(WORLDS):
            before = transaction.savepoint()
            world = _lay(rng, portal.okoye, people, now)
            asker, verb = Actor.system(portal.okoye), "document:view"
            for thing in world.things:
                by_person = queries.people_by(queries.ways(asker, verb, thing))
                theirs = by_person.keys() & world.people.keys()
                if not theirs:
                    continue
                person_id = max(theirs, key=lambda one: len(by_person[one]))
                somebody = world.actor(person_id)
                with transaction.atomic():
                    while leading := _in(queries.ways(asker, verb, thing), person_id):
                        assert _is_open(somebody, verb, thing, None)
                        Grant.objects.filter(id=rng.choice(leading)).update(ends_at=now)
                        cases += 1
                    assert not _is_open(somebody, verb, thing, None)
                    transaction.set_rollback(True)
            transaction.savepoint_rollback(before)

    assert cases >= 50


def test_who_has_left_is_no_way_in_however_long_the_grant_runs(portal: Portal):
    with acting_as(Actor.system(portal.okoye)):
        Membership.objects.filter(person_id=portal.people["ben"]).update(ended_at=clock.now())

        ways = queries.ways(Actor.system(portal.okoye), "document:view")

    assert ways != []
    assert _in(ways, portal.people["ben"]) == []
