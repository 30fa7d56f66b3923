"""What is shared with everyone of a client is for its contacts of now, and for nobody who only says so."""

from dataclasses import replace

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.trust.access import actions, queries
from muniment.trust.identity import actions as identity
from tests.cast import Portal


def _share_with_everyone(portal: Portal) -> None:
    actions.give_grant(portal.actor("cleo"), person_id=None, role="viewer", purpose="For all of us")


def _reaches(actor: Actor) -> bool:
    with acting_as(actor):
        return not queries.reach(actor, "document:view").nothing


def test_every_contact_of_the_client_is_reached(portal: Portal):
    _share_with_everyone(portal)

    assert _reaches(portal.actor("dan"))


def test_who_left_is_everyone_no_more(portal: Portal):
    _share_with_everyone(portal)

    identity.end_membership(portal.actor("cleo"), person_id=portal.people["dan"])

    assert not _reaches(portal.actor("dan"))


def test_a_contact_of_another_client_is_not_everyone(portal: Portal):
    _share_with_everyone(portal)

    mallory = portal.actor("mallory").within(portal.okoye)
    stranger = replace(mallory, person_id=ids.new())

    assert not _reaches(mallory)
    assert not _reaches(stranger)
