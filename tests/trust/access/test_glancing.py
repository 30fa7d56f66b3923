"""A request that only looks decides once: as it would anew each time, for nobody else, and not beyond itself."""

from typing import Any

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


def _open_a_client_to(portal: Portal, name: str) -> None:
    purpose = Actor.system(portal.brandt, purpose="Help")
    actions.give_grant(purpose, person_id=portal.people[name], role="viewer", purpose="Help", scope=None)


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


def test_a_reach_of_the_whole_client_is_said_in_the_same_words_whatever_is_closed(portal: Portal) -> None:
    wholes = 0
    for seed in range(210, 214):
        world = build(portal, seed)
        for person_id in world.people:
            actor = world.actor(person_id)
            with acting_as(actor):
                for verb in VERBS:
                    allowed = access.reach(actor, verb)
                    wholes += allowed.whole
                    for model in MODELS if allowed.whole else ():
                        rows, said = model.objects.filter(client_id=actor.client), access.said(allowed)
                        things = {"things": said.pop("things")} if model is Document else {}
                        said.pop("things", None)

                        assert set(access.limited_whole(rows, **said, **things)) == set(access.limited(rows, allowed))
    assert wholes, "or nothing was compared"


def test_grants_are_looked_up_once_and_no_savepoint_is_made(portal: Portal) -> None:
    cleo = portal.actor("cleo")

    with glancing(), acting_as(cleo), CaptureQueriesContext(connection) as asked:
        for verb in ("document:view", "thread:view", "ticket:ask"):
            with acting_as(cleo):
                access.reach(cleo, verb)

    assert not [one for one in asked.captured_queries if "SAVEPOINT" in one["sql"]]


def test_an_act_within_decides_anew_and_so_does_all_after_it(portal: Portal) -> None:
    dan = portal.actor("dan", portal.brandt)

    with glancing():
        before = access.may(dan, "document:view")
        _open_a_client_to(portal, "dan")
        after = access.may(dan, "document:view")

    assert not before
    assert after


def test_nothing_is_known_of_somebody_else_or_after_the_end(portal: Portal) -> None:
    cleo, mallory = portal.actor("cleo"), portal.actor("mallory")

    with glancing():
        seen = access.may(cleo, "document:view"), access.may(mallory.within(cleo.client), "document:view")
    stranger = portal.actor("dan", portal.brandt)
    with glancing():
        shut = access.may(stranger, "document:view")
    _open_a_client_to(portal, "dan")
    with glancing():
        opened = access.may(stranger, "document:view")

    assert seen == (True, False)
    assert not shut
    assert opened
