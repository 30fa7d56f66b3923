"""The SCIM server as the conformance tester of the library sees it: every check, of users and groups."""

from collections import Counter

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from muniment.core import ids
from tests.trust.federation.scim.directory import connect

CHECKS = 135  # of the tester's version that the lock file names; another number is to be looked at


@pytest.mark.slow
@pytest.mark.parametrize("place", ["okoye", "firm_id"])
def test_every_check_of_the_conformance_tester_passes(portal, place, monkeypatch):
    from muniment.operations.wsgi import application
    from muniment.trust.federation.scim.views import answering

    monkeypatch.setattr(answering, "REQUESTS_A_MINUTE", 10_000)
    client_id = getattr(portal, place)
    directory = connect(portal, client_id, role="guest" if place == "okoye" else "analyst")
    client = WSGISCIMClient(
        application,
        base_url=f"https://localhost/scim/{ids.public(client_id)}/v2",
        headers={"Authorization": f"Bearer {directory.token}"},
    )
    client.discover()

    results = check_server(client)

    failed = [(result.title, str(result.reason)) for result in results if result.status is not Status.SUCCESS]
    assert failed == []
    assert Counter(result.status for result in results) == {Status.SUCCESS: CHECKS}
