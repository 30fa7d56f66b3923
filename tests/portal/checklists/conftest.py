"""The cast at work in Okoye's space, and a checklist to work with.

Imports stand inside: this file is read before the settings of the tests are in place.
"""

import pytest


@pytest.fixture
def ben(portal):
    """Give the advisor of the firm, in Okoye's space."""
    return portal.actor("ben")


@pytest.fixture
def ben_at_firm(portal):
    """Give the advisor in the firm's own space, where templates are."""
    return portal.actor("ben", portal.firm_id)


@pytest.fixture
def cleo(portal):
    """Give the manager of the client."""
    return portal.actor("cleo")


@pytest.fixture
def dan(portal):
    """Give a guest of the client, whom nobody asks for anything."""
    return portal.actor("dan")


@pytest.fixture
def mallory(portal):
    """Give somebody of another client, trying Okoye's space."""
    return portal.actor("mallory", portal.okoye)


@pytest.fixture
def browser_of(portal):
    """Give what makes a browser in which somebody of the cast is signed in."""
    from tests.cast import signed_in

    return lambda name: signed_in(portal.people[name])


@pytest.fixture
def sent(ben):
    """Give a checklist that Ben sent to Okoye, with its items by their titles."""
    from tests.portal.checklists.asking import send

    return send(ben)
