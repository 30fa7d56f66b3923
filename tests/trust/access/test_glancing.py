"""A request that only looks decides once: as it would anew each time, for nobody else, and not beyond itself."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muniment.core.actor import Actor
from muniment.core.unit import acting_as, glancing
from muniment.portal.documents import queries as documents
from muniment.portal.documents.models import Document, Folder
from muniment.trust.access import actions
from muniment.trust.access import queries as access
from tests.cast import Portal
from tests.trust.access.worlds import VERBS, build

pytestmark = pytest.mark.control("need-to-know")
MODELS: tuple[Any, ...] = (Folder, Document)


def _make_a_manager_of(portal: Portal, name: str) -> None:
    host = Actor.system(portal.okoye, purpose="Help")
    actions.give_grant(host, person_id=portal.people[name], role="manager", purpose="Help")


@pytest.mark.parametrize("seed", range(200, 204))
def test_what_is_decided_once_is_what_is_decided_each_time(portal: Portal, seed: int) -> None:
    world = build(portal, seed)

    for person_id in world.people:
        actor = world.actor(person_id)
        with acting_as(actor):
            anew = {
                (verb, model): {row.pk for row in access.visible(actor, verb, model)}
                for verb in VERBS
                for model in MODELS
            }
            named = documents.names(actor, [thing.id for thing in world.things.values()])
            with glancing():
                once = {
                    (verb, model): {row.pk for row in access.visible(actor, verb, model)}
                    for verb in VERBS
                    for model in MODELS
                }
                named_at_once = documents.names(actor, [thing.id for thing in world.things.values()])

        assert once == anew
        assert named_at_once == named
        assert named.keys() == anew["document:view", Document] | anew["document:view", Folder]


@pytest.mark.parametrize("seed", range(210, 213))
def test_a_reach_of_the_whole_client_is_said_in_the_same_words_whatever_is_closed(portal: Portal, seed: int) -> None:
    world = build(portal, seed)
    actor = world.actor(world.people[0])
    documents_there = {thing.id for thing in world.things.values() if thing.kind == "document"}
    left_out = 0

    with acting_as(actor):
        for given in (set[UUID](), documents_there):
            whole = access.reach_of(actor, {("client", None), *(("document", one) for one in given)})
            for labels in (whole.labels, frozenset(sorted(whole.labels)[:2])):
                allowed = replace(whole, labels=labels)
                for model in MODELS:
                    rows = model.objects.filter(client_id=actor.client)
                    listed = set(access.limited(rows, allowed))

                    assert set(access.limited_whole(rows, **access.said(allowed))) == listed
                    left_out += rows.count() - len(listed)
    assert left_out, "or everything is open"


def test_grants_are_looked_up_once_and_no_savepoint_is_made(portal: Portal) -> None:
    cleo = portal.actor("cleo")

    with glancing(), acting_as(cleo), CaptureQueriesContext(connection) as asked:
        for verb in ("document:view", "thread:view", "ticket:ask"):
            with acting_as(cleo):
                access.reach(cleo, verb)

    assert not [one for one in asked.captured_queries if "SAVEPOINT" in one["sql"]]


def test_an_act_within_decides_anew_and_so_does_all_after_it(portal: Portal) -> None:
    dan = portal.actor("dan")

    with glancing():
        before = access.may(dan, "person:invite")
        _make_a_manager_of(portal, "dan")
        after = access.may(dan, "person:invite")

    assert not before
    assert after


def test_nothing_is_known_of_somebody_else_or_after_the_end(portal: Portal) -> None:
    cleo, dan, mallory = portal.actor("cleo"), portal.actor("dan"), portal.actor("mallory", portal.okoye)

    with glancing():
        seen = [access.may(one, "person:invite") for one in (cleo, dan, mallory)]
    _make_a_manager_of(portal, "dan")
    with glancing():
        later = access.may(dan, "person:invite")

    assert seen == [True, False, False]
    assert later
