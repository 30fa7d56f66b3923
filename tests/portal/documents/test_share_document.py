from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.errors import Invalid, NotFound
from muniment.portal.documents import actions, queries
from muniment.trust.access.errors import EndsInThePast, MoreThanYouHave, PurposeMissing
from tests.portal.documents.uploading import add, entries, events


def share(actor, contract, **changes):
    values = {"person_id": None, "role": "viewer", "purpose": "Read before Monday", "until": None} | changes
    return actions.share_document(actor, document_id=contract.document_id, **values)


@pytest.mark.control("share-files", "access-why", "access-who")
def test_a_share_lets_one_person_do_what_it_says(cleo, dan, contract):
    until = clock.now() + timedelta(days=1)
    grant = share(cleo, contract, person_id=dan.person_id, until=until)

    assert actions.view_document(dan, document_id=contract.document_id).handle
    with pytest.raises(NotFound):
        actions.download_document(dan, document_id=contract.document_id)
    assert (grant.purpose, grant.given_by, grant.ends_at) == ("Read before Monday", cleo.person_id, until)
    told = next(entry for entry in entries(cleo, contract.document_id) if entry.event == "document.shared")
    assert told.facts == {
        "grant": ids.public(grant.id),
        "person": ids.public(dan.person_id),
        "role": "viewer",
        "until": until.isoformat(),
    }


def test_sharing_again_moves_the_end_and_adds_no_second_share(cleo, dan, contract):
    share(cleo, contract, person_id=dan.person_id, until=clock.now() + timedelta(days=1))
    share(cleo, contract, person_id=dan.person_id, until=None, purpose="Until further notice")

    (grant,) = queries.shares(cleo, "document", contract.document_id)
    assert (grant.ends_at, grant.purpose) == (None, "Until further notice")


def test_a_share_with_everyone_reaches_every_contact_and_no_stranger(portal, browser_of, cleo, dan, contract):
    share(cleo, contract)
    address = f"/{ids.public(portal.okoye)}/documents/{ids.public(contract.document_id)}/"

    assert actions.view_document(dan, document_id=contract.document_id).handle
    assert browser_of("mallory").get(address, secure=True).status_code == 404
    with pytest.raises(NotFound):
        actions.view_document(portal.actor("mallory"), document_id=contract.document_id)


@pytest.mark.control("access-why")
@pytest.mark.parametrize("purpose", ["", "   "])
def test_a_share_without_a_reason_is_refused(cleo, dan, contract, purpose):
    with pytest.raises(PurposeMissing):
        share(cleo, contract, person_id=dan.person_id, purpose=purpose)


def test_a_share_that_would_be_over_is_refused(cleo, dan, contract):
    with pytest.raises(EndsInThePast):
        share(cleo, contract, person_id=dan.person_id, until=clock.now() - timedelta(seconds=1))


def test_only_people_of_the_client_and_roles_of_shares_can_be_named(cleo, mallory, contract):
    for stranger in (mallory.person_id, ids.new()):
        with pytest.raises(NotFound):
            share(cleo, contract, person_id=stranger)
    for role in ("manager", "super-admin", "x"):
        with pytest.raises(Invalid):
            share(cleo, contract, role=role)


def test_nobody_shares_with_himself(cleo, contract):
    with pytest.raises(MoreThanYouHave):
        share(cleo, contract, person_id=cleo.person_id)


@pytest.mark.control("access-what")
def test_who_was_given_a_document_cannot_pass_it_on(cleo, dan, contract):
    share(cleo, contract, person_id=dan.person_id, role="editor")

    with pytest.raises(NotFound):
        share(dan, contract)


@pytest.mark.control("authz-after-auth", "share-files")
def test_an_ended_share_acts_on_the_next_request(cleo, dan, contract):
    grant = share(cleo, contract, person_id=dan.person_id)
    opening = actions.view_document(dan, document_id=contract.document_id)

    actions.end_share(cleo, target="document", target_id=contract.document_id, grant_id=grant.id)

    with pytest.raises(NotFound):
        actions.open_viewed(dan, document_id=contract.document_id, number=1, handle=opening.handle)
    assert "share.ended" in events(cleo, contract.document_id)
    with pytest.raises(NotFound):
        actions.end_share(cleo, target="document", target_id=contract.document_id, grant_id=grant.id)


def test_a_share_is_ended_on_its_own_thing_by_who_may_share_it(cleo, dan, contract):
    other = add(cleo, "other.txt", b"x")
    grant = share(cleo, contract, person_id=dan.person_id, role="editor")

    with pytest.raises(NotFound):
        actions.end_share(cleo, target="document", target_id=other.document_id, grant_id=grant.id)
    with pytest.raises(NotFound):
        actions.end_share(dan, target="document", target_id=contract.document_id, grant_id=grant.id)
    assert actions.view_document(dan, document_id=contract.document_id).handle


def test_a_preview_tells_who_will_be_able_to_open_it(cleo, ben, dan, contract):
    found = queries.preview(cleo, "document", contract.document_id, dan.person_id)

    assert (found[0][0].person_id, found[0][1]) == (dan.person_id, True)
    assert {reader.person_id for reader, is_new in found if not is_new} == {cleo.person_id, ben.person_id}
    everyone = queries.preview(cleo, "document", contract.document_id, None)
    assert {reader.person_id for reader, is_new in everyone if is_new} == {dan.person_id}


def test_readers_are_told_with_every_way_in(cleo, ben, dan):
    folder = actions.create_folder(cleo, name="Tax")
    version = add(cleo, "a.txt", b"x", folder_id=folder.id)
    actions.share_folder(cleo, folder_id=folder.id, person_id=dan.person_id, role="viewer", purpose="Sort")
    share(cleo, version, person_id=dan.person_id, role="downloader", purpose="Keep")

    readers = {reader.person_id: reader for reader in queries.readers(cleo, "document", version.document_id)}

    assert set(readers) == {cleo.person_id, ben.person_id, dan.person_id}
    assert {grant.purpose for grant in readers[dan.person_id].grants} == {"Sort", "Keep"}
    assert [grant.purpose for grant in readers[ben.person_id].grants] == ["Year end 2026"]


@pytest.mark.control("audit-who-what")
def test_a_document_tells_who_opened_it_to_those_who_may_know(cleo, ben, dan, contract):
    share(cleo, contract, person_id=dan.person_id)
    actions.view_document(ben, document_id=contract.document_id)
    actions.download_document(ben, document_id=contract.document_id)

    told = queries.document_details(cleo, contract.document_id)
    untold = queries.document_details(dan, contract.document_id)

    assert [(entry.event, entry.person_id) for entry in told.openings] == [
        ("document.downloaded", ben.person_id),
        ("document.viewed", ben.person_id),
    ]
    assert (untold.openings, untold.readers, untold.shares) == ([], [], [])
    assert untold.may == {"document:view"}
