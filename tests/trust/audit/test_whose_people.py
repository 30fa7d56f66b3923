"""The log says truly whose person did something: of the firm, or of the client."""

import pytest

from muniment.core.actor import Actor
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from tests.cast import Portal


@pytest.mark.control("audit-who-what")
def test_a_contact_who_adds_a_factor_is_a_contact_in_the_log(portal: Portal):
    added = log.entries(Actor.system(portal.okoye), LogFilter(events=(Event.FACTOR_ADDED,)))
    ours = {portal.people[name] for name in ("cleo", "dan")}

    assert {entry.person_id for entry in added} >= ours
    assert {entry.person_kind for entry in added if entry.person_id in ours} == {"contact"}
