"""Grants that begin or end in the middle of a download; a role retired and a group removed while they are in use."""

from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.portal.documents import actions
from muniment.trust.access import actions as access


def _part(browser, portal, contract, first: int) -> int:
    address = f"/{ids.public(portal.okoye)}/documents/{ids.public(contract.document_id)}/download/"
    return int(browser.get(address, headers={"range": f"bytes={first}-{first + 3}"}, secure=True).status_code)


@pytest.fixture
def moved(monkeypatch):
    """Give what moves the clock on."""
    real, ahead = clock.now, [timedelta(0)]
    monkeypatch.setattr(clock, "now", lambda: real() + ahead[0])

    def move(**by: int) -> None:
        ahead[0] += timedelta(**by)

    return move


@pytest.mark.control("retention-access-time")
def test_a_grant_that_ends_in_the_middle_of_a_download_stops_it_at_its_next_part(
    portal, browser_of, cleo, dan, contract, moved
):
    until = clock.now() + timedelta(minutes=5)
    actions.share_document(
        cleo, document_id=contract.document_id, person_id=dan.person_id, role="downloader", purpose="Sign", until=until
    )
    browser = browser_of("dan")

    before = _part(browser, portal, contract, 0)
    moved(minutes=5)
    after = _part(browser, portal, contract, 4)

    assert (before, after) == (206, 404)


@pytest.mark.control("retention-access-time")
def test_a_grant_that_begins_later_opens_nothing_before_and_the_next_part_then(
    portal, browser_of, cleo, dan, contract, moved
):
    access.give_grant(
        cleo,
        person_id=dan.person_id,
        role="downloader",
        purpose="From then on",
        starts_at=clock.now() + timedelta(minutes=5),
        scope=("document", contract.document_id),
    )
    browser = browser_of("dan")

    before = _part(browser, portal, contract, 0)
    moved(minutes=5)
    after = _part(browser, portal, contract, 0)

    assert (before, after) == (404, 206)


@pytest.mark.control("group-roles")
@pytest.mark.parametrize("loss", ["taken out", "group removed", "role retired", "verb taken"])
def test_what_is_lost_while_in_use_is_lost_at_the_next_part(portal, browser_of, cleo, dan, contract, loss):
    ada = portal.actor("ada")
    access.make_role(ada, title="Signer", side="share", verbs=["document:view", "document:download"])
    group = access.make_group(cleo, name="Board")
    access.add_to_group(cleo, group_id=group.id, person_id=dan.person_id)
    actions.share_document(
        cleo, document_id=contract.document_id, person_id=None, group_id=group.id, role="signer", purpose="Sign"
    )
    browser = browser_of("dan")
    before = _part(browser, portal, contract, 0)

    if loss == "taken out":
        access.remove_from_group(cleo, group_id=group.id, person_id=dan.person_id)
    elif loss == "group removed":
        access.remove_group(cleo, group_id=group.id)
    elif loss == "role retired":
        access.retire_role(ada, name="signer")
    else:
        access.set_role_verbs(ada, name="signer", verbs=["document:view"])

    assert (before, _part(browser, portal, contract, 4)) == (206, 404)
