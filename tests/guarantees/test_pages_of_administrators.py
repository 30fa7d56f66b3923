"""Every page that somebody sees who administers: readable, usable by touch, in both themes, under its own policy."""

import pytest

from tests.guarantees.pages import looked_through
from tests.live import Live


@pytest.mark.slow
@pytest.mark.control("gdpr-minimisation")  # the walk notes every request to another origin
def test_every_page_can_be_read_and_used_by_who_administers(live: Live):
    look = looked_through(live, "ada")

    assert look.wrong == []
    assert len(set(look.seen)) >= 12, sorted(look.seen)
