"""The cast at work in Okoye's space, and things to work with.

Imports stand inside: this file is read before the settings of the tests are in place.
"""

import pytest


@pytest.fixture
def ben(portal):
    """Give the advisor of the firm."""
    return portal.actor("ben")


@pytest.fixture
def cleo(portal):
    """Give the manager of the client."""
    return portal.actor("cleo")


@pytest.fixture
def dan(portal):
    """Give a guest of the client, who reaches what is shared with him and nothing else."""
    return portal.actor("dan")


@pytest.fixture
def mallory(portal):
    """Give somebody of another client, trying Okoye's space."""
    return portal.actor("mallory", portal.okoye)


@pytest.fixture
def contract(cleo):
    """Give a document at the top, with one version."""
    from tests.portal.documents.uploading import CONTRACT, add

    return add(cleo, "Contract.pdf", CONTRACT)


@pytest.fixture
def browser_of(portal):
    """Give what makes a browser in which somebody of the cast is signed in."""
    from tests.cast import signed_in

    return lambda name: signed_in(portal.people[name])


@pytest.fixture
def folder_id(cleo):
    """Give a folder at the top."""
    from muniment.portal.documents import actions

    return actions.create_folder(cleo, name="For the bank").id


@pytest.fixture
def document_id(cleo, folder_id):
    """Give a document in that folder."""
    from tests.portal.documents.uploading import add

    return add(cleo, "Statement.txt", b"Balance: 12", folder_id=folder_id).document_id
