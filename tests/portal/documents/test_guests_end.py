"""A guest is out when the link, the visit or the right behind it is over."""

from datetime import timedelta
from uuid import UUID

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import actions
from muniment.trust.access import actions as access_actions
from muniment.trust.access.types import Profile, Side, Terms
from muniment.trust.identity.models import Person
from tests.cast import Portal
from tests.portal.documents.guest import (
    Guest,
    address_sent,
    link_address,
    links_of,
    names_in,
    page_of,
    send_link,
    viewer,
)
from tests.portal.documents.uploading import CONTRACT

CONTROLS = pytest.mark.control("need-to-know", "file-level-need")


@pytest.mark.control("retention-access-time")
def test_a_link_that_is_revoked_is_over_at_the_next_request(portal: Portal, cleo: Actor, document_id: UUID):
    guest = viewer(portal, document_id)
    address = guest.base + page_of(document_id)
    assert guest.get(address).status_code == 200
    (link,) = links_of(portal)

    access_actions.revoke_guest_link(cleo, link_id=link.id)

    assert guest.get(address).status_code == 410
    assert guest.get(f"{address}content/").status_code == 410


@pytest.mark.control("retention-access-time")
def test_a_link_is_over_at_its_end(portal: Portal, document_id: UUID, monkeypatch: pytest.MonkeyPatch):
    guest = viewer(portal, document_id, until=clock.now() + timedelta(minutes=20))
    address, later = address_sent(), clock.now() + timedelta(minutes=21)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert guest.get(page_of(document_id)).status_code == 410
    assert Guest(portal.okoye).get(address).status_code == 410


def test_a_visit_is_over_after_two_hours(portal: Portal, document_id: UUID, monkeypatch: pytest.MonkeyPatch):
    guest, began = viewer(portal, document_id), clock.now()
    for minutes in (25, 50, 75, 100, 119):  # used all the time, so that the session itself lives on
        later = began + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        assert guest.get(page_of(document_id)).status_code == 200, minutes
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=121))

    assert guest.get(page_of(document_id)).status_code == 404


def test_a_link_is_opened_as_often_as_it_can_be(portal: Portal, document_id: UUID):
    send_link(portal.actor("cleo"), "document", document_id, most_uses=1)
    address, second = link_address(), Guest(portal.okoye, ip="198.51.100.9")
    code = second.ask(address)
    first = Guest(portal.okoye).come_in(address)

    assert second.post("code/", {"code": code}).status_code == 410
    assert Guest(portal.okoye).get(address).status_code == 410
    assert first.get(page_of(document_id)).status_code == 200  # who is in stays in, until the end


@CONTROLS
def test_a_link_ends_when_its_maker_may_not_share_the_thing_any_more(portal: Portal, document_id: UUID):
    ben = portal.actor("ben")
    send_link(ben, "document", document_id)
    guest = Guest(portal.okoye).come_in(link_address())
    assert guest.get(page_of(document_id)).status_code == 200

    access_actions.end_grants_of(Actor.system(portal.okoye), person_id=portal.people["ben"])

    assert guest.get(page_of(document_id)).status_code == 410


def test_a_link_ends_when_its_maker_is_shut_out(portal: Portal, document_id: UUID):
    guest = viewer(portal, document_id)

    Person.objects.filter(id=portal.people["cleo"]).update(disabled_at=clock.now())

    assert guest.get(page_of(document_id)).status_code == 410


def test_a_document_in_the_trash_is_not_there_for_guests(portal: Portal, cleo: Actor, document_id: UUID):
    guest = viewer(portal, document_id)

    actions.trash_document(cleo, document_id=document_id)

    assert guest.get(page_of(document_id)).status_code == 404


def test_leaving_ends_the_visit_in_this_browser(portal: Portal, document_id: UUID):
    guest = viewer(portal, document_id)

    assert guest.post("leave/").status_code == 200
    assert guest.get(page_of(document_id)).status_code == 404


@pytest.mark.control("retention-access-time")
def test_an_upload_under_way_when_the_link_is_ended_becomes_no_document(portal: Portal, cleo: Actor, folder_id: UUID):
    link = send_link(cleo, "folder", folder_id, "upload")
    eve = Actor(kind="contact", client_id=portal.okoye, person_id=link.id, guest_link_id=link.id, purpose="Post")
    upload = actions.begin_upload(eve, name="Late.pdf", size_bytes=len(CONTRACT), folder_id=folder_id)
    with actions.receive_chunk(eve, upload_id=upload.id, offset=0, size_bytes=len(CONTRACT)) as receiver:
        receiver.feed(CONTRACT)

    access_actions.revoke_guest_link(cleo, link_id=link.id)

    with pytest.raises(NotFound):
        actions.finish_upload(eve, upload_id=upload.id)
    assert names_in(portal, folder_id) == set()


def test_a_condition_that_asks_for_a_second_factor_shuts_links_out(portal: Portal, document_id: UUID):
    guest = viewer(portal, document_id)
    terms = Terms(second_factor_for=frozenset({"view"}))

    access_actions.set_profile(portal.actor("ada", portal.okoye), profile=Profile(contacts=Side(terms=terms)))

    assert guest.get(page_of(document_id)).status_code == 403
