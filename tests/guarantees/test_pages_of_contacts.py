"""Every page that contacts see: readable, usable by touch, in both themes, under its own policy."""

import pytest

from tests.guarantees.pages import looked_through
from tests.live import Live


@pytest.mark.slow
@pytest.mark.control("gdpr-minimisation")  # the walk notes every request to another origin
def test_every_page_can_be_read_and_used_by_a_manager(live: Live):
    look = looked_through(live, "cleo")

    assert look.wrong == []
    assert len(set(look.seen)) >= 25, sorted(look.seen)


@pytest.mark.slow
@pytest.mark.control("gdpr-minimisation")  # the walk notes every request to another origin
def test_every_page_can_be_read_and_used_by_who_was_let_see_one_thing(live: Live):
    look = looked_through(live, "ruth")

    assert look.wrong == []
    assert len(set(look.seen)) >= 5, sorted(look.seen)
