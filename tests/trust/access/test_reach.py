"""Lists show exactly what single decisions allow, and both are what the rules say: on random worlds, both ways."""

from typing import Any

import pytest

from muniment.core.errors import PortalError
from muniment.core.unit import acting_as
from muniment.portal.documents.models import Document, Folder
from muniment.trust.access import queries as access
from tests.cast import Portal
from tests.trust.access.worlds import DOCUMENTS, FOLDERS, VERBS, World, allowed, build

MODELS: dict[str, Any] = {"folder": Folder, "document": Document}
WORLDS, PEOPLE = 20, 6

assert WORLDS * PEOPLE * len(VERBS) * (FOLDERS + DOCUMENTS) > 7000  # that many decisions are compared, three ways


def _found(world: World, person_id, verb, thing) -> bool:
    try:
        access.find(world.actor(person_id), verb, MODELS[thing.kind], thing.id)
    except PortalError:
        return False
    return True


@pytest.mark.control("need-to-know")
@pytest.mark.control("group-roles")
@pytest.mark.control("retention-access-time")
@pytest.mark.parametrize("seed", range(WORLDS))
def test_lists_single_decisions_and_the_rules_agree(portal: Portal, seed: int):
    world = build(portal, seed)

    for person_id in world.people:
        actor = world.actor(person_id)
        with acting_as(actor):
            for verb in VERBS:
                listed = {row.pk for model in MODELS.values() for row in access.visible(actor, verb, model)}
                found = {thing.id for thing in world.things.values() if _found(world, person_id, verb, thing)}
                by_rules = {
                    thing.id for thing in world.things.values() if allowed(world, person_id, verb, thing, world.now)
                }

                assert listed == found == by_rules


@pytest.mark.parametrize("seed", range(100, 100 + WORLDS // 2))
def test_the_past_is_told_as_it_was(portal: Portal, seed: int):
    world = build(portal, seed)

    for person_id in world.people:
        actor = world.actor(person_id)
        with acting_as(actor):
            for verb in VERBS:
                then = access.reach(actor, verb, world.past)
                rows = [
                    access.limited(model.objects.filter(client_id=world.client_id), then) for model in MODELS.values()
                ]
                listed = {row.pk for found in rows for row in found}
                by_rules = {
                    thing.id for thing in world.things.values() if allowed(world, person_id, verb, thing, world.past)
                }

                assert listed == by_rules


@pytest.mark.parametrize("seed", range(200, 200 + WORLDS // 2))
def test_who_looks_as_a_contact_sees_what_both_may_see(portal: Portal, seed: int):
    from dataclasses import replace

    world = build(portal, seed)

    for staff in world.staff:
        for contact in world.contacts:
            actor = replace(world.actor(staff), looking_as=contact)
            with acting_as(actor):
                for verb in VERBS:
                    listed = {row.pk for model in MODELS.values() for row in access.visible(actor, verb, model)}
                    by_rules = {
                        thing.id
                        for thing in world.things.values()
                        if allowed(world, staff, verb, thing, world.now)
                        and allowed(world, contact, verb, thing, world.now, asks=staff)
                    }

                    assert listed == by_rules


@pytest.mark.parametrize("seed", range(300, 300 + WORLDS // 2))
def test_what_can_be_done_with_a_thing_is_what_is_allowed_there(portal: Portal, seed: int):
    world = build(portal, seed)

    for person_id in world.people:
        actor = world.actor(person_id)
        with acting_as(actor):
            for thing in world.things.values():
                if thing.label == "internal":
                    continue  # a contact's page of it does not come to asking
                places, inside = {thing.id}, thing.inside
                while inside is not None:
                    places.add(inside)
                    inside = world.things[inside].inside

                offered = access.verbs_at(actor, places) & set(VERBS)

                assert offered == {verb for verb in VERBS if allowed(world, person_id, verb, thing, world.now)}
